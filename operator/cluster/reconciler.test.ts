import { beforeEach, describe, expect, test } from 'vitest';
import { KubeContext } from '../../test/fakes/kube-context.ts';
import type { ClusterStatus } from '../api/status/rocketmq-cluster.ts';
import { KubeError, type KubeObject, resources } from '../kube/mod.ts';
import { clusterReconciler } from './reconciler.ts';

const { rocketMQClusters, nameServers, brokerSets } = resources;
const reconciler = clusterReconciler();
let world: KubeContext;

function put(spec: object): void {
  world.put({
    apiVersion: 'gantrymq.io/v1alpha1',
    kind: 'RocketMQCluster',
    metadata: { name: 'orders', namespace: 'shop' },
    spec,
  });
}

const main = { name: 'main', replicas: 1, durability: 'Async' };
const settle = () => world.settle(reconciler as never, 'orders');
const status = () =>
  world.find<KubeObject & { status: ClusterStatus }>(rocketMQClusters, 'orders')?.status;
const conditionOf = (type: string) => status()?.conditions?.find((one) => one.type === type);

/** The component says that it is what it was told to be. */
async function becomeReady(resource: typeof nameServers, name: string): Promise<void> {
  const { metadata } = world.find(resource, name) ?? { metadata: { generation: 0 } };
  const condition = { type: 'Ready', status: 'True', reason: 'AllReady', message: 'all is well' };
  const { client } = world.context;
  await client.applyStatus(
    resource,
    { namespace: 'shop', name },
    {
      observedGeneration: metadata.generation,
      conditions: [condition],
      groups: 1,
    },
  );
  world.writes.length = 0;
  await settle();
}

beforeEach(() => {
  world = new KubeContext();
});

describe('a cluster', () => {
  test('is made, is ready, and is not written to any more', async () => {
    put({ brokerSets: [main] });
    await settle();
    expect(world.writes).toEqual([
      'patch rocketmqclusters shop/orders',
      'apply nameservers shop/orders',
      'status rocketmqclusters shop/orders',
      'status rocketmqclusters shop/orders',
    ]);
    await becomeReady(nameServers, 'orders');
    expect(world.writes[0]).toBe('apply brokersets shop/orders-main');
    await becomeReady(brokerSets, 'orders-main');
    expect(conditionOf('Ready')).toMatchObject({ status: 'True' });
    expect(world.events).toContain('Created: Made BrokerSet/orders-main');
    world.writes.length = 0;
    await settle();
    expect(world.writes).toEqual([]);
  });

  test('is not called ready for a spec that its components were told just now', async () => {
    put({ brokerSets: [main] });
    await settle();
    await becomeReady(nameServers, 'orders');
    await becomeReady(brokerSets, 'orders-main');
    put({ brokerSets: [{ ...main, groups: 2 }] });
    const cluster = world.find(rocketMQClusters, 'orders');
    await reconciler.reconcile(cluster as never, world.context);
    expect(status()).toMatchObject({ observedGeneration: 2 });
    expect(conditionOf('Ready')).toMatchObject({
      status: 'False',
      message: 'BrokerSet/orders-main: it was told something new',
    });
  });

  test('is stalled by what the API server refuses for good, and tried again', async () => {
    const facts = { status: 403, reason: 'Forbidden' };
    const error = new KubeError('nameservers is forbidden: exceeded quota', facts);
    world.refusal = { plural: 'nameservers', error };
    put({ brokerSets: [main] });
    await settle();
    expect(conditionOf('Stalled')).toMatchObject({ reason: 'QuotaExceeded' });
    world.refusal = undefined;
    await settle();
    expect(conditionOf('Stalled')).toBeUndefined();
  });

  test('does not touch what somebody else has made under a name that it wants', async () => {
    world.put({
      apiVersion: 'gantrymq.io/v1alpha1',
      kind: 'NameServer',
      metadata: { name: 'orders', namespace: 'shop' },
      spec: { replicas: 5 },
    });
    put({ brokerSets: [main] });
    await settle();
    expect(conditionOf('Stalled')).toMatchObject({ reason: 'ForeignObject' });
    expect(world.find(nameServers, 'orders')?.spec).toEqual({ replicas: 5 });
  });

  test('that is deleted is taken down in order', async () => {
    put({ brokerSets: [main] });
    await settle();
    await becomeReady(nameServers, 'orders');
    await becomeReady(brokerSets, 'orders-main');
    world.delete(rocketMQClusters, 'orders');
    await settle();
    const { writes } = world;
    expect(writes.filter((write) => !write.startsWith('status'))).toEqual([
      'patch brokersets shop/orders-main',
      'remove brokersets shop/orders-main',
      'remove nameservers shop/orders',
      'patch rocketmqclusters shop/orders',
    ]);
    expect(world.find(rocketMQClusters, 'orders')).toBeUndefined();
  });
});
