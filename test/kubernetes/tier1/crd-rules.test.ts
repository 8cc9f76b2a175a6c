/**
 * Every rule is written twice: as CEL for the API server, and for manifests that no server sees.
 * Generated specs, tried at a real API server without being stored, show that both refuse the same
 * ones for the same reasons.
 */
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  definitions,
  type Kind,
  type KindName,
  kinds,
  type StatedRule,
} from '../../../operator/mod.ts';
import { crds } from '../../../tools/crds.ts';
import { root } from '../../../tools/tree.ts';
import { type ApiServer, startApiServer } from '../api-server.ts';
import { KubeApiError } from '../kube-api.ts';

let server: ApiServer;

beforeAll(async () => {
  server = await startApiServer();
  await server.kubectl(['apply', '-f', join(root, 'crds')]);
  const names = crds().map(({ metadata }) => `crd/${metadata.name}`);
  await server.kubectl(['wait', '--for=condition=Established', '--timeout=60s', ...names]);
});
afterAll(() => server.close());

const API_VERSION = 'gantrymq.io/v1alpha1';
const pathOf = (kind: KindName): string =>
  `/apis/${API_VERSION}/namespaces/default/${definitions[kind].plural}`;

/** Fields as a person may write them: each may be left out. */
const some = (fields: Record<string, fc.Arbitrary<unknown>>): fc.Arbitrary<object> =>
  fc.record(fields, { requiredKeys: [] });
const word = (lengthMax: number): fc.Arbitrary<string> =>
  fc.integer({ min: 1, max: lengthMax }).map((length) => 'a'.repeat(length));
const oneOf = (...values: unknown[]): fc.Arbitrary<unknown> => fc.constantFrom(...values);

const keys = [...new Set(Object.values(kinds).flatMap(({ rules }) => rules))]
  .map(({ path }) => /^spec\.config\.(.*)$/.exec(path)?.[1] ?? 'maxMessageSize')
  .concat('sendMessageThreadPoolNums');
const shared = {
  config: fc.dictionary(fc.constantFrom(...new Set(keys)), fc.constant('1'), { maxKeys: 3 }),
  overrides: oneOf(
    {},
    { pod: { spec: { hostNetwork: true } } },
    { pod: { spec: { containers: [] } } },
    { pod: { metadata: { labels: { a: 'b' } } } },
    { pod: { metadata: { annotations: { a: 'b' } } } },
  ),
};
const storage = some({
  size: oneOf('1Gi', '1.5Gi', '1536Mi', '2Gi', '2147483648', '2G', '0.5Ti', '512Gi'),
  storageClassName: oneOf('a', 'b'),
  ephemeral: fc.constant({}),
});
const reference = oneOf(
  {},
  { ref: { name: 'a' } },
  { addresses: ['a:1'] },
  {
    ref: { name: 'a' },
    addresses: ['a:1'],
  },
);
const percent = fc.integer({ min: 35, max: 95 });
const clusterRef = oneOf({ name: 'a' }, { name: 'b' }, { name: 'a', namespace: 'c' });
const clientName = fc.oneof(
  oneOf('a', 'b', 'TBW1020', 'CID_RMQ'),
  oneOf('TBW102', '%RETRY%a', 'rmq_sys_x', 'CID_RMQ_SYS_X', 'TOOLS_CONSUMER'),
);

/** What rules speak of; the rest of a spec is the schema's to judge. */
const specs: Readonly<Record<KindName, fc.Arbitrary<object>>> = {
  RocketMQCluster: fc.record({
    brokerSets: fc.array(fc.record({ name: word(3) }), { minLength: 1, maxLength: 3 }),
  }),
  NameServer: some({ ...shared, storage }),
  Controller: some({ ...shared, storage }),
  BrokerSet: fc
    .tuple(
      fc.record({ nameServers: reference }),
      some({
        ...shared,
        storage,
        groupPrefix: word(40),
        clusterName: oneOf('it', 'that'),
        groups: fc.integer({ min: 0, max: 64 }),
        retire: fc.uniqueArray(fc.integer({ min: 0, max: 127 }), { maxLength: 3 }),
        replicas: fc.integer({ min: 1, max: 9 }),
        durability: oneOf('Async', 'Quorum', 'All'),
        diskWatermarks: some({ cleanAt: percent, forceCleanAt: percent, rejectAt: percent }),
      }),
    )
    .map(([needed, rest]) => ({ ...needed, ...rest })),
  Proxy: some({ ...shared, clusterRef, nameServers: fc.constant({ ref: { name: 'a' } }) }),
  Topic: fc
    .tuple(
      fc.record({ clusterRef }),
      some({
        topicName: clientName,
        messageType: oneOf('Normal', 'FIFO'),
        queues: some({
          read: fc.integer({ min: 1, max: 12 }),
          write: fc.integer({ min: 1, max: 12 }),
        }),
        attributes: oneOf({}, { 'message.type': 'FIFO' }, { 'reserve.time': '1' }),
      }),
    )
    .map(([needed, rest]) => ({ ...needed, ...rest })),
  ConsumerGroup: fc
    .tuple(fc.record({ clusterRef }), some({ groupName: clientName }))
    .map(([needed, rest]) => ({ ...needed, ...rest })),
};

const NAMES = ['it', 'with-a-name-that-is-quite-long-for-one-40', 'b'];
const names = (kind: KindName): fc.Arbitrary<string> =>
  kind === 'Topic' || kind === 'ConsumerGroup'
    ? fc.constantFrom('it', 'a.b', 'c'.repeat(121), 'd'.repeat(128))
    : fc.constantFrom(...NAMES.map((name) => name.slice(0, 40).replace(/-$/, '')));

