/**
 * Every field of every kind is given another value: the API server refuses it, or the operator
 * comes to an end with it, ready or stalled. Taken back, all is as it was.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { KubeApiError, type KubeObject } from '../kube-api.ts';
import { clusterManifest } from '../manifests.ts';
import { until } from '../until.ts';
import { type Plural, World } from '../world.ts';
import { isLong, sample } from './length.ts';
import { type Mutation, mutationsOf, patchOf } from './mutations.ts';
import { converged } from './operations.ts';
import { snapshot } from './snapshot.ts';

/** Valid changes of each kind in the short form. */
const SAMPLE = 4;

/** What cannot be taken back, as it says itself. */
const irreversible = new Set(['storage.size', 'storage.migrate', 'storage.storageClassName']);

const namespace = 'default';

let world: World;

beforeAll(async () => {
  world = await World.start({ operator: { leaderElection: 'false' } });
  await world.server.apply(clusterManifest());
  await world.server.apply(ALONE);
  await converged({ world, namespace });
  await world.server.apply(ENTITIES);
  await world.awaitReady('topics', 'orders');
  await world.awaitReady('consumergroups', 'billing');
});

afterAll(() => world[Symbol.asyncDispose]());

/** Not a cluster's, which would take back what is changed. */
const ALONE = `
apiVersion: gantrymq.io/v1alpha1
kind: NameServer
metadata: { name: alone, namespace: default }
spec: { replicas: 1, pod: { terminationGracePeriodSeconds: 5 } }
---
apiVersion: gantrymq.io/v1alpha1
kind: BrokerSet
metadata: { name: alone, namespace: default }
spec:
  nameServers: { ref: { name: alone } }
  replicas: 1
  durability: Async
  update: { settle: 1s, progressDeadline: 10s }
  pod: { terminationGracePeriodSeconds: 10 }
`;

const ENTITIES = `
apiVersion: gantrymq.io/v1alpha1
kind: Topic
metadata: { name: orders, namespace: default }
spec: { clusterRef: { name: it } }
---
apiVersion: gantrymq.io/v1alpha1
kind: ConsumerGroup
metadata: { name: billing, namespace: default }
spec: { clusterRef: { name: it } }
`;

const kinds: readonly [plural: Plural, name: string][] = [
  ['rocketmqclusters', 'it'],
  ['nameservers', 'alone'],
  ['brokersets', 'alone'],
  ['topics', 'orders'],
  ['consumergroups', 'billing'],
];

type Ending = 'refused' | 'ready' | `stalled: ${string}`;

/** Claims of pods that are gone again are kept, as `retention` says: they are no difference. */
async function snapshotLike(first: Record<string, unknown>): Promise<Record<string, unknown>> {
  const now = await snapshot({ world, namespace });
  const same = Object.entries(now).filter(([name]) => {
    return name in first || !name.startsWith('persistentvolumeclaims/');
  });
  return Object.fromEntries(same);
}

/** What became of a changed object, once the operator has nothing more to do with it. */
async function ending(plural: Plural, name: string): Promise<Ending> {
  let found: Ending | undefined;
  let last: KubeObject | undefined;
  await until(
    async () => {
      last = await world.require(plural, name, namespace);
      found = endOf(last);
      return found !== undefined;
    },
    () => `${plural}/${name} comes to no end: ${JSON.stringify(last?.['status'])}`,
  );
  return found ?? 'ready';
}

function endOf({ metadata, status }: KubeObject): Ending | undefined {
  if (status?.observedGeneration !== metadata.generation) return undefined;
  const conditions = status?.conditions as { type: string; status: string; reason: string }[];
  const is = (type: string) => conditions.find((one) => one.type === type && one.status === 'True');
  const stalled = is('Stalled');
  if (stalled !== undefined) return `stalled: ${stalled.reason}`;
  return is('Ready') && !is('Reconciling') ? 'ready' : undefined;
}

async function change(plural: Plural, name: string, mutation: Mutation): Promise<Ending> {
  try {
    await world.patch(plural, name, { spec: patchOf(mutation) }, namespace);
  } catch (error) {
    if (error instanceof KubeApiError && [400, 422].includes(error.status)) return 'refused';
    throw error;
  }
  return ending(plural, name);
}

/** The whole spec as it was. */
async function revert(plural: Plural, name: string, before: KubeObject): Promise<void> {
  const now = await world.require(plural, name, namespace);
  const removed = Object.keys(now['spec'] as object).filter((field) => !(field in before['spec']));
  const operations = [
    ...removed.map((field) => ({ op: 'remove', path: `/spec/${field}` })),
    { op: 'replace', path: '/spec', value: before['spec'] as object },
  ];
  const path = `/apis/gantrymq.io/v1alpha1/namespaces/${namespace}/${plural}/${name}`;
  await world.api.patch(path, operations, 'json');
}

describe.each(kinds)('%s', (plural, name) => {
  test(
    'any field may be changed and changed back',
    async () => {
      const before = await world.require(plural, name, namespace);
      const first = await snapshot({ world, namespace });
      const endings = new Map<Ending, number>();
      const all = mutationsOf(plural).filter(({ field }) => !irreversible.has(field));
      const valid = all.filter(({ isValid }) => isValid);
      const wrong = all.filter(({ isValid }) => !isValid);
      for (const mutation of [...sample(valid, SAMPLE), ...sample(wrong, 1)]) {
        const what = `${mutation.field} = ${JSON.stringify(mutation.value)}`;
        const end = await change(plural, name, mutation);
        endings.set(end, (endings.get(end) ?? 0) + 1);
        expect(mutation.isValid || end === 'refused', `${what} is ${end}`).toBe(true);
        if (end === 'refused') continue;
        await revert(plural, name, before);
        expect(await ending(plural, name), `${what}, taken back`).toBe('ready');
        await converged({ world, namespace });
        expect(await snapshotLike(first), `${what}, taken back`).toEqual(first);
      }
      console.log(plural, Object.fromEntries(endings));
    },
    isLong ? 3_600_000 : 300_000,
  );
});
