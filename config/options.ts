/**
 * How an option is declared: one row says its type, bounds, default, whether it may change while
 * the process runs, and what it means. The loader, live changes, the reference page and the JSON
 * schema all read the row; nothing about an option is said twice.
 *
 * Names and units are RocketMQ's (milliseconds, hours, bytes as its key has them).
 */
import { type Address, formatAddress, parseAddress } from '../runtime/mod.ts';

/** What the machine says about itself: the source of defaults such as `brokerName`. */
export interface Host {
  readonly name: string;
  /** An address of this machine that others can reach. */
  readonly address: string;
  readonly homeFolder: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** What a derived default may look at: the host and other options, resolved when asked for. */
export interface Known {
  readonly host: Host;
  text(option: string): string;
  integer(option: string): number;
}

/** A default that follows from something else; `says` is how the reference page puts it. */
export interface Derived<T> {
  readonly says: string;
  of(known: Known): T;
}

/** A value, or what would have been right instead: "expected …", and why this is not, if one can say. */
export type Reading<T> =
  | { readonly value: T }
  | { readonly expected: string; readonly because?: string | undefined };

export interface Option<T> {
  readonly type: string;
  readonly doc: string;
  /** May change while the process runs; whoever uses it reads it anew each time. */
  readonly live: boolean;
  readonly fallback: T | Derived<T>;
  /** The range or choice, for people; empty when anything of the type is right. */
  readonly bounds: string;
  readonly schema: Readonly<Record<string, unknown>>;
  read(raw: string): Reading<T>;
  print(value: T): string;
}

export type Options = Readonly<Record<string, Option<unknown>>>;

/** The values of a table. Rows that are `live` change in place: keep the object, not the value. */
export type ConfigOf<T extends Options> = {
  readonly [Name in keyof T]: T[Name] extends Option<infer Value> ? Value : never;
};

interface Row<T> {
  readonly fallback: T | Derived<T>;
  readonly doc: string;
  readonly live?: boolean;
}

interface Bounded {
  readonly min: number;
  readonly max: number;
}

/** A whole number from `min` to `max`. */
export function integer(row: Row<number> & Bounded): Option<number> {
  return numeric({ ...row, type: 'integer' }, /^[+-]?\d{1,16}$/, String);
}

/** A number with or without a fraction. */
export function number(row: Row<number> & Bounded): Option<number> {
  return numeric({ ...row, type: 'number' }, /^[+-]?\d+(?:\.\d+)?$/, String);
}

/** A whole number of bytes; shown to people in KiB, MiB, GiB. */
export function bytes(row: Row<number> & Bounded): Option<number> {
  return numeric({ ...row, type: 'bytes' }, /^\d{1,16}$/, showBytes);
}

/** Any text, or what `pattern` lets through; `expected` then says in words what that is. */
export function text(
  row: Row<string> & { readonly pattern?: RegExp; readonly expected?: string },
): Option<string> {
  const { pattern, expected = '' } = row;
  return {
    ...declared(row),
    type: 'text',
    bounds: expected,
    schema: { type: 'string', ...(pattern && { pattern: pattern.source }) },
    read: (raw) => (pattern && !pattern.test(raw) ? { expected } : { value: raw }),
    print: (value) => value,
  };
}

export function flag(row: Row<boolean>): Option<boolean> {
  return {
    ...declared(row),
    type: 'flag',
    bounds: '',
    schema: { type: 'boolean' },
    read: (raw) => {
      const lower = raw.toLowerCase();
      if (lower === 'true' || lower === 'false') return { value: lower === 'true' };
      return { expected: 'true or false' };
    },
    print: String,
  };
}

/** One of the given words, as they are spelt. */
export function oneOf<const Choice extends string>(
  choices: readonly Choice[],
  row: Row<NoInfer<Choice>> & {
    /** Choices that RocketMQ has and this version has not, each with the reason. */
    readonly missing?: Readonly<Record<string, string>>;
  },
): Option<Choice> {
  const missing = new Map(Object.entries(row.missing ?? {}));
  const bounds = choices.join(', ');
  return {
    ...declared(row),
    type: 'choice',
    bounds,
    schema: { type: 'string', enum: choices },
    read: (raw) => {
      const value = choices.find((choice) => choice === raw);
      if (value !== undefined) return { value };
      return { expected: `one of ${bounds}`, because: missing.get(raw) };
    },
    print: (value) => value,
  };
}

/** `host:port;host:port`, empty for none. */
export function addresses(row: Row<readonly Address[]>): Option<readonly Address[]> {
  return {
    ...declared(row),
    type: 'addresses',
    bounds: 'host:port;host:port…',
    schema: { type: 'string' },
    read: (raw) => {
      const parts = raw.split(';').filter((part) => part.trim() !== '');
      const value = parts.flatMap((part) => parseAddress(part) ?? []);
      return value.length === parts.length
        ? { value }
        : { expected: 'addresses as host:port, separated by ";"' };
    },
    print: (value) => value.map(formatAddress).join(';'),
  };
}

export function isDerived<T>(fallback: T | Derived<T>): fallback is Derived<T> {
  return typeof fallback === 'object' && fallback !== null && 'says' in fallback;
}

/** 1048576 as "1 MiB"; what is no round number stays as it is. */
export function showBytes(count: number): string {
  const units = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB'];
  let size = count;
  let unit = 0;
  while (size >= 1024 && size % 1024 === 0 && unit < units.length - 1) {
    size /= 1024;
    unit++;
  }
  return `${size} ${units[unit]}`;
}

function declared<T>({ fallback, doc, live = false }: Row<T>) {
  return { fallback, doc, live };
}

function numeric(
  row: Row<number> & Bounded & { readonly type: string },
  form: RegExp,
  show: (value: number) => string,
): Option<number> {
  const { min, max, type } = row;
  const bounds = `${show(min)} to ${show(max)}`;
  const noun = { bytes: 'a whole number of bytes', integer: 'a whole number' }[type] ?? 'a number';
  return {
    ...declared(row),
    type,
    bounds,
    schema: { type: type === 'number' ? 'number' : 'integer', minimum: min, maximum: max },
    read: (raw) => {
      const value = form.test(raw) ? Number(raw) : Number.NaN;
      return value >= min && value <= max ? { value } : { expected: `${noun}, ${bounds}` };
    },
    print: String,
  };
}
