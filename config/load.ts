/**
 * From what a person wrote to a configuration: file, then environment, then command line, the
 * later of them holds. Nothing is guessed and nothing dropped: a value is valid and used, or its
 * key is named in a note, or the start is refused with every problem at its place.
 */
import { ConfigError, type Problem } from './config-error.ts';
import { findNearest } from './nearest.ts';
import { type ConfigOf, type Host, isDerived, type Known, type Options } from './options.ts';
import { parseProperties } from './properties.ts';
import { environmentName, type Schema } from './schema.ts';

export interface Sources {
  /** RocketMQ's properties file: its name as the user gave it, and its text. */
  readonly file?: { readonly name: string; readonly text: string } | undefined;
  /** `key=value`, as on the command line. */
  readonly assignments?: readonly string[];
  readonly host: Host;
}

/** For the log at start: a constant sentence and its facts. */
export interface Note {
  readonly sentence: string;
  readonly facts: Readonly<Record<string, unknown>>;
}

export interface Loaded<T extends Options> {
  readonly config: ConfigOf<T>;
  readonly notes: readonly Note[];
}

/** One setting, and where it stands. */
interface Setting {
  readonly key: string;
  readonly raw: string;
  readonly place: string;
}

/** Throws a `ConfigError` that lists everything wrong in all sources. */
export function loadConfig<T extends Options>(schema: Schema<T>, sources: Sources): Loaded<T> {
  const problems: Problem[] = [];
  const given = [
    ...fromFile(sources, problems),
    ...fromEnvironment(schema, sources, problems),
    ...fromAssignments(sources, problems),
  ].map(({ key, raw, place }) => ({ key, raw: raw.trim(), place }));

  const without = new Set<string>();
  const values = new Map<string, unknown>();
  for (const { key, raw, place } of given) {
    const reading = readSetting(schema, key, raw);
    if (reading.kind === 'value') values.set(key, reading.value);
    else if (reading.kind === 'meaningless') without.add(key);
    else if (reading.kind === 'wrong') problems.push({ place, message: reading.message });
  }
  if (problems.length > 0) throw new ConfigError(schema.role, problems);

  const config = completed(schema, values, sources.host);
  const wrong = schema.check?.(config) ?? [];
  if (wrong.length > 0) {
    const place = 'configuration';
    throw new ConfigError(
      schema.role,
      wrong.map((message) => ({ place, message })),
    );
  }
  return { config, notes: [...notesOn(without), ...notesOnRepeats(given)] };
}

export type SettingReading =
  | { readonly kind: 'value'; readonly value: unknown }
  | { readonly kind: 'meaningless' }
  /** RocketMQ's default, which is what we do. */
  | { readonly kind: 'as it is' }
  | { readonly kind: 'wrong'; readonly message: string };

/** What `raw` means for `key`: the one place that knows options from keys known elsewhere. */
export function readSetting<T extends Options>(
  { role, options, elsewhere }: Schema<T>,
  key: string,
  raw: string,
): SettingReading {
  const option = ownMember(options, key);
  if (option !== undefined) {
    const reading = option.read(raw);
    if ('value' in reading) return { kind: 'value', value: reading.value };
    const { because, expected } = reading;
    const why = because === undefined ? ', ' : `: ${because}; `;
    return { kind: 'wrong', message: `${key} is "${raw}"${why}expected ${expected}` };
  }
  if (elsewhere.ignored.includes(key)) return { kind: 'meaningless' };
  const refused = ownMember(elsewhere.refused, key);
  if (refused !== undefined) {
    const { fallback, reason } = refused;
    if (raw.toLowerCase() === (fallback ?? '').toLowerCase()) return { kind: 'as it is' };
    const right = fallback === undefined ? 'leave it out' : `leave it at "${fallback}"`;
    return { kind: 'wrong', message: `${key} is "${raw}": ${reason}; ${right}` };
  }
  const names = [...Object.keys(options), ...elsewhere.ignored, ...Object.keys(elsewhere.refused)];
  const nearest = findNearest(key, names);
  const hint = nearest === undefined ? '' : `: did you mean "${nearest}"?`;
  return { kind: 'wrong', message: `"${key}" is no option of the ${role}${hint}` };
}

