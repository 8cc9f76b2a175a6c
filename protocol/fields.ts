/**
 * What a field of a header is: how it parses, how it prints, whether it must be there, what it is
 * called on the wire, what it names. A header is a table of these.
 *
 * On the wire every field is text. An empty value and an absent one mean the same, except for
 * required text, which may be empty: binary headers cannot tell the two apart.
 */
import { Failure } from './failures.ts';

export interface Field<T> {
  /** Throws `Failure` MalformedRequest, `name` being what to call the field. */
  parse(raw: string, name: string): T;
  print(value: T): string;
  /** Completes "expected …" in messages. */
  readonly expected: string;
  readonly required: boolean;
  /** The key on the wire, when it is not the name. */
  readonly key?: string;
  /** The value names a resource: access is checked on it. */
  readonly resource?: 'topic' | 'group';
}

export const text: Field<string> = {
  parse: (raw) => raw,
  print: (value) => value,
  expected: 'text',
  required: true,
};

/** As Java reads it: everything but "true" is false. */
export const flag: Field<boolean> = {
  parse: (raw) => raw.toLowerCase() === 'true',
  print: String,
  expected: 'true or false',
  required: true,
};

const INT_MAX = 0x7fff_ffff;
const LONG_MAX = '9223372036854775807';
const LONG_MIN = '-9223372036854775808';

export const int: Field<number> = {
  parse(raw, name) {
    const value = parseInteger(raw, name, int.expected);
    if (value >= -INT_MAX - 1 && value <= INT_MAX) return value;
    throw malformed(name, raw, int.expected);
  },
  print: String,
  expected: 'a whole number of 32 bits',
  required: true,
};

/**
 * 64 bits on the wire. Real offsets and times fit a number; Java's "no limit" (`Long.MAX_VALUE`)
 * and whatever else is too large is `Number.MAX_SAFE_INTEGER` here, and prints as Java's again.
 */
export const long: Field<number> = {
  parse: (raw, name) => clampLong(parseInteger(raw, name, long.expected)),
  print: printLong,
  expected: 'a whole number',
  required: true,
};

export const topic: Field<string> = { ...text, resource: 'topic' };
export const group: Field<string> = { ...text, resource: 'group' };

export type Boundary = 'LOWER' | 'UPPER';

/** Which of several messages of one time is meant. As Java reads it: unknown is the lower. */
export const boundary: Field<Boundary> = {
  parse: (raw) => (raw.toUpperCase() === 'UPPER' ? 'UPPER' : 'LOWER'),
  print: (value) => value,
  expected: 'LOWER or UPPER',
  required: true,
};

export function optional<T>(field: Field<T>): Field<T | undefined> {
  return {
    ...field,
    print: (value) => (value === undefined ? '' : field.print(value)),
    required: false,
  };
}

export function keyed<T>(key: string, field: Field<T>): Field<T> {
  return { ...field, key };
}

export function clampLong(value: number): number {
  return Math.max(-Number.MAX_SAFE_INTEGER, Math.min(value, Number.MAX_SAFE_INTEGER));
}

/** Decimal digits; what `clampLong` cut becomes the end of Java's range again. */
export function printLong(value: number): string {
  if (value >= Number.MAX_SAFE_INTEGER) return LONG_MAX;
  return value <= -Number.MAX_SAFE_INTEGER ? LONG_MIN : String(value);
}

function parseInteger(raw: string, name: string, expected: string): number {
  if (!/^\s*[+-]?\d+\s*$/.test(raw)) throw malformed(name, raw, expected);
  return Number(raw);
}

function malformed(name: string, raw: string, expected: string): Failure {
  const shown = raw.length > 40 ? `${raw.slice(0, 40)}…` : raw;
  return new Failure(
    'MalformedRequest',
    `Cannot read field "${name}": expected ${expected}, is "${shown}"`,
  );
}