interface Written {
  readonly metadata: { readonly name: string };
}

const written = (kind: KindName): fc.Arbitrary<Written> =>
  fc.record({
    apiVersion: fc.constant(API_VERSION),
    kind: fc.constant(kind),
    metadata: fc.record({ name: names(kind) }),
    spec: specs[kind],
  });

const kindOf = (kind: KindName): Kind<Named> => kinds[kind] as unknown as Kind<Named>;

/** What is wrong with it, whether or not it can be made real already. */
const mistakesIn = (kind: KindName, manifest: Named) =>
  kindOf(kind)
    .refusals(manifest, 'operator')
    .filter(({ isLater }) => isLater !== true);

function read(kind: KindName, value: unknown): Named {
  const answer = kindOf(kind).read(value);
  if ('manifest' in answer) return answer.manifest;
  throw new Error(JSON.stringify(answer.problems));
}

interface Named {
  readonly metadata: { readonly name: string; readonly namespace: string };
}

/** What the server says against it; empty when it would store it. */
async function refusalOf(tried: Promise<unknown>): Promise<string> {
  try {
    await tried;
    return '';
  } catch (error) {
    if (error instanceof KubeApiError && error.reason === 'Invalid') return error.message;
    throw error;
  }
}

/** What the server says when a rule is broken. */
function toldOf({ path, stated, message }: StatedRule): string {
  const field = path.replace(/^(spec\.config)\.(.*)$/, '$1[$2]');
  return `${field}: Forbidden: ${stated ?? String(message)}`;
}

/** Whether `told` is one of the causes in the server's message. */
function isTold(theirs: string, told: string): boolean {
  return [`${told}, `, `${told}]`].some((text) => theirs.includes(text)) || theirs.endsWith(told);
}

/** Rules that some spec has broken: one that none breaks is not tested. */
const broken = new Set<string>();

/** In what we and the server do not agree; empty when they do. */
function disagreement(
  kind: KindName,
  rules: readonly StatedRule[],
  ours: readonly { readonly path: string }[],
  theirs: string,
): string {
  const paths = new Set(ours.map(({ path }) => path));
  for (const path of paths) broken.add(`${kind} ${path}`);
  // Two rules may be about one path: one of them is why.
  const told = new Set(
    rules.filter((rule) => isTold(theirs, toldOf(rule))).map(({ path }) => path),
  );
  const isSame = isDeepStrictEqual(told, paths) && (theirs === '') === (paths.size === 0);
  return isSame ? '' : `${[...paths].join(', ') || 'nothing'} against: ${theirs}`;
}

const kindNames = Object.keys(kinds) as KindName[];

describe.each(kindNames)('the API server refuses of a %s', (kind) => {
  const { rules } = kinds[kind];

  test('what we refuse, for the same reasons', async () => {
    await fc.assert(
      fc.asyncProperty(written(kind), async (value) => {
        const theirs = await refusalOf(server.api.create(`${pathOf(kind)}?dryRun=All`, value));
        const ours = mistakesIn(kind, read(kind, value));
        expect(disagreement(kind, rules, ours, theirs)).toBe('');
      }),
      { numRuns: 80 },
    );
  });
});

const changing = kindNames.filter((kind) => kinds[kind].transitions.length > 0);

describe.each(changing)('the API server refuses for a %s', (kind) => {
  const { transitions } = kinds[kind];
  const right = written(kind).filter((value) => mistakesIn(kind, read(kind, value)).length === 0);

  test('the changes that we refuse, for the same reasons', async () => {
    await fc.assert(
      fc.asyncProperty(right, right, async (before, after) => {
        const now = { ...after, metadata: before.metadata };
        const manifest = read(kind, now);
        fc.pre(mistakesIn(kind, manifest).length === 0);
        const stored = await server.api.create(pathOf(kind), before);
        const path = `${pathOf(kind)}/${stored.metadata.name}`;
        const { resourceVersion } = stored.metadata;
        const theirs = await refusalOf(
          server.api.call('PUT', `${path}?dryRun=All`, {
            body: { ...now, metadata: { ...now.metadata, resourceVersion } },
            type: 'application/json',
          }),
        );
        await server.api.remove(path);
        const ours = kindOf(kind).forbidden(manifest, read(kind, before));
        expect(disagreement(kind, transitions, ours, theirs)).toBe('');
      }),
      { numRuns: 40 },
    );
  });
});

const configurable = kindNames.filter((kind) => reservedIn(kind).length > 0);

function reservedIn(kind: KindName): string[] {
  return kinds[kind].rules.flatMap(({ path }) => /^spec\.config\.(.*)$/.exec(path)?.[1] ?? []);
}

test.each(configurable)('a %s may have none of the keys that are rendered', async (kind) => {
  const config = Object.fromEntries(reservedIn(kind).map((key) => [key, '1']));
  const spec = kind === 'BrokerSet' ? { nameServers: { ref: { name: 'a' } }, config } : { config };
  const value = { apiVersion: API_VERSION, kind, metadata: { name: 'it' }, spec };
  const theirs = await refusalOf(server.api.create(`${pathOf(kind)}?dryRun=All`, value));
  const ours = mistakesIn(kind, read(kind, value));
  expect(disagreement(kind, kinds[kind].rules, ours, theirs)).toBe('');
});

test('every rule was broken by some spec', () => {
  const wanted = kindNames.flatMap((kind) =>
    [...kinds[kind].rules, ...kinds[kind].transitions].map(({ path }) => `${kind} ${path}`),
  );
  expect(wanted.filter((rule) => !broken.has(rule))).toEqual([]);
});
