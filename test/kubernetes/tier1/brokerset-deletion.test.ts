/** A broker set that goes while its cluster lives takes no message with it, and says what it waits for. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Admin, Consumer, Producer } from '../../../client/mod.ts';
import { nodeRuntime } from '../../../runtime/node/mod.ts';
import { until } from '../until.ts';
import { World } from '../world.ts';

let world: World;

const SET = 'replicas: 1, durability: Async, update: { settle: 1s }, drain: { settle: 2s }';
const manifest = (...sets: readonly string[]): string => `
apiVersion: gantrymq.io/v1alpha1
kind: RocketMQCluster
metadata: { name: orders, namespace: default }
spec:
  nameServer: { replicas: 1 }
  brokerSets: [${sets.map((name) => `{ name: ${name}, ${SET} }`).join(', ')}]
`;

const COUNT = 48;

beforeAll(async () => {
  world = await World.start({ operator: { leaderElection: 'false' } });
  await world.server.apply(manifest('main', 'more'));
  await world.awaitReady('rocketmqclusters', 'orders');
});

afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

const clients = () => {
  return { nameServers: world.nameServer('orders'), host: '127.0.0.1', group: 'readers' };
};

const brokersOf = async (topic: string): Promise<string[]> => {
  await using admin = Admin.start(nodeRuntime(), clients());
  const route = await admin.findRoute(topic);
  return (route?.brokers ?? []).map(({ brokerName }) => brokerName).toSorted();
};

const conditionsOf = async (name: string): Promise<string> => {
  const { status } = await world.require('rocketmqclusters', name);
  return JSON.stringify(status);
};

test('one that left the spec says what is on it, and so does its cluster', async () => {
  {
    await using admin = Admin.start(nodeRuntime(), clients());
    await admin.putTopic({ topic: 'sold', cluster: 'orders' });
  }
  await using producer = Producer.start(nodeRuntime(), clients());
  for (let count = 0; count < COUNT; count++) {
    await producer.send({ topic: 'sold', body: String(count) });
  }
  await world.server.apply(manifest('main'));
  const blocked = { type: 'DrainBlocked', status: 'True', reason: 'NotEmpty' };
  await world.awaitCondition('brokersets', 'orders-more', blocked);
  const { metadata } = await world.require('brokersets', 'orders-more');
  expect(metadata.finalizers).toEqual(['gantrymq.io/drain']);
  await world.awaitCondition('rocketmqclusters', 'orders', {
    type: 'Reconciling',
    reason: 'Draining',
  });
  await expect.poll(() => conditionsOf('orders')).toContain('messages of \\"sold\\"');
});

test('it goes when all is read, and nothing was lost', async () => {
  const seen = new Set<string>();
  await using consumer = await Consumer.start(nodeRuntime(), {
    ...clients(),
    subscriptions: { sold: '*' },
    startFrom: 'first',
    onMessage: ({ body }) => {
      seen.add(body.toString('utf8'));
    },
  });
  expect(consumer).toBeDefined();
  await until(
    async () => (await world.find('brokersets', 'orders-more')) === undefined,
    () => conditionsOf('orders'),
  );
  expect(seen.size).toBe(COUNT);
  expect(await world.find('statefulsets', 'orders-more-0')).toBeUndefined();
  await expect.poll(() => brokersOf('sold'), { timeout: 30_000 }).toEqual(['orders-main-0']);
  const claim = await world.require('persistentvolumeclaims', 'data-orders-more-0-0');
  expect(claim.metadata.annotations).toHaveProperty(['gantrymq.io/drained-at']);
  await world.awaitReady('rocketmqclusters', 'orders');
});

test('the last one stays and says so, until somebody says that it may go as it is', async () => {
  const { uid } = (await world.require('brokersets', 'orders-main')).metadata;
  await world.server.kubectl(['delete', 'brokerset', 'orders-main', '--wait=false']);
  const blocked = { type: 'DrainBlocked', status: 'True', reason: 'LastGroup' };
  await world.awaitCondition('brokersets', 'orders-main', blocked);
  await expect.poll(() => conditionsOf('orders')).toContain('no other group of the cluster');
  expect(await brokersOf('sold')).toEqual(['orders-main-0']);
  const may = 'gantrymq.io/delete-without-drain=true';
  await world.server.kubectl(['annotate', 'brokerset', 'orders-main', may]);
  await until(
    async () => (await world.find('brokersets', 'orders-main'))?.metadata.uid !== uid,
    () => conditionsOf('orders'),
  );
  await world.awaitReady('rocketmqclusters', 'orders');
});
