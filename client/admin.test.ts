import { describe, expect, test } from 'vitest';
import { simulated } from '../simulation/mod.ts';
import { FakeCluster } from '../test/fakes/cluster.ts';
import { Admin } from './admin.ts';
import { Producer } from './producer.ts';

function world(
  seed: number,
  body: (cluster: FakeCluster, admin: Admin) => Promise<void>,
): Promise<void> {
  return simulated(seed, async (runtime) => {
    await using cluster = await FakeCluster.start(runtime, 2);
    const { nameServers } = cluster;
    cluster.topics.set('T', 2);
    await using producer = Producer.start(runtime, { nameServers });
    for (let count = 0; count < 8; count++) await producer.send({ topic: 'T', body: 'x' });
    await using admin = Admin.start(runtime, { nameServers });
    await body(cluster, admin);
  });
}

describe('Admin', () => {
  test('lists clusters and every broker, the dead ones with what is wrong', () =>
    world(1, async (cluster, admin) => {
      const { clusters } = await admin.clusterInfo();
      expect(clusters).toEqual(new Map([['c', ['broker-a', 'broker-b']]]));
      const [first] = cluster.brokers;
      if (first !== undefined) await cluster.stopBroker(first);
      const [dead, alive] = await admin.brokers();
      expect(dead).toMatchObject({ brokerName: 'broker-a', runtimeInfo: undefined });
      expect(dead?.error?.message).toContain('127.0.0.1:10911');
      expect(alive).toMatchObject({ brokerName: 'broker-b', brokerId: 0, cluster: 'c' });
      expect(alive?.runtimeInfo?.get('brokerVersionDesc')).toBe('fake');
    }));

  test('makes a topic on a cluster, or on one broker', () =>
    world(2, async (cluster, admin) => {
      const attributes = { 'message.type': 'FIFO', gone: undefined };
      const all = await admin.putTopic({ topic: 'N', cluster: 'c', readQueues: 3, attributes });
      expect(all).toEqual(cluster.brokers.map(({ address }) => address));
      expect(cluster.brokers[0]?.sends.at(-1)).toMatchObject({
        code: 17,
        fields: {
          topic: 'N',
          readQueueNums: '3',
          writeQueueNums: '8',
          perm: '6',
          attributes: '+message.type=FIFO,-gone',
        },
      });
      expect(await admin.putTopic({ topic: 'N', broker: 'broker-b' })).toEqual(['127.0.0.1:11011']);
      expect(await admin.putTopic({ topic: 'N', broker: '127.0.0.1:10911' })).toEqual([
        '127.0.0.1:10911',
      ]);
      const unknown = admin.putTopic({ topic: 'N', broker: 'nobody' });
      await expect(unknown).rejects.toThrow('brokers are: broker-a, broker-b');
      const nowhere = admin.putTopic({ topic: 'N', cluster: 'd' });
      await expect(nowhere).rejects.toThrow('clusters are: c');
      await expect(admin.putTopic({ topic: 'a b' })).rejects.toMatchObject({
        name: 'InvalidParameter',
      });
    }));

  test('removes a topic from the brokers and from the routes', () =>
    world(3, async (cluster, admin) => {
      expect(await admin.deleteTopic('T')).toHaveLength(2);
      expect(cluster.brokers.map(({ sends }) => sends.at(-1)?.code)).toEqual([215, 215]);
      expect(await admin.findRoute('T')).toBeUndefined();
      expect(await admin.topics()).toEqual(['TBW102']);
    }));

  test('tells how full the queues of a topic are', () =>
    world(4, async (_cluster, admin) => {
      const status = await admin.topicStatus('T');
      expect(
        status.map(({ brokerName, queueId, offsetMax }) => [brokerName, queueId, offsetMax]),
      ).toEqual([
        ['broker-a', 0, 2],
        ['broker-a', 1, 2],
        ['broker-b', 0, 2],
        ['broker-b', 1, 2],
      ]);
      await expect(admin.topicStatus('X')).rejects.toMatchObject({ name: 'TopicNotFound' });
    }));

  test('tells how far a group is, as far as brokers know it', () =>
    world(5, async (cluster, admin) => {
      cluster.brokers[1]?.offsets.set('g T 0', 1);
      const progress = await admin.consumerProgress('g', 'T');
      expect(progress.tps).toBe(3);
      expect(progress.queues).toMatchObject([
        {
          topic: 'T',
          brokerName: 'broker-b',
          queueId: 0,
          brokerOffset: 2,
          consumerOffset: 1,
          pullOffset: 1,
        },
      ]);
      expect(await admin.consumerProgress('nobody')).toEqual({ tps: 0, queues: [] });
    }));

  test('shows settings and changes them', () =>
    world(6, async (cluster, admin) => {
      const settings = await admin.brokerConfig('127.0.0.1:10911');
      expect(settings).toEqual(
        new Map([
          ['brokerName', 'a'],
          ['path', 'C\\x=y'],
        ]),
      );
      await admin.updateBrokerConfig('127.0.0.1:10911', { path: 'C\\x', other: '1' });
      expect(cluster.brokers[0]?.sends.at(-1)?.body.toString()).toBe('path=C\\\\x\nother=1\n');
      expect(await admin.nameServerConfig()).toEqual(
        new Map([[cluster.nameServers, new Map([['listenPort', '9876']])]]),
      );
      await admin.updateNameServerConfig({ a: 'b' });
      expect(cluster.asked.at(-1)?.body.toString()).toBe('a=b\n');
    }));
});
