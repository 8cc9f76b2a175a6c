/**
 * A JSON body's codec, made from a table of members: `body({ topic: text, queueId: whole })`.
 *
 * Reading is lenient as Java's is: members that are missing keep their default, unknown ones are
 * ignored, text is taken for a number. What has the wrong type is a `Failure` MalformedRequest that
 * names the place. Tables are `Map`s: `tableOf` has text as keys, `numberTableOf` numbers,
 * `beanTableOf` objects, which Java writes as keys (`json.ts`).
 */
import { Failure } from './failures.ts';
import { clampLong } from './fields.ts';
import {
  Double,
  type Json,
  type JsonObject,
  type Printable,
  parseLenient,
  printJson,
  printLegacy,
  printStrict,
} from './json.ts';

export interface Shape<T> {
  /** What a missing member is. */
  fallback(): T;
  read(json: Json, place: string): T;
  /** What is printed; undefined is left out. */
  write(value: T): Printable;
}

/**
 * `legacy` is what Java peers write and, for tables with objects as keys, need. `standard` quotes
 * every key; `strict` also sorts and is all ASCII, as new clients ask for routes.
 */
export type BodyForm = 'legacy' | 'standard' | 'strict';

export interface BodyCodec<T> extends Shape<T> {
  decode(bytes: Buffer): T;
  encode(value: T, form?: BodyForm): Buffer;
}

/** The value type of a body codec or a shape. */
export type BodyOf<S> = S extends Shape<infer T> ? T : never;

type Members = Readonly<Record<string, Shape<unknown>>>;
type OptionalNames<M> = {
  [N in keyof M]: undefined extends BodyOf<M[N]> ? N : never;
}[keyof M];
type ObjectOf<M> = {
  readonly [N in Exclude<keyof M, OptionalNames<M>>]: BodyOf<M[N]>;
} & {
  readonly [N in OptionalNames<M>]?: BodyOf<M[N]> | undefined;
};

function wrong(place: string, json: Json, expected: string): Failure {
  const text = JSON.stringify(json);
  const shown = text.length > 40 ? `${text.slice(0, 40)}…` : text;
  return new Failure('MalformedRequest', `Cannot read ${place}: expected ${expected}, is ${shown}`);
}

export const text: Shape<string> = {
  fallback: () => '',
  read(json, place) {
    if (typeof json === 'string') return json;
    if (typeof json === 'number' || typeof json === 'boolean') return String(json);
    throw wrong(place, json, 'text');
  },
  write: (value) => value,
};

/** A whole number of up to 64 bits, clamped as `long` is. */
export const whole: Shape<number> = {
  fallback: () => 0,
  read(json, place) {
    const number = typeof json === 'string' && json.trim() !== '' ? Number(json) : json;
    if (typeof number === 'number' && Number.isInteger(number)) return clampLong(number);
    throw wrong(place, json, 'a whole number');
  },
  write: (value) => value,
};

/** A number that is written with a fraction. */
export const real: Shape<number> = {
  fallback: () => 0,
  read(json, place) {
    const number = typeof json === 'string' && json.trim() !== '' ? Number(json) : json;
    if (typeof number === 'number' && !Number.isNaN(number)) return number;
    throw wrong(place, json, 'a number');
  },
  write: (value) => new Double(value),
};

export const bool: Shape<boolean> = {
  fallback: () => false,
  read(json, place) {
    if (typeof json === 'boolean') return json;
    if (typeof json === 'string') return json.toLowerCase() === 'true';
    if (typeof json === 'number') return json === 1;
    throw wrong(place, json, 'true or false');
  },
  write: (value) => value,
};

/** One of Java's enumerations: by name or by number. The first name is what a missing one is. */
export function oneOf<const N extends readonly [string, ...string[]]>(names: N): Shape<N[number]> {
  return {
    fallback: () => names[0],
    read(json, place) {
      const name = typeof json === 'number' ? names[json] : names.find((each) => each === json);
      if (name === undefined) throw wrong(place, json, `one of ${names.join(', ')}`);
      return name;
    },
    write: (value) => value,
  };
}

