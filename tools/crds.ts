/**
 * `crds/`: the kinds of operator/api as the API server wants them. A structural schema: every
 * property typed, closed blocks closed by pruning, patterns of keys and rules across fields as CEL,
 * lists with their keys. What our own checks need besides (`expected`, `additionalProperties:
 * false`) stays behind.
 */
import { stringify } from 'yaml';
import {
  type Definition,
  definitions,
  type KindName,
  kinds,
  type StatedRule,
} from '../operator/mod.ts';
import type { Source } from './architecture.ts';

type Json = Readonly<Record<string, unknown>>;

const GROUP = 'gantrymq.io';
const VERSION = 'v1alpha1';
const NOTICE = '# Made by `npm run generate` from operator/api: change that.\n';

/** Every file of `crds/`. */
export function crdFiles(): Source[] {
  return crds().map((crd) => ({
    path: `crds/${crd.spec.names.plural}.yaml`,
    // One line a text: a rule that is folded cannot be searched for.
    text: NOTICE + stringify(crd, { lineWidth: 0, aliasDuplicateObjects: false }),
  }));
}

/** Every CustomResourceDefinition. */
export function crds() {
  return Object.entries(definitions).map(([kind, definition]) =>
    crdOf(kind as KindName, definition),
  );
}

function crdOf(kind: KindName, { plural, shortName, doc, columns, scale }: Definition) {
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${GROUP}` },
    spec: {
      group: GROUP,
      scope: 'Namespaced',
      names: {
        kind,
        listKind: `${kind}List`,
        plural,
        singular: kind.toLowerCase(),
        shortNames: [shortName],
        categories: ['rocketmq'],
      },
      versions: [
        {
          name: VERSION,
          served: true,
          storage: true,
          additionalPrinterColumns: columns,
          subresources: { status: {}, ...(scale === undefined ? {} : { scale }) },
          schema: { openAPIV3Schema: objectSchema(kind, doc) },
        },
      ],
    },
  };
}

function objectSchema(kind: KindName, doc: string): Json {
  const { schema, status, rules, transitions } = kinds[kind];
  const { spec, metadata } = propertiesOf(schema);
  const { name } = propertiesOf(metadata);
  const all = [...rules, ...transitions];
  const atRoot = all.filter(({ at }) => at === 'root');
  const inSpec = all.filter(({ at }) => at !== 'root');
  return {
    type: 'object',
    description: doc,
    required: ['spec'],
    properties: {
      apiVersion: { type: 'string' },
      kind: { type: 'string' },
      metadata: { type: 'object', properties: { name: structural(name) } },
      spec: withRules(
        structural(kind === 'RocketMQCluster' ? umbrella(spec) : spec),
        inSpec,
        'spec',
      ),
      status: structural(status),
    },
    ...validations(atRoot, ''),
  };
}

/** The blocks of children hold what needs no default of the child to be judged. */
function umbrella(spec: unknown): Json {
  const { brokerSets, nameServer, controller, ...rest } = propertiesOf(spec);
  const sets = record(brokerSets);
  return {
    ...record(spec),
    properties: {
      ...rest,
      nameServer: withChildRules(nameServer, 'NameServer'),
      controller: withChildRules(controller, 'Controller'),
      brokerSets: { ...sets, items: withChildRules(sets['items'], 'BrokerSet') },
    },
  };
}

function withChildRules(block: unknown, kind: KindName): Json {
  const fields = Object.keys(propertiesOf(block));
  const rules = kinds[kind].rules.filter(({ at, path, stated }) => {
    const field = path.split('.')[1] ?? '';
    return at !== 'root' && stated === undefined && fields.includes(field);
  });
  return withRules(record(block), rules, 'spec');
}

function withRules(schema: Json, rules: readonly StatedRule[], base: string): Json {
  return { ...schema, ...validations(rules, base) };
}

/** `base` is the path of the schema that the rules stand at. */
function validations(rules: readonly StatedRule[], base: string): Json {
  if (rules.length === 0) return {};
  return {
    'x-kubernetes-validations': rules.map(({ path, cel, message, stated }) => ({
      rule: cel,
      message: stated ?? message,
      // Else the server also prints the type of what it refuses.
      reason: 'FieldValueForbidden',
      fieldPath: base === '' ? `.${path}` : path.slice(base.length),
    })),
  };
}

/** Keywords that mean the same to the API server. */
const SHARED = [
  'type',
  'description',
  'format',
  'default',
  'enum',
  'pattern',
  'minimum',
  'maximum',
  'minLength',
  'maxLength',
  'minItems',
  'maxItems',
  'maxProperties',
  'x-kubernetes-preserve-unknown-fields',
  'x-kubernetes-list-type',
  'x-kubernetes-list-map-keys',
  'x-kubernetes-validations',
];

/** `schema` with nothing in it but what a structural schema may have. */
function structural(schema: unknown): Json {
  const given = record(schema);
  const shared = SHARED.filter((keyword) => given[keyword] !== undefined);
  return {
    ...Object.fromEntries(shared.map((keyword) => [keyword, given[keyword]])),
    ...listOf(given),
    ...blockOf(given),
    ...mapOf(given),
  };
}

function listOf({ type, items, uniqueItems, ...given }: Json): Json {
  if (type !== 'array') return {};
  const usual = uniqueItems === true ? 'set' : 'atomic';
  return {
    items: structural(items),
    'x-kubernetes-list-type': given['x-kubernetes-list-type'] ?? usual,
  };
}

/** What has a default need not be written, and an object that has it is checked without it. */
function blockOf(given: Json): Json {
  if (given['properties'] === undefined) return {};
  const properties = propertiesOf(given);
  const required = Array.isArray(given['required']) ? given['required'].map(String) : [];
  const asked = required.filter((name) => record(properties[name])['default'] === undefined);
  return {
    properties: Object.fromEntries(
      Object.entries(properties).map(([name, field]) => [name, structural(field)]),
    ),
    ...(asked.length === 0 ? {} : { required: asked }),
  };
}

function mapOf({ additionalProperties, propertyNames }: Json): Json {
  if (typeof additionalProperties !== 'object') return {};
  const { pattern, maxLength, expected } = record(propertyNames);
  return {
    additionalProperties: structural(additionalProperties),
    ...(typeof pattern !== 'string'
      ? {}
      : {
          'x-kubernetes-validations': [
            {
              rule: `self.all(key, size(key) <= ${Number(maxLength)} && key.matches('${pattern}'))`,
              message: `each key must be ${String(expected)}`,
            },
          ],
        }),
  };
}

function propertiesOf(schema: unknown): Json {
  return record(record(schema)['properties']);
}

function record(value: unknown): Json {
  return typeof value === 'object' && value !== null ? (value as Json) : {};
}
