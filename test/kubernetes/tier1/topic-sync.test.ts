/** Topics as objects, on brokers that really run. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Consumer, Producer } from '../../../client/mod.ts';
import { nodeRuntime } from '../../../runtime/node/mod.ts';
import type { World } from '../world.ts';
import { EntityCluster } from './entity-cluster.ts';

let cluster: EntityCluster;
let world: World;

beforeAll(async () => {
  cluster = await EntityCluster.start();
  ({ world } = cluster);
});

afterAll(() => cluster[Symbol.asyncDispose]());

const onBrokers = (topic: string) =>
  cluster.each((broker) => cluster.access.findTopic(broker, topic));
const ready = (name: string, namespace?: string) => world.awaitReady('topics', name, namespace);
const stalled = (name: string, reason: string, namespace?: string) =>
  world.awaitCondition('topics', name, { type: 'Stalled', status: 'True', reason }, namespace);
const eventually = <T>(look: () => T) => expect.poll(look, { timeout: 30_000, interval: 100 });

const settings = (topic: string, queues: number) => ({
  topic,
  readQueues: queues,
  writeQueues: queues,
  perm: 6,
  order: false,
  attributes: {},
});

test('a topic is made on every broker group, as its spec says', async () => {
  await cluster.apply(
    'Topic',
    'name: first',
    'topicName: First_Topic, queues: { read: 4, write: 3 }',
  );
  await ready('first');
  const made = { topic: 'First_Topic', readQueues: 4, writeQueues: 3, perm: 6, order: false };
  expect(await onBrokers('First_Topic')).toMatchObject([made, made]);
  expect((await world.require('topics', 'first'))['status']).toMatchObject({
    topicName: 'First_Topic',
    brokers: 2,
    brokerStatus: [{ name: 'orders-main-0', readQueues: 4, writeQueues: 3 }, {}],
  });
});

test('it follows its spec; what somebody else changes or removes on a broker is put right', async () => {
  await world.patch('topics', 'first', { spec: { permission: 'ReadOnly', queues: { write: 4 } } });
  await ready('first');
  const changed = { perm: 4, writeQueues: 4 };
  expect(await onBrokers('First_Topic')).toMatchObject([changed, changed]);
  const [one = '', other = ''] = cluster.brokers;
  await cluster.access.putTopic(one, settings('First_Topic', 2));
  await cluster.access.removeTopic(other, 'First_Topic');
  await cluster.look('topics', 'first');
  await eventually(() => onBrokers('First_Topic')).toMatchObject([changed, changed]);
  await eventually(() => world.server.kubectl(['get', 'events'])).toContain('DriftRepaired');
});

test('one that is as it should be is not written to', async () => {
  await ready('first');
  await cluster.look('topics', 'first');
  expect(await world.changesIn(2000)).toEqual([]);
});

test('one that exists is adopted when it is the same, else only when somebody says so', async () => {
  await cluster.each((broker) => cluster.access.putTopic(broker, settings('same', 8)));
  await cluster.apply('Topic', 'name: same');
  await ready('same');
  await cluster.each((broker) => cluster.access.putTopic(broker, settings('other', 3)));
  await cluster.apply('Topic', 'name: other');
  await stalled('other', 'Conflict');
  const conflict = await cluster.condition('topics', 'other', 'Stalled');
  expect(conflict?.message).toContain('read queues is 3, wanted 8');
  expect(await onBrokers('other')).toMatchObject([{ readQueues: 3 }, { readQueues: 3 }]);
  await world.patch('topics', 'other', {
    metadata: { annotations: { 'gantrymq.io/adopt': 'true' } },
  });
  await eventually(() => onBrokers('other')).toMatchObject([{ readQueues: 8 }, { readQueues: 8 }]);
});

test('of two objects that name one topic the older decides, the other when it is gone', async () => {
  await cluster.apply('Topic', 'name: z-older', 'topicName: double, queues: { read: 2, write: 2 }');
  await ready('z-older');
  await cluster.apply('Topic', 'name: a-younger', 'topicName: double');
  await stalled('a-younger', 'Duplicate');
  expect(await onBrokers('double')).toMatchObject([{ readQueues: 2 }, { readQueues: 2 }]);
  await world.server.kubectl(['delete', 'topic', 'z-older']);
  // What the elder left on the brokers is another's topic to the younger.
  await stalled('a-younger', 'Conflict');
});

test('one that is not managed is left as it is', async () => {
  await world.patch('topics', 'same', {
    metadata: { annotations: { 'gantrymq.io/managed': 'false' } },
  });
  await world.awaitCondition('topics', 'same', { type: 'Ready', reason: 'Unmanaged' });
  await cluster.each((broker) => cluster.access.putTopic(broker, settings('same', 5)));
  await cluster.look('topics', 'same');
  expect(await world.changesIn(1500)).toEqual([]);
  expect(await onBrokers('same')).toMatchObject([{ readQueues: 5 }, { readQueues: 5 }]);
});

test('what this version cannot do is refused by name', async () => {
  await cluster.apply('Topic', 'name: delayed', 'messageType: Delay');
  await stalled('delayed', 'NotImplemented');
  expect(await onBrokers('delayed')).toEqual(['none', 'none']);
});

test('what a broker refuses stands in the condition in its words', async () => {
  await cluster.apply('Topic', 'name: odd', 'attributes: { colour: red }');
  await stalled('odd', 'InvalidConfig');
  const said = await cluster.condition('topics', 'odd', 'Stalled');
  expect(said?.message).toContain('attribute "colour" is unknown');
  await world.patch('topics', 'odd', { spec: { attributes: { colour: null } } });
  await ready('odd');
});

test('queues that are too many are closed and read on while somebody has to read them', async () => {
  await cluster.apply('Topic', 'name: shrinks', 'queues: { read: 4, write: 4 }');
  await ready('shrinks');
  await using producer = Producer.start(nodeRuntime(), { nameServers: world.nameServer('orders') });
  for (let count = 0; count < 16; count++) await producer.send({ topic: 'shrinks', body: 'm' });
  await world.patch('topics', 'shrinks', { spec: { queues: { read: 2, write: 2 } } });
  await world.awaitCondition('topics', 'shrinks', { type: 'QueueShrink', status: 'True' });
  const closed = { readQueues: 4, writeQueues: 2 };
  await eventually(() => onBrokers('shrinks')).toMatchObject([closed, closed]);
  await eventually(() => cluster.condition('topics', 'shrinks', 'QueueShrink')).toMatchObject({
    reason: 'WaitingForConsumers',
    message: expect.stringContaining('nobody has read'),
  });
  // Taken back: nothing is lost, nothing waits any more.
  await world.patch('topics', 'shrinks', { spec: { queues: { read: 4, write: 4 } } });
  await eventually(() => cluster.condition('topics', 'shrinks', 'QueueShrink')).toMatchObject({
    status: 'False',
    reason: 'Done',
  });
});

test("a topic leaves a broker set after its last message there, or stays as nobody's", async () => {
  const set = (name: string, groups: number) => ({
    name,
    groups,
    replicas: 1,
    durability: 'Async',
  });
  const brokerSets = [set('main', 2), set('side', 1)];
  await world.patch('rocketmqclusters', 'orders', { spec: { brokerSets } });
  await world.awaitReady('brokersets', 'orders-side');
  const side = cluster.broker('orders-side-0-0');
  const onSide = (topic: string) => cluster.access.findTopic(side, topic);
  const sets = 'brokerSets: [main, side], queues: { read: 1, write: 1 }';
  await cluster.apply('Topic', 'name: moves', `${sets}, deletionPolicy: Delete`);
  await cluster.apply('Topic', 'name: stays', sets);
  await ready('moves');
  await ready('stays');
  await using producer = Producer.start(nodeRuntime(), { nameServers: world.nameServer('orders') });
  for (let count = 0; count < 6; count++) await producer.send({ topic: 'moves', body: 'm' });

  for (const name of ['moves', 'stays']) {
    await world.patch('topics', name, { spec: { brokerSets: ['main'] } });
  }
  await eventually(() => cluster.condition('topics', 'moves', 'Reconciling')).toMatchObject({
    reason: 'LeavingSets',
    message: expect.stringContaining('nobody has read'),
  });
  expect(await onSide('moves')).toMatchObject({ perm: 4 });
  expect(await onBrokers('moves')).toMatchObject([{ perm: 6 }, { perm: 6 }]);
  await eventually(() => world.server.kubectl(['get', 'events'])).toContain(
    'on orders-side-0, which',
  );

  await using _consumer = await Consumer.start(nodeRuntime(), {
    nameServers: world.nameServer('orders'),
    group: 'movers',
    subscriptions: { moves: '*' },
    startFrom: 'first',
    onMessage: () => undefined,
  });
  // Not to wait for a minute here: it has been closed for long.
  const leaving = [{ name: 'orders-side-0', step: 'Reading', since: '2026-01-01T00:00:00Z' }];
  const patch = JSON.stringify({ status: { leaving } });
  const write = ['patch', 'topic', 'moves', '--subresource=status', '--type=merge', '-p', patch];
  await eventually(() => cluster.condition('topics', 'moves', 'Reconciling')).not.toMatchObject({
    message: expect.stringContaining('messages'),
  });
  await world.server.kubectl(write);
  await cluster.look('topics', 'moves');
  await eventually(() => onSide('moves')).toBe('none');
  await eventually(() => cluster.condition('topics', 'moves', 'Reconciling')).toBeUndefined();
  expect(await onBrokers('moves')).toMatchObject([{ perm: 6 }, { perm: 6 }]);
  const { status } = await world.require('topics', 'moves');
  expect(status).toMatchObject({ brokerStatus: [{}, { name: 'orders-main-1' }] });
  expect(status).not.toHaveProperty('leaving');
  expect(await onSide('stays')).toMatchObject({ perm: 6 });
});

test('a namespace points at the cluster only when the cluster lists it', async () => {
  await world.server.kubectl(['create', 'namespace', 'team']);
  await world.server.apply(`
apiVersion: gantrymq.io/v1alpha1
kind: Topic
metadata: { name: theirs, namespace: team }
spec: { clusterRef: { name: orders, namespace: default } }
`);
  await stalled('theirs', 'NamespaceNotAllowed', 'team');
  await world.patch('rocketmqclusters', 'orders', { spec: { allowedNamespaces: ['team'] } });
  await ready('theirs', 'team');
  expect(await onBrokers('theirs')).toMatchObject([{ readQueues: 8 }, { readQueues: 8 }]);
});

test('a deleted one is removed from the brokers only with deletionPolicy Delete', async () => {
  await world.server.kubectl(['delete', 'topic', 'first', '--timeout=30s']);
  expect(await onBrokers('First_Topic')).toMatchObject([{}, {}]);
  await cluster.apply('Topic', 'name: brief', 'deletionPolicy: Delete');
  await ready('brief');
  await world.server.kubectl(['delete', 'topic', 'brief', '--timeout=30s']);
  expect(await onBrokers('brief')).toEqual(['none', 'none']);
});
