/**
 * The small types that fields of manifests are made of. Each is JSON Schema as the API server
 * checks it; `expected` says in words what a pattern lets through and stays out of the CRD.
 */
import Type, { type TSchema } from 'typebox';

interface FieldOptions {
  readonly description?: string;
  readonly default?: unknown;
}

/** A quantity as Kubernetes writes it. */
export const quantity = (options: FieldOptions = {}) =>
  Type.String({
    pattern: '^[0-9]+(\\.[0-9]+)?(m|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei)?$',
    expected: 'a quantity such as 20Gi',
    maxLength: 32,
    ...options,
  });

export const duration = (options: FieldOptions = {}) =>
  Type.String({
    pattern: '^(0|([0-9]+(ms|s|m|h))+)$',
    expected: 'a duration such as 30s, 10m or 1h30m',
    maxLength: 32,
    ...options,
  });

/** What may be part of a host name and of a label: a name that goes into both. */
export const dnsLabel = (options: FieldOptions & { readonly maxLength?: number } = {}) =>
  Type.String({
    pattern: '^[a-z0-9]([-a-z0-9]*[a-z0-9])?$',
    expected: 'lower-case letters, digits and inner dashes',
    maxLength: 63,
    ...options,
  });

/** One of the given words. */
export const oneOf = <Words extends string[]>(
  words: readonly [...Words],
  options: FieldOptions = {},
) => Type.Enum(words, { type: 'string', ...options });

export const integer = (min: number, max: number, options: FieldOptions = {}) =>
  Type.Integer({ minimum: min, maximum: max, ...options });

/** Text by text, such as labels: few and short, so that the API server can check them all. */
export const textMap = (options: FieldOptions & { readonly maxProperties?: number } = {}) =>
  Type.Unsafe<Readonly<Record<string, string>>>({
    type: 'object',
    additionalProperties: { type: 'string', maxLength: 4096 },
    maxProperties: 256,
    ...options,
  });

/** Text by text, of which the API server is the judge. */
export const anyTextMap = (options: FieldOptions = {}) =>
  Type.Unsafe<Readonly<Record<string, string>>>({
    type: 'object',
    additionalProperties: { type: 'string' },
    ...options,
  });

/** A point in time. */
export const time = (options: FieldOptions = {}) =>
  Type.String({ format: 'date-time', maxLength: 40, expected: 'a time', ...options });

/** A list whose entries have a name: applying one entry leaves the others to their owners. */
export const listMap = <Item extends TSchema>(
  item: Item,
  keys: readonly string[],
  options: FieldOptions & { readonly minItems?: number; readonly maxItems: number },
) =>
  Type.Array(item, {
    'x-kubernetes-list-type': 'map',
    'x-kubernetes-list-map-keys': keys,
    ...options,
  });

/**
 * A type of Kubernetes too deep to repeat here: passed on as it is, checked by the API server when
 * the rendered object is applied.
 */
export const opaque = (
  options: FieldOptions & { readonly properties?: Readonly<Record<string, TSchema>> } = {},
) =>
  Type.Unsafe<Readonly<Record<string, unknown>>>({
    type: 'object',
    'x-kubernetes-preserve-unknown-fields': true,
    ...options,
  });

export const opaqueList = (options: FieldOptions = {}) =>
  Type.Array(opaque(), { maxItems: 256, ...options });
