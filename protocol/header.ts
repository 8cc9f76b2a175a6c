/**
 * A header's codec, made from a table of fields: `header({ topic, queueId: int })`.
 *
 * Required fields must be there, unknown keys are ignored, a header without fields is one where
 * every field is absent.
 */
import type { WireFields } from './command-header.ts';
import { Failure } from './failures.ts';
import type { Field } from './fields.ts';

/** `Field<T>` takes a `T`, so a table of them all can only be named by what they have in common. */
export type Fields = Readonly<Record<string, Field<unknown>>>;

type ValueOf<F> = F extends Field<infer T> ? T : never;
type OptionalNames<F> = {
  [N in keyof F]: undefined extends ValueOf<F[N]> ? N : never;
}[keyof F];

/** The value that a table of fields describes. */
export type HeaderOf<F> = {
  readonly [N in Exclude<keyof F, OptionalNames<F>>]: ValueOf<F[N]>;
} & {
  readonly [N in OptionalNames<F>]?: ValueOf<F[N]> | undefined;
};

export interface HeaderRow {
  readonly name: string;
  /** What it is called on the wire. */
  readonly key: string;
  readonly field: Field<unknown>;
}

export interface HeaderCodec<H> {
  readonly rows: readonly HeaderRow[];
  /** Throws `Failure` MalformedRequest, naming the field. */
  decode(fields: WireFields): H;
  encode(value: H): Record<string, string>;
}

/** The value type of a header codec. */
export type Described<C> = C extends HeaderCodec<infer H> ? H : never;

export function header<F extends Fields>(fields: F): HeaderCodec<HeaderOf<F>> {
  const rows = Object.entries(fields).map(([name, field]) => ({
    name,
    key: field.key ?? name,
    field,
  }));
  return {
    rows,
    decode: (wire) => decode(rows, wire) as HeaderOf<F>,
    encode: (value) => encode(rows, value),
  };
}

function decode(rows: readonly HeaderRow[], wire: WireFields): Record<string, unknown> {
  const value: Record<string, unknown> = {};
  for (const row of rows) {
    const raw = wire[row.key];
    if (raw !== undefined && (raw !== '' || mayBeEmpty(row.field))) {
      value[row.name] = row.field.parse(raw, shownName(row));
    } else if (row.field.required) {
      throw new Failure(
        'MalformedRequest',
        `Cannot read field "${shownName(row)}": expected ${row.field.expected}, is missing`,
      );
    }
  }
  return value;
}

function mayBeEmpty({ required, expected }: Field<unknown>): boolean {
  return required && expected === 'text';
}

function shownName({ name, key }: HeaderRow): string {
  return name === key ? name : `${key} (${name})`;
}

function encode(rows: readonly HeaderRow[], value: object): Record<string, string> {
  const members = value as Readonly<Record<string, unknown>>;
  const wire: Record<string, string> = {};
  for (const { name, key, field } of rows) {
    const member = members[name];
    if (member !== undefined) wire[key] = field.print(member);
  }
  return wire;
}
