import { describe, expect, test } from 'vitest';
import { type Runtime, sleep } from '../runtime/mod.ts';
import { simulated } from '../simulation/mod.ts';
import { FakeCluster } from '../test/fakes/cluster.ts';
import { Consumer, type ConsumerOptions } from './consumer.ts';
import type { ReceivedMessage } from './message.ts';
import { Producer } from './producer.ts';

interface World {
  readonly runtime: Runtime;
  readonly cluster: FakeCluster;
  readonly send: (count: number, tags?: string) => Promise<void>;
  readonly consume: (options?: Partial<ConsumerOptions>) => Promise<Consumer>;
  /** Bodies in the order they were consumed, by whoever did. */
  readonly received: string[];
}

/** A cluster with the topic `T` of four queues on each broker. */
function world(seed: number, body: (world: World) => Promise<void>, brokers = 1): Promise<void> {
  return simulated(seed, async (runtime) => {
    await using cluster = await FakeCluster.start(runtime, brokers);
    cluster.topics.set('T', 4);
    const { nameServers } = cluster;
    await using producer = Producer.start(runtime, { nameServers });
    const received: string[] = [];
    let sent = 0;
    const consumers: Consumer[] = [];
    await body({
      runtime,
      cluster,
      received,
      send: async (count, tags = 'A') => {
        for (let index = 0; index < count; index++) {
          await producer.send({ topic: 'T', body: `m${sent++}`, tags });
        }
      },
      consume: async (options = {}) => {
        const consumer = await Consumer.start(runtime, {
          nameServers,
          group: 'g',
          subscriptions: { T: '*' },
          startFrom: 'first',
          onMessage: (message) => void received.push(message.body.toString()),
          ...options,
        });
        consumers.push(consumer);
        return consumer;
      },
    });
    await Promise.all(consumers.map((consumer) => consumer.close()));
  });
}

const names = (count: number, first = 0): string[] =>
  Array.from({ length: count }, (_item, index) => `m${first + index}`).toSorted();

