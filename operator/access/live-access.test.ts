import { describe, expect, test } from 'vitest';
import { simulated } from '../../simulation/mod.ts';
import {
  BROKER_AT,
  type BrokerWorld,
  pullHeader,
  sendHeader,
  withBroker,
} from '../../test/fakes/broker-world.ts';
import { FakeCluster } from '../../test/fakes/cluster.ts';
import type { ClusterAccess, TopicSettings } from './cluster-access.ts';
import { liveAccess } from './live-access.ts';

const NOBODY = '127.0.0.1:9';

function world(
  body: (access: ClusterAccess, world: BrokerWorld) => Promise<void>,
  settings: readonly string[] = [],
): Promise<void> {
  return withBroker(settings, async (broker) => {
    await using access = liveAccess(broker.runtime);
    await body(access, broker);
  });
}

const orders: TopicSettings = {
  topic: 'shop_orders',
  readQueues: 4,
  writeQueues: 3,
  perm: 6,
  order: false,
  attributes: { 'message.type': 'NORMAL' },
};

const billing = {
  group: 'GID_billing',
  consumeEnabled: true,
  consumeBroadcast: false,
  consumeOrderly: true,
  retryTimesMax: 5,
  retryQueues: 2,
};

describe('a broker that answers', () => {
  test('says who it is and how full its log', () =>
    world(async (access, { ask }) => {
      expect(await access.brokerFacts(BROKER_AT)).toMatchObject({
        brokerName: 'broker-a',
        clusterName: 'DefaultCluster',
        brokerId: 0,
        version: 'V5_3_3',
        offsetMin: 0,
        offsetMax: 0,
        isWritable: true,
      });
      await ask('SEND_MESSAGE', sendHeader(), Buffer.from('m'));
      const after = await access.brokerFacts(BROKER_AT);
      expect(after?.offsetMax).toBeGreaterThan(0);
    }));

  test('has its settings changed, all or none, and says why not', () =>
    world(async (access) => {
      expect(await access.updateBrokerConfig(BROKER_AT, { autoCreateTopicEnable: 'false' })).toBe(
        'done',
      );
      const config = await access.brokerConfig(BROKER_AT);
      expect(config?.['autoCreateTopicEnable']).toBe('false');
      const refused = await access.updateBrokerConfig(BROKER_AT, {
        autoCreateTopicEnable: 'true',
        brokerPermission: 'x',
      });
      expect(refused).toMatchObject({ refused: expect.stringContaining('brokerPermission') });
      expect((await access.brokerConfig(BROKER_AT))?.['autoCreateTopicEnable']).toBe('false');
    }));

  test('keeps topics as they are put: attributes that are not named go', () =>
    world(async (access) => {
      expect(await access.findTopic(BROKER_AT, 'shop_orders')).toBe('none');
      expect(await access.putTopic(BROKER_AT, orders)).toBe('done');
      expect(await access.findTopic(BROKER_AT, 'shop_orders')).toEqual(orders);
      const changed = { ...orders, writeQueues: 4, attributes: { 'reserve.time': '3' } };
      expect(await access.putTopic(BROKER_AT, changed)).toBe('done');
      expect(await access.topics(BROKER_AT)).toEqual([changed]);
      expect(await access.removeTopic(BROKER_AT, 'shop_orders')).toBe('done');
      expect(await access.removeTopic(BROKER_AT, 'shop_orders')).toBe('done');
      expect(await access.topics(BROKER_AT)).toEqual([]);
    }));

  test('refuses an attribute that nobody knows, in its own words', () =>
    world(async (access) => {
      const wrong = { ...orders, attributes: { colour: 'red' } };
      expect(await access.putTopic(BROKER_AT, wrong)).toMatchObject({
        refused: expect.stringContaining('attribute "colour" is unknown'),
      });
    }));

  test('keeps groups as they are put', () =>
    world(async (access) => {
      expect(await access.findGroup(BROKER_AT, 'GID_billing')).toBe('none');
      expect(await access.putGroup(BROKER_AT, billing)).toBe('done');
      expect(await access.findGroup(BROKER_AT, 'GID_billing')).toEqual(billing);
      expect(await access.groups(BROKER_AT)).toEqual([billing]);
      expect(await access.removeGroup(BROKER_AT, 'GID_billing')).toBe('done');
      expect(await access.groups(BROKER_AT)).toEqual([]);
    }));

  test('tells what is stored on it and how far every group has come', () =>
    world(async (access, { ask }) => {
      await ask('SEND_MESSAGE', sendHeader(), Buffer.from('m'));
      await ask('SEND_MESSAGE', sendHeader(), Buffer.from('m'));
      await ask('PULL_MESSAGE', pullHeader());
      await ask('UPDATE_CONSUMER_OFFSET', {
        consumerGroup: 'consumers',
        topic: 'orders',
        queueId: 0,
        commitOffset: 1,
      });
      const found = await access.findTopicContents(BROKER_AT, 'orders');
      expect(found).toMatchObject({ topic: 'orders', kind: 'user' });
      const queues = typeof found === 'object' ? found.queues : [];
      expect(queues.find(({ queueId }) => queueId === 0)).toEqual({
        queueId: 0,
        offsetMin: 0,
        offsetMax: 2,
        consumerOffsets: new Map([['consumers', 1]]),
      });
      const kinds = new Map((await access.contents(BROKER_AT))?.map((it) => [it.topic, it.kind]));
      expect(kinds.get('orders')).toBe('user');
      expect(kinds.get('broker-a')).toBe('system');
      expect(await access.findTopicContents(BROKER_AT, 'missing')).toBe('none');
    }));
});

