import { beforeEach, describe, expect, test } from 'vitest';
import { EntityWorld } from '../../test/fakes/entity-world.ts';
import { resources } from '../kube/mod.ts';
import { topicReconciler } from './reconciler.ts';

const reconciler = topicReconciler();
let world: EntityWorld;

beforeEach(() => {
  world = new EntityWorld();
});

const settle = (name = 'orders') => world.settle(reconciler, name);
const onBrokers = (topic = 'orders') => world.brokers.map(({ topics }) => topics.get(topic));
const condition = (type: string, name = 'orders') => world.condition('topics', name, type);
const settings = {
  topic: 'orders',
  readQueues: 4,
  writeQueues: 4,
  perm: 6,
  order: false,
  attributes: {},
};

describe('a topic', () => {
  test('is claimed, then made on every broker, then left alone', async () => {
    world.put('Topic', { name: 'orders' });
    await settle();
    expect(onBrokers()).toMatchObject([{ readQueues: 8 }, { readQueues: 8 }]);
    expect(condition('Ready')).toMatchObject({ status: 'True', reason: 'Synced' });
    expect(world.kube.events).toEqual([
      'Synced: Made topic "orders" on orders-main-0',
      'Synced: Made topic "orders" on orders-main-1',
    ]);
    const written = world.kube.writes.length;
    await settle();
    expect(world.kube.writes).toHaveLength(written);
  });

  test('is put right where somebody changed it, which is told', async () => {
    world.put('Topic', { name: 'orders' });
    await settle();
    world.brokers[0]?.topics.set('orders', { ...settings, readQueues: 8, writeQueues: 8, perm: 4 });
    await reconciler.reconcile(
      world.kube.find(resources.topics, 'orders') as never,
      world.kube.context,
    );
    expect(onBrokers()[0]).toMatchObject({ perm: 6 });
    expect(world.kube.events.at(-1)).toBe(
      'DriftRepaired: Changed topic "orders" on orders-main-0: permission is 4, wanted 6',
    );
  });

  test('is not told to a broker that is another one by now', async () => {
    const [first] = world.brokers;
    Object.assign(first ?? {}, { name: 'somebody-else' });
    world.put('Topic', { name: 'orders' });
    await expect(settle()).resolves.toBeUndefined();
    expect(onBrokers()[0]).toBeUndefined();
    expect(condition('Ready')).toMatchObject({ status: 'False' });
  });

  test('waits for a broker that does not answer, and says which', async () => {
    const [, second] = world.brokers;
    if (second !== undefined) second.isSilent = true;
    world.put('Topic', { name: 'orders' });
    await settle();
    expect(condition('Ready')).toMatchObject({
      reason: 'BrokersUnreachable',
      message: 'no answer from orders-main-1',
    });
    expect(onBrokers()[0]).toMatchObject({ readQueues: 8 });
  });

  test('that a broker refuses is stalled in its words', async () => {
    for (const broker of world.brokers) broker.refusal = 'attribute "colour" is unknown';
    world.put('Topic', { name: 'orders' });
    await settle();
    expect(condition('Stalled')).toMatchObject({
      reason: 'InvalidConfig',
      message: expect.stringContaining('orders-main-0: attribute "colour" is unknown'),
    });
  });

  test('that exists otherwise is not touched', async () => {
    world.brokers[0]?.topics.set('orders', settings);
    world.put('Topic', { name: 'orders' });
    await settle();
    expect(onBrokers()).toEqual([settings, undefined]);
    expect(condition('Stalled')).toMatchObject({ reason: 'Conflict' });
  });

  test('that cannot be done yet is stalled without a question', async () => {
    world.put('Topic', { name: 'orders' }, { messageType: 'Delay' });
    await settle();
    expect(condition('Stalled')).toMatchObject({ reason: 'NotImplemented' });
    expect(onBrokers()).toEqual([undefined, undefined]);
  });
});

describe('a topic that goes', () => {
  test('is removed from the brokers, with what was in it in the event', async () => {
    world.put('Topic', { name: 'orders' }, { deletionPolicy: 'Delete' });
    await settle();
    const queue = { queueId: 0, offsetMin: 1, offsetMax: 5, consumerOffsets: new Map() };
    const contents = { topic: 'orders', kind: 'user', queues: [queue] } as const;
    world.brokers[0]?.contents.set('orders', contents);
    world.kube.delete(resources.topics, 'orders');
    for (let round = 0; round < 3; round++) await settle();
    expect(onBrokers()).toEqual([undefined, undefined]);
    expect(world.kube.find(resources.topics, 'orders')).toBeUndefined();
    expect(world.kube.events).toContain(
      'Deleting: Removes topic "orders" with 4 messages from orders-main-0',
    );
    expect(world.kube.events.at(-1)).toContain('Removed: The topic "orders"');
  });

  test('stays on the brokers when its cluster goes', async () => {
    world.put('Topic', { name: 'orders' }, { deletionPolicy: 'Delete' });
    await settle();
    world.kube.delete(resources.rocketMQClusters, 'orders');
    world.kube.delete(resources.topics, 'orders');
    await settle();
    expect(world.kube.find(resources.topics, 'orders')).toBeUndefined();
    expect(onBrokers()).toMatchObject([{}, {}]);
  });
});

test('queues go in two steps, and both ends are told', async () => {
  world.put('Topic', { name: 'orders' });
  await settle();
  world.put('Topic', { name: 'orders' }, { queues: { read: 2, write: 2 } });
  const read = { offsetMin: 0, offsetMax: 5, consumerOffsets: new Map([['g', 5]]) };
  const queues = Array.from({ length: 8 }, (_, queueId) => ({ queueId, ...read }));
  for (const broker of world.brokers) {
    broker.contents.set('orders', { topic: 'orders', kind: 'user', queues });
  }
  await settle();
  expect(onBrokers()).toMatchObject([{ readQueues: 8, writeQueues: 2 }, {}]);
  expect(condition('QueueShrink')).toMatchObject({ status: 'True' });
  expect(condition('Reconciling')).toMatchObject({ reason: 'QueueShrink' });
  world.kube.nowMs += 61_000;
  for (let round = 0; round < 3; round++) await settle();
  expect(onBrokers()).toMatchObject([{ readQueues: 2 }, { readQueues: 2 }]);
  expect(condition('QueueShrink')).toMatchObject({ status: 'False', reason: 'Done' });
  const told = world.kube.events.map((event) => event.split(':')[0]);
  expect(told).toEqual(expect.arrayContaining(['QueueShrinkStarted', 'QueueShrinkFinished']));
});
