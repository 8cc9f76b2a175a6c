import { beforeEach, describe, expect, test } from 'vitest';
import { EntityWorld } from '../../test/fakes/entity-world.ts';
import { type KubeObject, resources } from '../kube/mod.ts';
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

describe('a topic whose spec names a broker set no longer', () => {
  const all = { brokerSets: ['main', 'other'] };
  const left = { brokerSets: ['main'] };
  const status = () => {
    return world.kube.find<KubeObject & { status?: object }>(resources.topics, 'orders')?.status;
  };
  const other = () => world.brokers[2];
  const nowAndThen = async (rounds: number) => {
    for (let round = 0; round < rounds; round++) {
      world.kube.nowMs += 61_000;
      await settle();
    }
  };

  beforeEach(() => world.addSet('other', 1));

  test('stays there with deletionPolicy Retain, and is not ours any more', async () => {
    world.put('Topic', { name: 'orders' }, all);
    await settle();
    expect(status()).toMatchObject({ brokerStatus: [{}, {}, { name: 'orders-other-0' }] });
    world.put('Topic', { name: 'orders' }, left);
    await settle();
    expect(world.kube.events.at(-1)).toBe(
      'Released: The topic "orders" is not managed any more on orders-other-0, which keeps it',
    );
    const changed = { ...settings, perm: 4 };
    other()?.topics.set('orders', changed);
    const { length } = world.kube.events;
    await nowAndThen(3);
    expect(other()?.topics.get('orders')).toEqual(changed);
    expect(world.kube.events).toHaveLength(length);
    expect(status()).not.toMatchObject({ brokerStatus: [{}, {}, {}] });
  });

  test('goes with deletionPolicy Delete when it is read, and from there alone', async () => {
    world.put('Topic', { name: 'orders' }, { ...all, deletionPolicy: 'Delete' });
    await settle();
    const queue = { queueId: 0, offsetMin: 0, offsetMax: 5, consumerOffsets: new Map([['g', 3]]) };
    for (const { contents } of world.brokers) {
      contents.set('orders', { topic: 'orders', kind: 'user', queues: [queue] });
    }
    world.put('Topic', { name: 'orders' }, { ...left, deletionPolicy: 'Delete' });
    await nowAndThen(3);
    expect(onBrokers()).toMatchObject([{ perm: 6 }, { perm: 6 }, { perm: 4 }]);
    expect(condition('Reconciling')).toMatchObject({
      reason: 'LeavingSets',
      message: expect.stringContaining('g has 2 messages to read in queue 0 of orders-other-0'),
    });
    expect(condition('Ready')).toMatchObject({ status: 'True' });
    queue.consumerOffsets.set('g', 5);
    await nowAndThen(4);
    expect(onBrokers()).toMatchObject([{ perm: 6 }, { perm: 6 }, undefined] as object[]);
    expect(condition('Reconciling')).toBeUndefined();
    const told = world.kube.events.map((event) => event.split(':')[0]);
    expect(told).toEqual(expect.arrayContaining(['LeavingSet', 'Deleting', 'Removed']));
    expect(status()).not.toHaveProperty('leaving');
  });

  test('is ours again when the set comes back', async () => {
    world.put('Topic', { name: 'orders' }, { ...all, deletionPolicy: 'Delete' });
    await settle();
    world.put('Topic', { name: 'orders' }, { ...left, deletionPolicy: 'Delete' });
    await settle();
    expect(other()?.topics.get('orders')).toMatchObject({ perm: 4 });
    world.put('Topic', { name: 'orders' }, { ...all, deletionPolicy: 'Delete' });
    await settle();
    expect(other()?.topics.get('orders')).toMatchObject({ perm: 6 });
    expect(status()).not.toHaveProperty('leaving');
  });

  test('goes from everywhere when the object itself goes meanwhile', async () => {
    world.put('Topic', { name: 'orders' }, { ...all, deletionPolicy: 'Delete' });
    await settle();
    world.put('Topic', { name: 'orders' }, { ...left, deletionPolicy: 'Delete' });
    await settle();
    world.kube.delete(resources.topics, 'orders');
    for (let round = 0; round < 3; round++) await settle();
    expect(onBrokers()).toEqual([undefined, undefined, undefined]);
  });

  test('is not touched where it was never made by us', async () => {
    world.put('Topic', { name: 'orders' }, { ...left, deletionPolicy: 'Delete' });
    other()?.topics.set('orders', settings);
    await settle();
    world.put('Topic', { name: 'orders' }, { brokerSets: ['main'], deletionPolicy: 'Delete' });
    await nowAndThen(3);
    expect(other()?.topics.get('orders')).toEqual(settings);
  });

  test('is remembered of a broker that is silent at the moment', async () => {
    world.put('Topic', { name: 'orders' }, { ...all, deletionPolicy: 'Delete' });
    await settle();
    for (const { contents } of world.brokers) {
      contents.set('orders', { topic: 'orders', kind: 'user', queues: [] });
    }
    Object.assign(other() ?? {}, { isSilent: true });
    await nowAndThen(1);
    world.put('Topic', { name: 'orders' }, { ...left, deletionPolicy: 'Delete' });
    await nowAndThen(1);
    Object.assign(other() ?? {}, { isSilent: false });
    await nowAndThen(5);
    expect(other()?.topics.get('orders')).toBeUndefined();
  });

  test("is nobody's on a group that has left the cluster", async () => {
    world.put('Topic', { name: 'orders' }, {});
    await settle();
    world.kube.delete(resources.brokerSets, 'orders-other');
    await settle();
    expect(world.kube.events.at(-1)).toContain('on orders-other-0: it has left the cluster');
    const { length } = world.kube.events;
    await nowAndThen(2);
    expect(world.kube.events).toHaveLength(length);
  });
});
