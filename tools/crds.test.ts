import { describe, expect, test } from 'vitest';
import { crds } from './crds.ts';

/** Of which `kubectl apply` can keep a copy in an annotation (limit 262,144 bytes). */
const BYTES_MAX = 200 * 1024;

type Json = Readonly<Record<string, unknown>>;

const record = (value: unknown): Json => (value ?? {}) as Json;

/** Every schema in `schema`, with its path. */
function* schemas(schema: Json, path = ''): Generator<readonly [string, Json]> {
  yield [path, schema];
  for (const [name, field] of Object.entries(record(schema['properties']))) {
    yield* schemas(record(field), `${path}.${name}`);
  }
  if (schema['items'] !== undefined) yield* schemas(record(schema['items']), `${path}[]`);
  if (schema['additionalProperties'] !== undefined) {
    yield* schemas(record(schema['additionalProperties']), `${path}{}`);
  }
}

function at(schema: Json, path: string): Json | undefined {
  return path
    .split('.')
    .slice(1)
    .reduce<Json | undefined>((inner, step) => {
      const field = record(inner?.['properties'])[step] ?? inner?.['additionalProperties'];
      return field === undefined ? undefined : record(field);
    }, schema);
}

describe.each(crds().map((crd) => [crd.spec.names.kind, crd] as const))('%s', (_kind, crd) => {
  const [version] = crd.spec.versions;
  const root: Json = version?.schema.openAPIV3Schema ?? {};
  const all = [...schemas(root)];

  test('is small enough for a plain `kubectl apply`', () => {
    expect(JSON.stringify(crd).length).toBeLessThan(BYTES_MAX);
  });

  test('every schema has a type, and nothing that a structural schema may not have', () => {
    for (const [path, schema] of all) {
      expect(schema['type'], path).toBeTypeOf('string');
      for (const keyword of [
        'const',
        'expected',
        'propertyNames',
        'uniqueItems',
        'anyOf',
        '$ref',
      ]) {
        expect(schema, path).not.toHaveProperty(keyword);
      }
      expect(schema['additionalProperties'], path).not.toBe(false);
    }
  });

  test('every field says what it means', () => {
    const silent = all.filter(([path, { description }]) => {
      return /^\.(?:spec|status)\..*[a-zA-Z]$/.test(path) && typeof description !== 'string';
    });
    expect(silent.map(([path]) => path)).toEqual([]);
  });

  test('what is asked for has no default, and what has one fits in a list with keys', () => {
    for (const [path, { properties, required = [] }] of all) {
      for (const name of required as readonly string[]) {
        expect(record(record(properties)[name]), `${path}.${name}`).not.toHaveProperty('default');
      }
    }
    for (const [path, schema] of all) {
      const keys = schema['x-kubernetes-list-map-keys'] as readonly string[] | undefined;
      if (keys === undefined) continue;
      expect(record(schema['items'])['required'], path).toEqual(expect.arrayContaining([...keys]));
      expect(schema['maxItems'], path).toBeTypeOf('number');
    }
  });

  test('every rule says why, and of which field', () => {
    for (const [path, schema] of all) {
      for (const rule of (schema['x-kubernetes-validations'] ?? []) as readonly Json[]) {
        expect(rule['message'], path).toMatch(/^\S.{10,}$/);
        const { fieldPath = '' } = rule as { readonly fieldPath?: string };
        expect(at(schema, fieldPath), fieldPath).toBeDefined();
      }
    }
  });

  test('columns and scale read fields that there are', () => {
    const { additionalPrinterColumns: columns = [], subresources } = version ?? {};
    const scale: object = subresources?.scale ?? {};
    const paths = [...columns.map(({ jsonPath }) => jsonPath), ...Object.values(scale)]
      .map((path) => String(path).replaceAll(/\[[^\]]*\].*$/g, ''))
      .filter((path) => !path.startsWith('.metadata'));
    expect(paths.filter((path) => at(root, path) === undefined)).toEqual([]);
  });
});

test('no two kinds share a name', () => {
  const names = crds().flatMap(({ spec: { names } }) => [
    names.plural,
    names.singular,
    ...names.shortNames,
  ]);
  expect(new Set(names).size).toBe(names.length);
});
