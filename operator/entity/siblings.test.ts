import { expect, test } from 'vitest';
import { type Cache, type Caches, type KubeObject, keyText, resources } from '../kube/mod.ts';
import { type EntityObject, findElder, followsOf } from './siblings.ts';

const topic = (
  name: string,
  created: string,
  { namespace = 'shop', topicName, cluster = 'orders', inNamespace }: Partial<Options> = {},
): EntityObject => ({
  apiVersion: 'gantrymq.io/v1alpha1',
  kind: 'Topic',
  metadata: {
    name,
    namespace,
    uid: `${namespace}-${name}`,
    resourceVersion: '1',
    creationTimestamp: created,
  },
  spec: {
    clusterRef: { name: cluster, ...(inNamespace === undefined ? {} : { namespace: inNamespace }) },
    ...(topicName === undefined ? {} : { topicName }),
  },
});

interface Options {
  readonly namespace: string;
  readonly topicName: string;
  readonly cluster: string;
  readonly inNamespace: string;
}

const cluster = (allowedNamespaces: readonly string[] = []): KubeObject => ({
  apiVersion: 'gantrymq.io/v1alpha1',
  kind: 'RocketMQCluster',
  metadata: {
    name: 'orders',
    namespace: 'shop',
    uid: 'cluster',
    resourceVersion: '1',
    creationTimestamp: '2026-01-01T00:00:00Z',
  },
  spec: { allowedNamespaces },
});

/** Caches that hold `objects`, each among its kind. */
function cachesOf(objects: readonly KubeObject[]): Caches {
  const of = (kind: string): Cache<KubeObject> => {
    const held = objects.filter((one) => one.kind === kind);
    return {
      find: (key) => held.find(({ metadata }) => keyText(metadata) === keyText(key)),
      all: () => held,
      ownedBy: () => [],
      labelled: () => [],
      hasSynced: true,
    };
  };
  // What is held was put there by the test, of the type it asks for.
  return { of: (resource) => of(resource.kind) as never };
}

const EARLY = '2026-01-01T00:00:00Z';
const LATE = '2026-01-01T00:00:01Z';

test('of two that name one topic the older has the right to it', () => {
  const [older, younger] = [
    topic('b', EARLY, { topicName: 'T' }),
    topic('a', LATE, { topicName: 'T' }),
  ];
  const caches = cachesOf([younger, older]);
  expect(findElder(caches, resources.topics, younger)).toBe('shop/b');
  expect(findElder(caches, resources.topics, older)).toBeUndefined();
});

test('of two of one second it is the one whose name comes first', () => {
  const [first, second] = [
    topic('a', EARLY, { topicName: 'T' }),
    topic('b', EARLY, { topicName: 'T' }),
  ];
  const caches = cachesOf([second, first]);
  expect(findElder(caches, resources.topics, second)).toBe('shop/a');
  expect(findElder(caches, resources.topics, first)).toBeUndefined();
});

test('a topic of another cluster or name is no double', () => {
  const one = topic('T', LATE);
  const others = [topic('T', EARLY, { namespace: 'other' }), topic('U', EARLY)];
  expect(findElder(cachesOf([one, ...others]), resources.topics, one)).toBeUndefined();
});

test('an object that may not point at the cluster has no right, however old', () => {
  const one = topic('T', LATE);
  const foreign = topic('T', EARLY, { namespace: 'other', inNamespace: 'shop' });
  expect(findElder(cachesOf([one, foreign, cluster()]), resources.topics, one)).toBeUndefined();
  const allowed = cachesOf([one, foreign, cluster(['other'])]);
  expect(findElder(allowed, resources.topics, one)).toBe('other/T');
});

test('an object is looked at again with its cluster, a set of it, and its double', () => {
  const [one, double] = [topic('T', EARLY), topic('again', LATE, { topicName: 'T' })];
  const caches = cachesOf([one, double, topic('other', EARLY, { cluster: 'logs' })]);
  const [clusters, sets, doubles] = followsOf(resources.topics);
  const names = (keys: readonly { readonly name: string }[] | undefined) =>
    keys?.map(({ name }) => name);
  expect(names(clusters?.keysOf(cluster(), caches))).toEqual(['T', 'again']);
  const owner = {
    apiVersion: '',
    kind: 'RocketMQCluster',
    name: 'logs',
    uid: 'x',
    controller: true,
  };
  const brokerSet = { ...cluster(), kind: 'BrokerSet' };
  const owned = { ...brokerSet, metadata: { ...brokerSet.metadata, ownerReferences: [owner] } };
  expect(names(sets?.keysOf(owned, caches))).toEqual(['other']);
  expect(names(sets?.keysOf(brokerSet, caches))).toEqual([]);
  expect(names(doubles?.keysOf(double, caches))).toEqual(['T']);
});

test('of a set only its places matter, not what else it says of itself', () => {
  const [, sets] = followsOf(resources.topics);
  const matterOf = (changes: object, phase = 'Ready') => {
    const group = {
      index: 0,
      name: 'g',
      phase,
      members: [{ pod: 'g-0', ready: true }],
      ...changes,
    };
    const status = { phase: 'Updating', groupStatus: [group] };
    return JSON.stringify(sets?.matter?.({ ...cluster(), kind: 'BrokerSet', status }));
  };
  expect(matterOf({ revision: 'b' }, 'Degraded')).toBe(matterOf({}));
  expect(matterOf({}, 'Creating')).not.toBe(matterOf({}));
  expect(matterOf({ master: { pod: 'g-0' } })).not.toBe(matterOf({}));
  expect(matterOf({ members: [{ pod: 'g-0', ready: false }] })).not.toBe(matterOf({}));
});
