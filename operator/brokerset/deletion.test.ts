import { beforeEach, describe, expect, test } from 'vitest';
import { KubeContext } from '../../test/fakes/kube-context.ts';
import { playSet } from '../../test/fakes/played-sets.ts';
import type { Settings, TopicContents } from '../access/mod.ts';
import { API_VERSION } from '../api/metadata.ts';
import type { BrokerSetStatus } from '../api/status/broker-set.ts';
import { type KubeObject, resources } from '../kube/mod.ts';
import { exampleKeys } from './fixtures/observed.ts';
import { brokerSetReconciler } from './reconciler.ts';

const reconciler = brokerSetReconciler(exampleKeys);
const SETTLE_MS = 120_000;
const OWN = '10.0.0.1:10911';
const OTHER = '10.0.0.9:10911';
const cluster = { apiVersion: API_VERSION, kind: 'RocketMQCluster', metadata: { name: 'c' } };

let kube: KubeContext;
let stored: TopicContents['queues'];
let settings: Map<string, Record<string, string>>;
let isRouted: boolean;

const access = {
  brokerFacts: (address: string) =>
    Promise.resolve({
      brokerName: address === OTHER ? 'other-0' : 'it-0',
      clusterName: 'c',
      brokerId: 0,
      version: 'V5',
      offsetMin: 0,
      offsetMax: 0,
      isWritable: true,
      diskUsed: undefined,
      bootTimestamp: 0,
    }),
  brokerConfig: (address: string) => Promise.resolve(settings.get(address)),
  updateBrokerConfig: (address: string, changes: Settings) => {
    settings.set(address, { ...settings.get(address), ...changes });
    return Promise.resolve('done' as const);
  },
  routedBrokers: () =>
    Promise.resolve(
      isRouted ? [{ brokerName: 'it-0', clusterName: 'c', addresses: new Map([[0, OWN]]) }] : [],
    ),
  topics: () => Promise.resolve([]),
  contents: () => Promise.resolve([{ topic: 't', kind: 'user' as const, queues: stored }]),
};

const putSet = (name: string, metadata: object = {}): void => {
  const nameServers = { addresses: ['ns:9876'] };
  const spec = { clusterName: 'c', nameServers, groups: 1, replicas: 1 };
  kube.put({ apiVersion: API_VERSION, kind: 'BrokerSet', metadata: { name, ...metadata }, spec });
};

const findSet = () =>
  kube.find<KubeObject & { status: BrokerSetStatus }>(resources.brokerSets, 'it');

const look = async (): Promise<BrokerSetStatus> => {
  await reconciler.reconcile(findSet() as never, kube.context);
  return findSet()?.status ?? {};
};

const serve = async (): Promise<void> => {
  await look();
  playSet(kube, 'it-0');
  for (let count = 0; count < 2; count++) await look();
  playSet(kube, 'it-0');
  await look();
};

/** Another set of the cluster, with one broker. */
const putOther = (): void => {
  putSet('other');
  const labels = { 'gantrymq.io/broker-set': 'other', 'gantrymq.io/broker-group': 'other-0' };
  const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'other-0-0', labels } };
  kube.put({ ...pod, status: { podIP: '10.0.0.9' } });
};

/** With an umbrella. */
const putOwned = (): void => {
  const { metadata } = kube.put<KubeObject>({ ...cluster, spec: {} });
  const { apiVersion, kind } = cluster;
  const owner = { apiVersion, kind, name: 'c', uid: metadata.uid, controller: true };
  putSet('it', { ownerReferences: [owner] });
};

const remove = (): void => kube.delete(resources.brokerSets, 'it');

const conditionOf = ({ conditions = [] }: BrokerSetStatus, type: string) =>
  conditions.find((condition) => condition.type === type);

beforeEach(() => {
  kube = new KubeContext(access);
  stored = [];
  isRouted = true;
  settings = new Map([
    [OWN, { brokerPermission: '6', traceOn: 'true' }],
    [OTHER, { brokerPermission: '6' }],
  ]);
});

