/**
 * Java's `.properties` syntax, as `java.util.Properties` reads and writes it: comments with `#`
 * and `!`, `=`, `:` or blanks between key and value, `\` escapes, lines that continue. Entries keep
 * the line they begin on, so that an error can name its place.
 */

export interface Entry {
  readonly key: string;
  readonly value: string;
  /** Counted from 1: where the entry begins. */
  readonly line: number;
}

export interface Parsed {
  readonly entries: readonly Entry[];
  /** What is no properties syntax, by line. */
  readonly malformed: readonly { readonly line: number; readonly message: string }[];
}

interface LogicalLine {
  readonly text: string;
  readonly line: number;
  /** The first physical line after it, counted from 1. */
  readonly next: number;
}

const ESCAPES: Readonly<Record<string, string>> = { t: '\t', n: '\n', r: '\r', f: '\f' };

export function parseProperties(text: string): Parsed {
  const entries: Entry[] = [];
  const malformed: { line: number; message: string }[] = [];
  for (const { text: joined, line } of logicalLines(text)) {
    const { key, value } = splitEntry(joined);
    for (const escape of `${key} ${value}`.match(/(?<=(?<!\\)(?:\\\\)*)\\u(?![\da-fA-F]{4})/g) ??
      []) {
      malformed.push({ line, message: `${escape} is not followed by four hexadecimal digits` });
    }
    entries.push({ key: unescape(key), value: unescape(value), line });
  }
  return { entries, malformed };
}

/** As a file: escaped, so that `parseProperties` gives the same entries again. */
export function formatProperties(entries: Iterable<readonly [string, string]>): string {
  return [...entries].map(([key, value]) => `${escapeKey(key)}=${escapeValue(value)}\n`).join('');
}

/** As RocketMQ's servers answer: sorted by key, nothing escaped. */
export function formatAnswer(entries: Iterable<readonly [string, string]>): string {
  return [...entries]
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([key, value]) => `${key}=${value}\n`)
    .join('');
}

/**
 * The file with `changes` made to it, all else left as it was written, comments and order too.
 * A key that stood several times is left once; a new one goes to the end.
 */
export function editProperties(text: string, changes: ReadonlyMap<string, string>): string {
  const physical = text.split(/\r\n|\r|\n/);
  if (physical.at(-1) === '') physical.pop();
  const entries = [...logicalLines(text)].map((entry) => ({
    ...entry,
    key: unescape(splitEntry(entry.text).key),
  }));
  const places = new Map(entries.map(({ key, line }) => [key, line]));
  const kept: string[] = [];
  let copied = 0;
  for (const { key, line, next } of entries) {
    const value = changes.get(key);
    if (value === undefined) continue;
    kept.push(...physical.slice(copied, line - 1));
    if (places.get(key) === line) kept.push(`${escapeKey(key)}=${escapeValue(value)}`);
    copied = next - 1;
  }
  kept.push(...physical.slice(copied));
  const added = [...changes].filter(([key]) => !places.has(key));
  return kept.map((line) => `${line}\n`).join('') + formatProperties(added);
}

/** Joins continued lines and leaves out blank ones and comments. */
function* logicalLines(text: string): Generator<LogicalLine> {
  const physical = text.split(/\r\n|\r|\n/);
  let index = 0;
  while (index < physical.length) {
    const line = index + 1;
    let joined = (physical[index++] ?? '').replace(/^[ \t\f]+/, '');
    if (joined === '' || joined.startsWith('#') || joined.startsWith('!')) continue;
    while (/(?<!\\)(?:\\\\)*\\$/.test(joined)) {
      joined = joined.slice(0, -1);
      if (index === physical.length) break;
      joined += (physical[index++] ?? '').replace(/^[ \t\f]+/, '');
    }
    // A line of nothing but a continued blank is no entry.
    if (joined !== '') yield { text: joined, line, next: index + 1 };
  }
}

/** The key ends at the first separator that is not escaped; still escaped, both of them. */
function splitEntry(joined: string): { key: string; value: string } {
  let end = 0;
  while (end < joined.length && !/[=: \t\f]/.test(joined.charAt(end))) {
    end += joined.charAt(end) === '\\' ? 2 : 1;
  }
  const value = joined.slice(end).replace(/^[ \t\f]*[=:]?[ \t\f]*/, '');
  return { key: joined.slice(0, end), value };
}

function unescape(escaped: string): string {
  return escaped.replace(
    /\\(?:u([\da-fA-F]{4})|([^]))/g,
    (_whole, hex: string | undefined, letter: string | undefined) =>
      hex === undefined
        ? (ESCAPES[letter ?? ''] ?? letter ?? '')
        : String.fromCharCode(Number.parseInt(hex, 16)),
  );
}

function escapeKey(key: string): string {
  return escape(key).replaceAll(' ', '\\ ');
}

/** Only a leading blank of a value would get lost. */
function escapeValue(value: string): string {
  return escape(value).replace(/^ /, '\\ ');
}

function escape(plain: string): string {
  return plain
    .replace(/[\\=:#!]/g, '\\$&')
    .replace(/[\t\n\r\f]/g, (blank) => ({ '\t': '\\t', '\n': '\\n', '\r': '\\r' })[blank] ?? '\\f')
    .replace(/[^\x20-\x7e]/g, (character) => {
      return `\\u${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`;
    });
}
