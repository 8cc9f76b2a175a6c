/**
 * JSON as Java peers write it: numbers as keys without quotes (`{0:"a"}`), objects as keys
 * (`{{"queueId":1}:5}`), single quotes, 64-bit integers.
 *
 * `parseLenient` reads all of that. A key that was an object becomes its JSON text, which is also
 * how some peers send it. Integers beyond 2^53 are clamped, as everywhere (`fields.ts`).
 */
import { clampLong, printLong } from './fields.ts';
import { quoteJson, quoteJsonAscii } from './json-quote.ts';

export type Json = null | boolean | number | string | Json[] | JsonObject;
export interface JsonObject {
  [key: string]: Json;
}

/** Deeper nesting is refused: no body needs it, and the parser calls itself. */
const DEPTH_MAX = 100;

/** Throws `SyntaxError` that says where and what. */
export function parseLenient(text: string): Json {
  const parser = new LenientParser(text);
  return parser.parse();
}

class LenientParser {
  readonly #text: string;
  #position = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
  }

  parse(): Json {
    const value = this.#value();
    if (this.#peek() !== '') throw this.#unexpected('the end');
    return value;
  }

  #value(): Json {
    const next = this.#peek();
    if (next === '{') return this.#nested(() => this.#object());
    if (next === '[') return this.#nested(() => this.#array());
    if (next === '"' || next === "'") return this.#string(next);
    return this.#word();
  }

  #nested<T>(read: () => T): T {
    this.#depth++;
    if (this.#depth > DEPTH_MAX) throw this.#unexpected(`at most ${DEPTH_MAX} levels`);
    this.#position++;
    const value = read();
    this.#depth--;
    return value;
  }

  #object(): JsonObject {
    const object: JsonObject = {};
    while (!this.#skip('}')) {
      const key = this.#key();
      if (!this.#skip(':')) throw this.#unexpected('":"');
      // A plain assignment of "__proto__" would not make a member.
      Object.defineProperty(object, key, {
        value: this.#value(),
        configurable: true,
        enumerable: true,
        writable: true,
      });
      if (!this.#skip(',') && this.#peek() !== '}') throw this.#unexpected('"," or "}"');
    }
    return object;
  }

  #key(): string {
    const key = this.#value();
    return typeof key === 'string' ? key : printJson(key);
  }

  #array(): Json[] {
    const array: Json[] = [];
    while (!this.#skip(']')) {
      array.push(this.#value());
      if (!this.#skip(',') && this.#peek() !== ']') throw this.#unexpected('"," or "]"');
    }
    return array;
  }

  #string(quote: string): string {
    const start = ++this.#position;
    let position = start;
    while (position < this.#text.length && this.#text[position] !== quote) {
      position += this.#text[position] === '\\' ? 2 : 1;
    }
    if (position >= this.#text.length) throw this.#unexpected(`a closing ${quote}`);
    this.#position = position + 1;
    const raw = this.#text.slice(start, position);
    return raw.includes('\\') ? this.#unescaped(raw) : raw;
  }

  #unescaped(raw: string): string {
    return raw.replace(
      /\\(?:u([\da-fA-F]{4})|x([\da-fA-F]{2})|(.))/gs,
      (_all, unit: string | undefined, byte: string | undefined, character: string | undefined) => {
        const hex = unit ?? byte;
        if (hex !== undefined) return String.fromCharCode(Number.parseInt(hex, 16));
        const plain = escapes[character ?? ''];
        if (plain === undefined) throw this.#unexpected(`an escape, not "\\${character}",`);
        return plain;
      },
    );
  }

  #word(): Json {
    const match = /[-+.\w]+/y;
    match.lastIndex = this.#position;
    const word = match.exec(this.#text)?.[0] ?? '';
    const value = wordValue(word);
    if (value === undefined) throw this.#unexpected('a value');
    this.#position += word.length;
    return value;
  }

  /** The next character that is no white space, empty at the end. */
  #peek(): string {
    while (isSpace(this.#text.charCodeAt(this.#position))) this.#position++;
    return this.#text[this.#position] ?? '';
  }

  #skip(character: string): boolean {
    if (this.#peek() !== character) return false;
    this.#position++;
    return true;
  }

  #unexpected(expected: string): SyntaxError {
    const found = this.#text.slice(this.#position, this.#position + 20);
    return new SyntaxError(
      `Expected ${expected} at character ${this.#position}, found ${found === '' ? 'the end' : `"${found}"`}`,
    );
  }
}