/** May be missing. */
export function maybe<T>(shape: Shape<T>): Shape<T | undefined> {
  return {
    fallback: () => undefined,
    read: (json, place) => shape.read(json, place),
    write: (value) => (value === undefined ? undefined : shape.write(value)),
  };
}

/** What a missing member is, when it is not nought. */
export function orElse<T>(fallback: T, shape: Shape<T>): Shape<T> {
  return { ...shape, fallback: () => fallback };
}

export function listOf<T>(shape: Shape<T>): Shape<readonly T[]> {
  return {
    fallback: () => [],
    read(json, place) {
      if (!Array.isArray(json)) throw wrong(place, json, 'a list');
      return json.map((item, index) => shape.read(item, `${place}[${index}]`));
    },
    write: (value) => value.map((item) => shape.write(item)),
  };
}

function tableShape<K extends string | number | object, T>(
  readKey: (key: string, place: string) => K,
  shape: Shape<T>,
): Shape<ReadonlyMap<K, T>> {
  return {
    fallback: () => new Map<K, T>(),
    read(json, place) {
      const entries = Object.entries(requireObject(json, place));
      return new Map(
        entries.map(([key, value]) => [
          readKey(key, place),
          shape.read(value, `${place}["${key}"]`),
        ]),
      );
    },
    write: (value) =>
      new Map([...value].map(([key, item]): [K, Printable] => [key, shape.write(item)])),
  };
}

export function tableOf<T>(shape: Shape<T>): Shape<ReadonlyMap<string, T>> {
  return tableShape((key) => key, shape);
}

export function numberTableOf<T>(shape: Shape<T>): Shape<ReadonlyMap<number, T>> {
  return tableShape((key, place) => whole.read(key, `a key of ${place}`), shape);
}

/** Keys are objects: two equal ones are still two keys, as in any `Map`. */
export function beanTableOf<K extends object, T>(
  keys: Shape<K>,
  shape: Shape<T>,
): Shape<ReadonlyMap<K, T>> {
  return tableShape((key, place) => {
    const json = parse(key, `a key of ${place}`);
    return keys.read(json, `a key of ${place}`);
  }, shape);
}

/** An object of these members, and a codec for a body that is one. */
export function body<M extends Members>(members: M): BodyCodec<ObjectOf<M>> {
  const shapes = Object.entries(members);
  const read = (json: Json, place: string): ObjectOf<M> => {
    const object = requireObject(json, place);
    const value: Record<string, unknown> = {};
    for (const [name, shape] of shapes) {
      const member = Object.hasOwn(object, name) ? object[name] : undefined;
      const isMissing = member === undefined || member === null;
      const read = isMissing ? shape.fallback() : shape.read(member, `${place}.${name}`);
      if (read !== undefined) value[name] = read;
    }
    return value as ObjectOf<M>;
  };
  return codec({
    fallback: () => read({}, ''),
    read,
    write(value) {
      const from = value as Readonly<Record<string, unknown>>;
      return Object.fromEntries(
        shapes.map(([name, shape]) => [
          name,
          from[name] === undefined ? undefined : shape.write(from[name]),
        ]),
      );
    },
  });
}

/** A codec for a body that is any shape, such as a bare list. */
export function codec<T>(shape: Shape<T>): BodyCodec<T> {
  return {
    ...shape,
    decode: (bytes) => shape.read(parse(bytes.toString('utf8'), 'the body'), 'body'),
    encode: (value, form = 'legacy') => Buffer.from(printers[form](shape.write(value))),
  };
}

const printers: Readonly<Record<BodyForm, (value: Printable) => string>> = {
  legacy: printLegacy,
  standard: printJson,
  strict: printStrict,
};

function requireObject(json: Json, place: string): JsonObject {
  if (typeof json === 'object' && json !== null && !Array.isArray(json)) return json;
  throw wrong(place, json, 'an object');
}

function parse(json: string, place: string): Json {
  try {
    return parseLenient(json);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    const problem = error.message;
    throw new Failure('MalformedRequest', `Cannot read ${place}: ${problem}`, { cause: error });
  }
}
