/** A `RocketMQCluster` from the first apply to the last finalizer, with its components really running. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { KubeObject } from '../kube-api.ts';
import { PlayedNode } from '../played-node.ts';
import { until } from '../until.ts';
import { World } from '../world.ts';

let world: World;
let node: PlayedNode;

const manifest = (spec: string, namespace = 'default'): string => `
apiVersion: gantrymq.io/v1alpha1
kind: RocketMQCluster
metadata: { name: orders, namespace: ${namespace} }
spec:
  nameServer: { replicas: 1 }
${spec}
`;
const QUICK = 'replicas: 1, durability: Async, update: { settle: 1s }, drain: { settle: 1s }';
const MAIN = `{ name: main, ${QUICK} }`;
const MORE = `{ name: more, ${QUICK} }`;

/** Changes of components by their cluster, in order. */
const told = (since = 0): string[] =>
  world.proxy.mutations
    .slice(since)
    .filter(({ method, path }) => method === 'DELETE' || path.includes('=gantry-cluster'))
    .filter(({ path }) => /\/(nameservers|brokersets)\/[a-z-]+(\?|$)/.test(path))
    .map(({ method, path }) => `${method} ${/(nameservers|brokersets)\/[a-z-]+/.exec(path)?.[0]}`);

const versionOf = async (plural: 'nameservers' | 'brokersets', name: string): Promise<string> =>
  (await world.require(plural, name))['spec'].version as string;

const gone = (plural: 'rocketmqclusters' | 'brokersets', name: string, namespace?: string) =>
  until(
    async () => (await world.find(plural, name, namespace)) === undefined,
    () => `${name} is still among the ${plural}: ${world.operator.output.slice(-2000)}`,
  );

beforeAll(async () => {
  world = await World.start({ nodes: [] });
});

afterAll(async () => {
  await node[Symbol.asyncDispose]();
  await world[Symbol.asyncDispose]();
});