function fromFile({ file }: Sources, problems: Problem[]): Setting[] {
  if (file === undefined) return [];
  const { entries, malformed } = parseProperties(file.text);
  for (const { line, message } of malformed) {
    problems.push({ place: `${file.name}:${line}`, message });
  }
  return entries.map(({ key, value, line }) => ({
    key,
    raw: value,
    place: `${file.name}:${line}`,
  }));
}

function fromEnvironment<T extends Options>(
  { role, options }: Schema<T>,
  { host: { environment } }: Sources,
  problems: Problem[],
): Setting[] {
  const optionOf = new Map(Object.keys(options).map((key) => [environmentName(role, key), key]));
  const prefix = environmentName(role, '');
  return Object.entries(environment).flatMap(([name, raw]) => {
    if (!name.startsWith(prefix) || raw === undefined) return [];
    const place = `environment ${name}`;
    const key = optionOf.get(name);
    if (key !== undefined) return { key, raw, place };
    if (isServiceLink(name.slice(prefix.length), raw)) return [];
    const nearest = findNearest(name, optionOf.keys());
    const hint = nearest === undefined ? '' : `: did you mean ${nearest}?`;
    problems.push({ place, message: `${name} is no option of the ${role}${hint}` });
    return [];
  });
}

/** Kubernetes sets such variables for every Service of a namespace, here one named gantry-broker. */
function isServiceLink(rest: string, raw: string): boolean {
  return /^(?:tcp|udp|sctp):\/\//.test(raw) || /^(?:\w+_)?(?:SERVICE_|PORT_\d)/.test(rest);
}

function fromAssignments({ assignments = [] }: Sources, problems: Problem[]): Setting[] {
  return assignments.flatMap((assignment, index) => {
    const place = `argument ${index + 1}`;
    const equals = assignment.indexOf('=');
    if (equals > 0) {
      return { key: assignment.slice(0, equals).trim(), raw: assignment.slice(equals + 1), place };
    }
    problems.push({ place, message: `"${assignment}" is no setting, expected key=value` });
    return [];
  });
}

/** Fills in the defaults; one that follows from another option waits for that one. */
function completed<T extends Options>(
  { options }: Schema<T>,
  values: Map<string, unknown>,
  host: Host,
): ConfigOf<T> {
  const resolve = (name: string): unknown => {
    if (values.has(name)) return values.get(name);
    const option = ownMember(options, name);
    if (option === undefined) throw new TypeError(`No option "${name}" to derive a default from`);
    const { fallback } = option;
    const value = isDerived(fallback) ? fallback.of(known) : fallback;
    values.set(name, value);
    return value;
  };
  const known: Known = {
    host,
    text: (name) => String(resolve(name)),
    integer: (name) => Number(resolve(name)),
  };
  const config = Object.keys(options).map((name) => [name, resolve(name)] as const);
  return Object.fromEntries(config) as ConfigOf<T>;
}

function notesOn(without: ReadonlySet<string>): Note[] {
  if (without.size === 0) return [];
  return [{ sentence: 'Settings without meaning here', facts: { keys: [...without].sort() } }];
}

function notesOnRepeats(given: readonly Setting[]): Note[] {
  const places = new Map<string, string[]>();
  for (const { key, place } of given) {
    // One source may override another; twice in one source is probably a slip.
    const source = place.replace(/[:\s][^:\s]*$/, '');
    const name = `${source} ${key}`;
    places.set(name, [...(places.get(name) ?? []), place]);
  }
  return [...places]
    .filter(([, at]) => at.length > 1)
    .map(([name, at]) => ({
      sentence: 'Setting given twice, the last one holds',
      facts: { key: name.slice(name.lastIndexOf(' ') + 1), places: at },
    }));
}

function ownMember<V>(table: Readonly<Record<string, V>>, name: string): V | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}