describe('Consumer', () => {
  test('consumes every message once, and those that come later', () =>
    world(1, async ({ send, consume, received, runtime }) => {
      await send(50);
      await consume();
      await sleep(runtime.clock, 500);
      expect(received.toSorted()).toEqual(names(50));
      await send(20);
      await sleep(runtime.clock, 500);
      expect(received.toSorted()).toEqual(names(70));
    }));

  test('hands on the message as it was sent', () =>
    world(2, async ({ cluster, consume, runtime }) => {
      const { nameServers } = cluster;
      await using producer = Producer.start(runtime, { nameServers });
      const body = 'x'.repeat(10_000);
      const sent = await producer.send({
        topic: 'T',
        body,
        keys: ['a', 'b'],
        properties: { p: 'q' },
      });
      const messages: ReceivedMessage[] = [];
      await consume({ onMessage: (message) => void messages.push(message) });
      await sleep(runtime.clock, 500);
      expect(messages).toMatchObject([
        {
          topic: 'T',
          brokerName: 'broker-a',
          messageId: sent.messageId,
          offsetMessageId: sent.offsetMessageId,
          keys: ['a', 'b'],
          tags: undefined,
          bornHost: '127.0.0.1:10911',
        },
      ]);
      expect(messages[0]?.body.toString()).toBe(body);
      expect(messages[0]?.properties.get('p')).toBe('q');
    }));

  test('takes only the tags it asked for, though their hashes are equal', () =>
    world(3, async ({ send, consume, received, runtime }) => {
      await send(1, 'Aa');
      await send(1, 'BB');
      await send(1, 'C');
      await consume({ subscriptions: { T: 'Aa || C' } });
      await sleep(runtime.clock, 500);
      expect(received.toSorted()).toEqual(['m0', 'm2']);
    }));

  test('members of a group share the queues, and take over from one that leaves', () =>
    world(4, async ({ send, consume, received, runtime }) => {
      const first = await consume();
      expect(first.assigned).toHaveLength(4);
      const second = await consume();
      await sleep(runtime.clock, 2000);
      const queues = [...first.assigned, ...second.assigned].map(({ queueId }) => queueId);
      expect([first.assigned.length, second.assigned.length]).toEqual([2, 2]);
      expect(new Set(queues)).toEqual(new Set([0, 1, 2, 3]));
      await send(20);
      await sleep(runtime.clock, 1000);
      await first.close();
      await sleep(runtime.clock, 2000);
      expect(second.assigned).toHaveLength(4);
      await send(20);
      await sleep(runtime.clock, 1000);
      expect(received.toSorted()).toEqual(names(40));
    }));

  test('a group goes on where it stopped', () =>
    world(6, async ({ send, consume, received, runtime }) => {
      await send(10);
      const before = await consume();
      await sleep(runtime.clock, 500);
      await before.close();
      await send(5);
      await consume();
      await sleep(runtime.clock, 500);
      expect(received).toHaveLength(15);
      expect(received.slice(10).toSorted()).toEqual(names(5, 10));
    }));

  test('commits now and then while it runs', () =>
    world(7, async ({ send, consume, cluster, runtime }) => {
      await send(8);
      await consume();
      await sleep(runtime.clock, 6000);
      const offsets = [...(cluster.brokers[0]?.offsets ?? [])];
      expect(offsets.reduce((sum, [, offset]) => sum + offset, 0)).toBe(8);
    }));

  test.each([
    ['first', 4],
    ['last', 0],
  ] as const)('a new group that starts from the %s gets %s old messages', (startFrom, count) =>
    world(8, async ({ send, consume, received, runtime }) => {
      await send(4);
      await consume({ startFrom });
      await sleep(runtime.clock, 500);
      expect(received).toHaveLength(count);
      await send(2);
      await sleep(runtime.clock, 500);
      expect(received).toHaveLength(count + 2);
    }),
  );

  test('a new group that starts from a time gets what was stored since', () =>
    world(9, async ({ send, consume, received, runtime }) => {
      await send(4);
      await sleep(runtime.clock, 1000);
      const startFrom = new Date(runtime.clock.wallMs());
      await sleep(runtime.clock, 1000);
      await send(3);
      await consume({ startFrom });
      await sleep(runtime.clock, 500);
      expect(received.toSorted()).toEqual(names(3, 4));
    }));

  test('a message that cannot be consumed is handed back, and the others go on', () =>
    world(10, async ({ send, consume, received, cluster, runtime }) => {
      await send(6);
      await consume({
        onMessage: ({ body }) => {
          if (body.toString() === 'm3') throw new Error('cannot');
          received.push(body.toString());
        },
      });
      await sleep(runtime.clock, 6000);
      expect(received).toHaveLength(5);
      expect(cluster.brokers[0]?.handedBack).toMatchObject([{ originTopic: 'T' }]);
      const offsets = [...(cluster.brokers[0]?.offsets.values() ?? [])];
      expect(offsets.reduce((sum, offset) => sum + offset, 0)).toBe(6);
    }));

  test('a message is handed back to the broker of its queue, whoever has its address now', () =>
    world(
      17,
      async ({ send, consume, cluster, runtime }) => {
        await send(1);
        const [first, second] = cluster.brokers;
        const keeper = cluster.brokers.find(({ sends }) => sends.length > 0);
        const other = keeper === first ? second : first;
        const port = Number(other?.address.split(':')[1]);
        for (const queue of keeper?.queues.values() ?? []) {
          const moved = queue.map((message) => {
            return { ...message, storeHost: { ...message.storeHost, port } };
          });
          queue.splice(0, queue.length, ...moved);
        }
        const hosts: string[] = [];
        await consume({
          onMessage: ({ storeHost }) => {
            hosts.push(storeHost);
            throw new Error('cannot');
          },
        });
        await sleep(runtime.clock, 2000);
        expect(hosts).toEqual([other?.address]);
        expect(keeper?.handedBack).toMatchObject([{ originTopic: 'T' }]);
        expect(other?.handedBack).toEqual([]);
      },
      2,
    ));

  test('a message that cannot be handed back either is delivered again here', () =>
    world(11, async ({ send, consume, cluster, runtime }) => {
      for (const broker of cluster.brokers) broker.takesBack = false;
      await send(1);
      const times: number[] = [];
      await consume({
        onMessage: ({ reconsumeTimes }) => {
          times.push(reconsumeTimes);
          if (times.length < 3) throw new Error('not yet');
        },
      });
      await sleep(runtime.clock, 5000);
      // What is not done holds the group's offset back.
      expect(Math.max(...(cluster.brokers[0]?.offsets.values() ?? []), 0)).toBe(0);
      await sleep(runtime.clock, 30_000);
      expect(times).toEqual([0, 1, 2]);
      expect(Math.max(...(cluster.brokers[0]?.offsets.values() ?? []))).toBe(1);
    }));

  test('runs no more handlers at a time than it was told', () =>
    world(12, async ({ send, consume, runtime }) => {
      await send(40);
      let running = 0;
      let most = 0;
      let done = 0;
      await consume({
        concurrency: 3,
        onMessage: async () => {
          most = Math.max(most, ++running);
          await sleep(runtime.clock, 10);
          running--;
          done++;
        },
      });
      await sleep(runtime.clock, 2000);
      expect([most, done]).toEqual([3, 40]);
    }));

  test('takes every queue when it is told to, and hands nothing back', () =>
    world(13, async ({ consume }) => {
      const both = [await consume({ assignment: 'all' }), await consume({ assignment: 'all' })];
      expect(both.map(({ assigned }) => assigned.length)).toEqual([4, 4]);
    }));

  test('a member that takes every queue begins where it is told, however far others are', () =>
    world(18, async ({ send, consume, received, cluster, runtime }) => {
      await send(6);
      const first = await consume({ assignment: 'all' });
      await sleep(runtime.clock, 6000);
      await first.close();
      expect(received.toSorted()).toEqual(names(6));
      expect(cluster.brokers[0]?.offsets.size).toBe(0);
      await consume({ assignment: 'all' });
      await sleep(runtime.clock, 500);
      expect(received).toHaveLength(12);
    }));

  test('a member that takes every queue goes on where it was when a queue comes back', () =>
    world(19, async ({ send, consume, received, cluster, runtime }) => {
      await send(6);
      const consumer = await consume({ assignment: 'all', routePollMs: 1000 });
      await sleep(runtime.clock, 500);
      cluster.topics.set('T', 0);
      await sleep(runtime.clock, 45_000);
      expect(consumer.assigned).toEqual([]);
      cluster.topics.set('T', 4);
      await sleep(runtime.clock, 45_000);
      await send(2);
      await sleep(runtime.clock, 500);
      expect(consumer.assigned).toHaveLength(4);
      expect(received.toSorted()).toEqual(names(8));
    }));

  test('finds a topic that is made later, and a broker that comes back', () =>
    world(14, async ({ send, consume, received, cluster, runtime }) => {
      cluster.topics.delete('T');
      const consumer = await consume();
      expect(consumer.assigned).toEqual([]);
      cluster.topics.set('T', 4);
      await sleep(runtime.clock, 21_000);
      expect(consumer.assigned).toHaveLength(4);
      const [broker] = cluster.brokers;
      if (broker !== undefined) await cluster.stopBroker(broker);
      await sleep(runtime.clock, 5000);
      if (broker !== undefined) await cluster.startBroker(broker);
      await send(5);
      await sleep(runtime.clock, 5000);
      expect(received.toSorted()).toEqual(names(5));
    }));

  test('goes where the broker says when it asked for messages that are not there', () =>
    world(15, async ({ send, consume, received, cluster, runtime }) => {
      for (let queueId = 0; queueId < 4; queueId++) {
        cluster.brokers[0]?.offsets.set(`g T ${queueId}`, 100);
      }
      await consume();
      await sleep(runtime.clock, 500);
      await send(3);
      await sleep(runtime.clock, 500);
      expect(received.toSorted()).toEqual(names(3));
    }));

  test('refuses options that cannot be meant', () =>
    world(16, async ({ consume }) => {
      await expect(consume({ group: 'a b' })).rejects.toThrow('group');
      await expect(consume({ subscriptions: { 'a b': '*' } })).rejects.toThrow('topic');
      await expect(consume({ subscriptions: { T: 'A || *' } })).rejects.toThrow('stands alone');
      await expect(consume({ nameServers: 'x' })).rejects.toThrow('host:port');
    }));
});
