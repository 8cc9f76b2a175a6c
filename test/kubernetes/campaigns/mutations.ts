/**
 * Every field of a spec with another value, derived from the schema of the CRD: one valid where one
 * can be found, one that the schema must refuse.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';

interface Schema {
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly default?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly pattern?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly additionalProperties?: Schema | boolean;
}

export interface Mutation {
  /** `storage.size` */
  readonly field: string;
  readonly value: unknown;
  /** The schema allows it; rules and the operator may not. */
  readonly isValid: boolean;
}

/** Words to try where the schema only says "text". */
const texts = ['other', '45s', '2Gi', '1.2.3', 'other.example:9876', 'ROCKETMQ'];

/** What a field has to look like that the schema leaves open. */
const samples: Readonly<Record<string, unknown>> = {
  'pod.env': [{ name: 'OTHER', value: '1' }],
  'pod.resources': { requests: { cpu: '10m' } },
  'pod.tolerations': [{ key: 'other', operator: 'Exists' }],
  'pod.affinity': { nodeAffinity: {} },
  'pod.nodeSelector': { 'kubernetes.io/hostname': 'node1' },
  'pod.labels': { other: '1' },
  'pod.annotations': { other: '1' },
  'overrides.pod': { spec: { terminationGracePeriodSeconds: 7 } },
  config: { waitTimeMillsInSendQueue: '300' },
};

export function mutationsOf(plural: string): Mutation[] {
  const file = fileURLToPath(new URL(`../../../crds/${plural}.yaml`, import.meta.url));
  const crd = parse(readFileSync(file, 'utf8')) as {
    spec: { versions: { schema: { openAPIV3Schema: Schema } }[] };
  };
  const spec = crd.spec.versions[0]?.schema.openAPIV3Schema.properties?.['spec'];
  if (spec === undefined) throw new Error(`${plural} has no schema of a spec`);
  return mutations(spec, '');
}

/** The merge patch that makes the mutation. */
export function patchOf({ field, value }: Mutation): object {
  return field
    .split('.')
    .reduceRight<unknown>((inner, name) => ({ [name]: inner }), value) as object;
}

function mutations(schema: Schema, field: string): Mutation[] {
  if (Object.hasOwn(samples, field)) return [{ field, value: samples[field], isValid: true }];
  if (schema.properties !== undefined) {
    return Object.entries(schema.properties).flatMap(([name, inner]) => {
      return mutations(inner, field === '' ? name : `${field}.${name}`);
    });
  }
  const valid = otherValue(schema);
  return [
    ...(valid === undefined ? [] : [{ field, value: valid, isValid: true }]),
    { field, value: wrongValue(schema), isValid: false },
  ];
}

function otherValue(schema: Schema): unknown {
  const { type, pattern, default: usual } = schema;
  if (schema.enum !== undefined) return schema.enum.find((value) => value !== usual);
  if (type === 'boolean') return usual !== true;
  if (type === 'integer' || type === 'number') return otherNumber(schema);
  if (type === 'string') {
    const form = new RegExp(pattern ?? '');
    return texts.find((text) => form.test(text) && text !== usual);
  }
  if (type === 'array') {
    const item = otherValue(schema.items ?? {});
    return item === undefined ? undefined : [item];
  }
  if (type === 'object') return { other: '1' };
  return undefined;
}

function otherNumber({ default: usual, minimum = 0, maximum = Infinity }: Schema): number {
  const base = typeof usual === 'number' ? usual : minimum;
  return base + 1 <= maximum ? base + 1 : base - 1;
}

function wrongValue({ type }: Schema): unknown {
  return type === 'string' ? { not: 'text' } : 'not of this type';
}
