/** The promise of the schemas: a field that can be written has an effect, or is refused. */

import { describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { componentObjects } from '../resources/components.ts';
import { brokerSetSpec } from './broker-set.ts';
import { readManifest } from './manifest.ts';
import { ManifestError } from './manifest-error.ts';
import { nameServerSpec } from './name-server.ts';

interface Field {
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly default?: unknown;
  readonly minimum?: number;
  readonly pattern?: string;
  readonly properties?: Readonly<Record<string, Field>>;
  readonly items?: Field;
}

/** Paths of everything that holds a value, below `spec`. */
function leaves(field: Field, path: readonly string[] = []): [readonly string[], Field][] {
  if (field.properties === undefined) return [[path, field]];
  const below = Object.entries(field.properties).flatMap(([name, inner]) => {
    return leaves(inner, [...path, name]);
  });
  return path.at(-1) === 'ephemeral' ? [[path, field], ...below] : below;
}

const SAMPLES = ['7', '12s', '37Gi', '9.9.9', 'something', '10.9.8.7:1'];

/** A value of the field's type that is not what holds when it is left out. */
function another(field: Field): unknown {
  const usual = field.default;
  if (field.enum !== undefined) return field.enum.find((word) => word !== usual);
  switch (field.type ?? '') {
    case 'boolean':
      return usual !== true;
    case 'integer':
      return Number(usual ?? field.minimum) + 1;
    case 'string':
      return SAMPLES.find((text) => text !== usual && new RegExp(field.pattern ?? '').test(text));
    case 'array':
      return field.items?.enum === undefined
        ? [another(field.items ?? {})]
        : [field.items.enum.at(-1)];
    default:
      return field.properties === undefined ? { name: 'more' } : {};
  }
}

type Values = Readonly<Record<string, unknown>>;

function withValue(
  values: Values,
  [name = '', ...rest]: readonly string[],
  value: unknown,
): Values {
  const inner = (values[name] ?? {}) as Values;
  return { ...values, [name]: rest.length === 0 ? value : withValue(inner, rest, value) };
}

function rendered(kind: string, spec: Values): string {
  const metadata = { name: 'it' };
  const text = stringify({ apiVersion: 'gantrymq.io/v1alpha1', kind, metadata, spec });
  return JSON.stringify(componentObjects(readManifest(text, { file: 'it.yaml' }), '1.2.3'));
}

/** One line; what is refused with the reason, which must not be that the sample was no value. */
function outcomeOf(kind: string, spec: Values, usual: string): string {
  try {
    return rendered(kind, spec) === usual ? 'changes nothing' : 'has an effect';
  } catch (error) {
    if (!(error instanceof ManifestError)) throw error;
    return `refused: ${error.problems.map(({ message }) => message).join(', ')}`;
  }
}

const kinds = {
  NameServer: { schema: nameServerSpec as Field, base: { storage: {} } },
  BrokerSet: {
    schema: brokerSetSpec as Field,
    base: {
      nameServers: { addresses: ['10.0.0.1:9876'] },
      replicas: 1,
      // What `memory` divides.
      pod: { resources: { limits: { memory: '1Gi' } } },
    },
  },
};

/** With one copy of each message every durability is the same, and all of them are kept. */
const NO_DIFFERENCE = ['durability'];

describe.each(Object.entries(kinds))('every field of a %s', (kind, { schema, base }) => {
  const usual = rendered(kind, base);
  const fields = leaves(schema).filter(([path, { enum: words }]) => {
    // A choice of one is no choice.
    return words?.length !== 1 && !NO_DIFFERENCE.includes(path.join('.'));
  });

  test.each(fields.map(([path, field]) => [path.join('.'), path, field] as const))(
    '%s changes what is rendered, or is refused',
    (_name, path, field) => {
      const spec = withValue(base, path, another(field));
      expect(outcomeOf(kind, spec, usual)).toMatch(/^(has an effect|refused: .*)$/);
      expect(outcomeOf(kind, spec, usual)).not.toMatch(/is not right|there is no field/);
    },
  );
});