describe('a set that is deleted while its cluster lives', () => {
  test('says what is on it, and stays until it is read', async () => {
    putOwned();
    putOther();
    await serve();
    expect(findSet()?.metadata.finalizers).toEqual(['gantrymq.io/drain']);
    stored = [{ queueId: 0, offsetMin: 0, offsetMax: 7, consumerOffsets: new Map([['g', 3]]) }];
    remove();
    const status = await look();
    const message = 'it-0 stays: 4 messages of "t": group g has not read them';
    expect(status.phase).toBe('Deleting');
    expect(conditionOf(status, 'Ready')).toMatchObject({ reason: 'Deleting', message });
    expect(conditionOf(status, 'DrainBlocked')).toMatchObject({ reason: 'NotEmpty', message });
    expect(status.groupStatus?.[0]?.drain?.blockers).toHaveLength(1);
  });

  test('is closed, settles, stops, and is gone with its objects; its claim stays', async () => {
    putOwned();
    putOther();
    await serve();
    remove();
    await look();
    const closing = await look();
    expect(conditionOf(closing, 'Reconciling')).toMatchObject({ reason: 'Draining' });
    expect(settings.get(OWN)?.['brokerPermission']).toBe('4');
    await look();
    kube.nowMs += SETTLE_MS;
    expect((await look()).groupStatus?.[0]?.drain?.step).toBe('Stopping');
    await look();
    expect(kube.find(resources.statefulSets, 'it-0')?.spec).toMatchObject({ replicas: 0 });
    kube.delete(resources.pods, 'it-0-0');
    isRouted = false;
    for (let count = 0; count < 2; count++) await look();
    expect(findSet()).toBeDefined();
    expect(kube.find(resources.configMaps, 'it-0')).toBeUndefined();
    await look();
    expect(findSet()).toBeUndefined();
    expect(kube.find(resources.claims, 'data-it-0-0')?.metadata.annotations).toMatchObject({
      'gantrymq.io/drained-at': expect.any(String),
    });
  });

  test('stays as the last one of its umbrella, and says so', async () => {
    putOwned();
    await serve();
    remove();
    const status = await look();
    expect(conditionOf(status, 'DrainBlocked')).toMatchObject({
      reason: 'LastGroup',
      message: 'it-0 stays: no other group of the cluster takes messages',
    });
  });

  test('is missed without an umbrella too, when there is another set', async () => {
    putSet('it');
    putOther();
    await serve();
    remove();
    await look();
    expect(findSet()).toBeDefined();
  });
});

describe('a set goes at once', () => {
  test('with the annotation that says so', async () => {
    putOwned();
    await serve();
    remove();
    await look();
    const annotations = { 'gantrymq.io/delete-without-drain': 'true' };
    kube.put({
      ...findSet(),
      metadata: { ...findSet()?.metadata, name: 'it', annotations },
    } as never);
    await look();
    expect(findSet()).toBeUndefined();
  });

  test('as the last one of a cluster without an umbrella', async () => {
    putSet('it');
    await serve();
    expect(findSet()?.metadata.finalizers).toBeUndefined();
    remove();
    expect(findSet()).toBeUndefined();
  });

  test('when its umbrella goes too', async () => {
    putOwned();
    await serve();
    remove();
    kube.delete(resources.rocketMQClusters, 'c');
    await look();
    expect(findSet()).toBeUndefined();
  });

  test.each(['foregroundDeletion', 'orphan'])(
    'when the garbage collector is to do it by %s',
    async (finalizer) => {
      putOwned();
      await serve();
      const finalizers = [...(findSet()?.metadata.finalizers ?? []), finalizer];
      kube.put({
        ...findSet(),
        metadata: { ...findSet()?.metadata, name: 'it', finalizers },
      } as never);
      remove();
      await look();
      expect(findSet()?.metadata.finalizers).toEqual([finalizer]);
    },
  );

  test('when nothing was ever made of it', async () => {
    putOwned();
    await look();
    for (const { metadata } of kube.context.caches.of(resources.configMaps).all()) {
      kube.delete(resources.configMaps, metadata.name);
    }
    remove();
    await look();
    expect(findSet()).toBeUndefined();
  });
});