describe('what a broker has', () => {
  test('goes to another one: groups and topics, but no ordered topics; twice is once', () =>
    world(async (access, { ask }) => {
      await access.putGroup(BROKER_AT, billing);
      await access.putTopic(BROKER_AT, orders);
      await access.putTopic(BROKER_AT, { ...orders, topic: 'ordered', order: true });
      await access.putTopic(BROKER_AT, { ...orders, topic: 'fifo', attributes: FIFO });
      await access.putTopic(BROKER_AT, { ...orders, topic: 'theirs' });
      const route = { from: BROKER_AT, to: BROKER_AT, exceptTopics: ['theirs'] };
      const versionOf = async () => (await ask('GET_ALL_TOPIC_CONFIG', {})).body.toString();
      const before = await versionOf();
      expect(await access.copyMetadata(route)).toEqual({ groups: 1, topics: 1 });
      expect(await versionOf()).toBe(before);
    }));
});

const FIFO = { 'message.type': 'FIFO' };

test('a name server tells the brokers it knows and its settings', () =>
  simulated(3, async (runtime) => {
    await using cluster = await FakeCluster.start(runtime, 2);
    await using access = liveAccess(runtime);
    expect(await access.routedBrokers(cluster.nameServers)).toMatchObject([
      { brokerName: 'broker-a', clusterName: 'c' },
      { brokerName: 'broker-b', clusterName: 'c' },
    ]);
    expect(await access.nameServerConfig(cluster.nameServers)).toEqual({ listenPort: '9876' });
    expect(await access.updateNameServerConfig(cluster.nameServers, { a: 'b' })).toBe('done');
  }));

describe('an answer that cannot be had', () => {
  test('is unknown, whatever was asked', () =>
    simulated(4, async (runtime) => {
      await using access = liveAccess(runtime);
      const copy = { from: NOBODY, to: NOBODY };
      expect(
        await Promise.all([
          access.brokerFacts(NOBODY),
          access.brokerConfig(NOBODY),
          access.updateBrokerConfig(NOBODY, { a: 'b' }),
          access.routedBrokers(NOBODY),
          access.topics(NOBODY),
          access.findTopic(NOBODY, 't'),
          access.putTopic(NOBODY, orders),
          access.findGroup(NOBODY, 'g'),
          access.putGroup(NOBODY, billing),
          access.contents(NOBODY),
          access.copyMetadata(copy),
        ]),
      ).toEqual(Array.from({ length: 11 }, () => undefined));
    }));

  test('is unknown when the one who asked has stopped', () =>
    world(async (access) => {
      expect(await access.brokerFacts(BROKER_AT, AbortSignal.abort())).toBeUndefined();
    }));
});
