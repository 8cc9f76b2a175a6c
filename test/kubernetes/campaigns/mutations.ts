/**
 * Every field of a spec with other values, derived from the schema of the CRD and from what the
 * field is now: values that the schema allows, and values that it must refuse. Lists of objects are
 * gone into, at their first item; of a field that nobody wrote down the default counts.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import { parse } from 'yaml';
import { samplesOf } from './samples.ts';

interface Schema {
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly default?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxLength?: number;
  readonly maxItems?: number;
  readonly minItems?: number;
  readonly pattern?: string;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly additionalProperties?: Schema | boolean;
}

type Values = Readonly<Record<string, unknown>>;

export interface Mutation {
  /** `brokerSets[].storage.size` */
  readonly field: string;
  readonly value: unknown;
  /** The schema allows it; rules and the operator may not. */
  readonly isValid: boolean;
  /** All of the spec with that value. */
  readonly spec: object;
}

/** Words to try where the schema only says "text". */
const texts = ['other', '45s', '2Gi', '1.2.3', 'other.example:9876', 'ROCKETMQ'];

/** Whose defaults a part of an umbrella has: it has none itself. */
const children: readonly [part: string, plural: string][] = [
  ['brokerSets[].', 'brokersets'],
  ['nameServer.', 'nameservers'],
  ['controller.', 'controllers'],
  ['proxy.', 'proxies'],
];

export function mutationsOf(plural: string, spec: object): Mutation[] {
  const schema = schemaOf(plural);
  return fieldsOf(schema).flatMap(([field, inner]) => {
    const now = valueAt(spec, field) ?? defaultOf(plural, field);
    const valid = otherValues(inner, field, now);
    const wrong = wrongValues(inner);
    return [...valid, ...wrong].map((value, index) => ({
      field,
      value,
      isValid: index < valid.length,
      spec: withValue(schema, spec, field.split('.'), value) as object,
    }));
  });
}

function schemaOf(plural: string): Schema {
  const file = fileURLToPath(new URL(`../../../crds/${plural}.yaml`, import.meta.url));
  const crd = parse(readFileSync(file, 'utf8')) as {
    spec: { versions: { schema: { openAPIV3Schema: Schema } }[] };
  };
  const spec = crd.spec.versions[0]?.schema.openAPIV3Schema.properties?.['spec'];
  if (spec === undefined) throw new Error(`${plural} has no schema of a spec`);
  return spec;
}

/** With those that have others in them. */
function fieldsOf(schema: Schema, path = ''): [field: string, schema: Schema][] {
  const inside = schema.items?.properties === undefined ? schema : schema.items;
  const here = inside === schema ? path : `${path}[]`;
  const below = Object.entries(inside.properties ?? {}).flatMap(([name, inner]) => {
    return fieldsOf(inner, here === '' ? name : `${here}.${name}`);
  });
  return path === '' ? below : [[path, schema], ...below];
}

function defaultOf(plural: string, field: string): unknown {
  const [part = '', child] = children.find(([start]) => field.startsWith(start)) ?? [];
  if (plural === 'rocketmqclusters' && child !== undefined) {
    return defaultOf(child, field.slice(part.length));
  }
  return fieldsOf(schemaOf(plural)).find(([name]) => name === field)?.[1].default;
}

function otherValues(schema: Schema, field: string, now: unknown): unknown[] {
  const samples = samplesOf(field);
  const isBlock = schema.properties !== undefined || schema.items?.properties !== undefined;
  const found = samples ?? (isBlock ? [] : [otherValue(schema, now)]);
  return found.filter((value) => value !== undefined && !isDeepStrictEqual(value, now));
}

function otherValue(schema: Schema, now: unknown): unknown {
  const { type, pattern, items } = schema;
  if (schema.enum !== undefined) return schema.enum.find((value) => value !== now);
  if (type === 'boolean') return now !== true;
  if (type === 'integer' || type === 'number') return otherNumber(schema, now);
  if (type === 'string') {
    const form = new RegExp(pattern ?? '');
    return texts.find((text) => form.test(text) && text !== now);
  }
  if (type === 'array') {
    const item = otherValue(items ?? {}, Array.isArray(now) ? now[0] : undefined);
    return item === undefined ? undefined : [item];
  }
  return type === 'object' ? { other: '1' } : undefined;
}

function otherNumber({ minimum = 0, maximum = Infinity }: Schema, now: unknown): number {
  const base = typeof now === 'number' ? now : minimum;
  return base + 1 <= maximum ? base + 1 : base - 1;
}

/** Of another type, and beyond each bound. */
function wrongValues(schema: Schema): unknown[] {
  const { type, minimum, maximum, maxLength, maxItems, minItems, pattern, items } = schema;
  const isText = type === 'string';
  return [
    isText ? { not: 'text' } : 'not of this type',
    schema.enum !== undefined && isText ? 'NoSuchWord' : undefined,
    minimum === undefined ? undefined : minimum - 1,
    maximum === undefined ? undefined : maximum + 1,
    maxLength === undefined ? undefined : 'x'.repeat(maxLength + 1),
    pattern === undefined ? undefined : '!',
    maxItems === undefined ? undefined : Array.from({ length: maxItems + 1 }, () => ({})),
    minItems === undefined ? undefined : [],
    items === undefined ? undefined : [wrongValues(items)[0]],
  ].filter((value) => value !== undefined);
}

function valueAt(values: unknown, field: string): unknown {
  return field.split('.').reduce<unknown>((inner, part) => {
    const next = (inner as Values | undefined)?.[part.replace('[]', '')];
    return part.endsWith('[]') ? (next as readonly unknown[] | undefined)?.[0] : next;
  }, values);
}

/** `values` with another one at the path; a block that is new has all that it requires. */
function withValue(
  schema: Schema,
  values: unknown,
  [part = '', ...rest]: readonly string[],
  value: unknown,
): unknown {
  const name = part.replace('[]', '');
  const before = (values ?? required(schema)) as Values;
  const inner = schema.properties?.[name] ?? {};
  if (rest.length === 0) return { ...before, [name]: value };
  if (!part.endsWith('[]')) {
    return { ...before, [name]: withValue(inner, before[name], rest, value) };
  }
  const [first, ...others] = (before[name] ?? []) as readonly unknown[];
  const items = [withValue(inner.items ?? {}, first, rest, value), ...others];
  return { ...before, [name]: items };
}

function required(schema: Schema): Values {
  const names = schema.required ?? [];
  return Object.fromEntries(
    names.map((name) => [name, otherValue(schema.properties?.[name] ?? {}, undefined)]),
  );
}