describe('a cluster', () => {
  test('has no broker set before its name servers are ready', async () => {
    await world.server.apply(manifest(`  brokerSets: [${MAIN}, ${MORE}]`));
    await world.awaitCondition('rocketmqclusters', 'orders', {
      type: 'Reconciling',
      reason: 'Creating',
    });
    await until(
      async () => (await world.list('pods')).length > 0,
      () => 'there is no pod of a name server',
    );
    expect(await world.list('brokersets')).toEqual([]);
    const { metadata, status } = await world.require('rocketmqclusters', 'orders');
    expect(metadata.finalizers).toEqual(['gantrymq.io/teardown']);
    expect((status as { components: KubeObject[] }).components).toMatchObject([
      { kind: 'NameServer', name: 'orders', ready: false },
      { kind: 'BrokerSet', name: 'orders-main', ready: false, reason: 'Creating' },
      { kind: 'BrokerSet', name: 'orders-more', ready: false, reason: 'Creating' },
    ]);
  });

  test('makes its sets one after another, and is ready when they are', async () => {
    node = await PlayedNode.start(world.server, { scratch: world.scratch });
    await world.awaitReady('rocketmqclusters', 'orders');
    expect(told()).toEqual([
      'PATCH nameservers/orders',
      'PATCH brokersets/orders-main',
      'PATCH brokersets/orders-more',
    ]);
    const { status } = await world.require('rocketmqclusters', 'orders');
    expect(status).toMatchObject({
      phase: 'Ready',
      groups: 2,
      readyGroups: 2,
      endpoints: [
        { name: 'nameservers', address: expect.stringContaining(':9876') },
        { name: 'nameserver-service', address: 'orders-nameserver.default.svc:9876' },
      ],
    });
  });

  test('that is as it should be is not written to', async () => {
    // What was told just now is still being noted.
    await until(
      async () => (await world.changesIn(2000)).length === 0,
      () => 'the operator writes on and on',
    );
    expect(await world.changesIn(3000)).toEqual([]);
  });

  test('owns on its components what its user wrote, and nothing else', async () => {
    await world.patch('brokersets', 'orders-more', { spec: { retentionHours: 5 } });
    const changed = await world.patch('brokersets', 'orders-more', { spec: { replicas: 2 } });
    expect(changed['spec'].replicas).toBe(2);
    await until(
      async () => (await world.require('brokersets', 'orders-more'))['spec'].replicas === 1,
      () => 'a field of the cluster stays as somebody changed it on the child',
    );
    const { spec } = await world.require('brokersets', 'orders-more');
    expect(spec).toMatchObject({ retentionHours: 5 });
  });

  test('gives a new version to one component after another', async () => {
    await world.awaitReady('rocketmqclusters', 'orders');
    const since = world.proxy.mutations.length;
    await world.patch('rocketmqclusters', 'orders', { spec: { version: '0.1.1' } });
    await world.awaitCondition('rocketmqclusters', 'orders', {
      type: 'Reconciling',
      reason: 'Upgrading',
    });
    await world.awaitReady('rocketmqclusters', 'orders');
    await until(
      async () => {
        const { status } = await world.require('rocketmqclusters', 'orders');
        return (status as { upgrade?: object }).upgrade === undefined;
      },
      () => 'the upgrade has no end',
    );
    expect(told(since)).toEqual([
      'PATCH nameservers/orders',
      'PATCH brokersets/orders-main',
      'PATCH brokersets/orders-more',
    ]);
    expect(await versionOf('nameservers', 'orders')).toBe('0.1.1');
    expect(await versionOf('brokersets', 'orders-more')).toBe('0.1.1');
    const { status } = await world.require('rocketmqclusters', 'orders');
    expect(status).toMatchObject({ version: '0.1.1', phase: 'Ready' });
  });

  test('loses a set that left its spec', async () => {
    await world.server.apply(manifest(`  version: 0.1.1\n  brokerSets: [${MAIN}]`));
    await gone('brokersets', 'orders-more');
    const status = async () => (await world.require('rocketmqclusters', 'orders'))['status'];
    await expect.poll(status, { timeout: 30_000 }).toMatchObject({ phase: 'Ready', groups: 1 });
  });

  test('that is deleted takes its sets and then its name servers down, and leaves its claims', async () => {
    const since = world.proxy.mutations.length;
    await world.server.kubectl(['delete', 'rmq', 'orders', '--wait=false']);
    await gone('rocketmqclusters', 'orders');
    const removed = told(since).filter((one) => one.startsWith('DELETE'));
    expect(removed).toEqual(['DELETE brokersets/orders-main', 'DELETE nameservers/orders']);
    const claims = (await world.list('persistentvolumeclaims')).map(
      ({ metadata }) => metadata.name,
    );
    expect(claims).toContain('data-orders-main-0-0');
  });
});

test('a namespace goes with a cluster and its topics in it, in any order', async () => {
  await world.server.kubectl(['create', 'namespace', 'shop']);
  const topic = `---
apiVersion: gantrymq.io/v1alpha1
kind: Topic
metadata: { name: first, namespace: shop }
spec: { clusterRef: { name: orders }, deletionPolicy: Delete }
`;
  await world.server.apply(`${manifest(`  brokerSets: [${MAIN}]`, 'shop')}${topic}`);
  await world.awaitReady('topics', 'first', 'shop');
  await world.server.kubectl(['delete', 'namespace', 'shop', '--timeout=80s']);
  expect(await world.api.find('/api/v1/namespaces/shop')).toBeUndefined();
});

test('a cluster whose spec cannot be used says why, and is well again when that is put right', async () => {
  await world.server.apply(manifest(`  brokerSets: [{ name: main, replicas: 3 }]`));
  await world.awaitCondition('rocketmqclusters', 'orders', { type: 'Stalled', status: 'True' });
  const { status } = await world.require('rocketmqclusters', 'orders');
  expect(status).toMatchObject({
    phase: 'Failed',
    conditions: expect.arrayContaining([
      expect.objectContaining({ type: 'Stalled', reason: 'NotImplemented' }),
    ]),
  });
  await world.server.apply(manifest(`  brokerSets: [${MAIN}]`));
  await world.awaitReady('rocketmqclusters', 'orders');
});