const escapes: Readonly<Record<string, string>> = {
  '"': '"',
  "'": "'",
  '\\': '\\',
  '/': '/',
  '0': '\0',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};

const words: Readonly<Record<string, Json>> = { true: true, false: false, null: null };

function wordValue(word: string): Json | undefined {
  if (Object.hasOwn(words, word)) return words[word];
  // Java's writer puts a letter after some numbers: 5L, 1.5D.
  if (!/^-?\d+(?:\.\d*)?(?:[eE][-+]?\d+)?[LFDlfd]?$/.test(word)) return undefined;
  const number = Number.parseFloat(word);
  return /^-?\d+[Ll]?$/.test(word) ? clampLong(number) : number;
}

function isSpace(unit: number): boolean {
  return unit === 0x20 || (unit >= 9 && unit <= 13);
}

/** A number that Java writes with a fraction even when it has none: `0.0`. */
export class Double {
  readonly value: number;

  constructor(value: number) {
    this.value = value;
  }
}

/** What can be printed: JSON, maps with any keys, doubles. Undefined members are left out. */
export type Printable =
  | Json
  | undefined
  | Double
  | readonly Printable[]
  | ReadonlyMap<string | number | object, Printable>
  | { readonly [key: string]: Printable };

/** Standard JSON: map keys quoted and sorted, all of it ASCII. What new clients ask routes in. */
export function printStrict(value: Printable): string {
  return print(value, strict);
}

/** Standard JSON: map keys quoted, in their own order. */
export function printJson(value: Printable): string {
  return print(value, standard);
}

/** As Java peers write and, for maps whose keys are objects, need it. */
export function printLegacy(value: Printable): string {
  return print(value, legacy);
}

interface Form {
  quote(text: string): string;
  key(key: string | number | object): string;
  readonly isSorted: boolean;
}

const standard: Form = {
  quote: quoteJson,
  key: (key) => quoteJson(typeof key === 'string' ? key : printJson(key as Printable)),
  isSorted: false,
};
const strict: Form = {
  quote: quoteJsonAscii,
  key: (key) => quoteJsonAscii(typeof key === 'string' ? key : printJson(key as Printable)),
  isSorted: true,
};
const legacy: Form = {
  quote: quoteJson,
  key: (key) => printLegacy(key as Printable),
  isSorted: false,
};

function print(value: Printable, form: Form): string {
  if (typeof value === 'string') return form.quote(value);
  if (typeof value === 'number') {
    return Number.isSafeInteger(value) ? printLong(value) : String(value);
  }
  if (typeof value !== 'object' || value === null) return String(value ?? null);
  if (value instanceof Double) return printDouble(value.value);
  if (Array.isArray(value)) return `[${value.map((item) => print(item, form)).join(',')}]`;
  return `{${members(value, form).join(',')}}`;
}

function printDouble(value: number): string {
  return Number.isInteger(value) ? `${value}.0` : String(value);
}

/** Members of objects are sorted, as Java's are; those of maps keep their order unless asked. */
function members(value: object, form: Form): string[] {
  if (value instanceof Map) {
    const map = value as ReadonlyMap<string | number | object, Printable>;
    const texts = [...map].map(([key, item]) => `${form.key(key)}:${print(item, form)}`);
    return form.isSorted ? texts.toSorted() : texts;
  }
  return Object.entries(value)
    .filter(([, item]) => item !== undefined)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, item]) => `${form.quote(key)}:${print(item as Printable, form)}`);
}
