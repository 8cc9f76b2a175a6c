import { describe, expect, test } from 'vitest';
import {
  decodeBatch,
  type FailureName,
  parseProperties,
  type StoredMessage,
} from '../protocol/mod.ts';
import { type Runtime, sleep } from '../runtime/mod.ts';
import { simulated } from '../simulation/mod.ts';
import { FakeCluster } from '../test/fakes/cluster.ts';
import { decompress } from './compression.ts';
import { Producer, type ProducerOptions } from './producer.ts';

interface World {
  readonly runtime: Runtime;
  readonly cluster: FakeCluster;
  readonly producer: Producer;
}

/** A cluster with the topic `T`, and a producer. */
function world(
  brokers: number,
  body: (world: World) => Promise<void>,
  options: Partial<ProducerOptions> = {},
): Promise<void> {
  return simulated(brokers, async (runtime) => {
    await using cluster = await FakeCluster.start(runtime, brokers);
    cluster.topics.set('T', 2);
    await using producer = Producer.start(runtime, {
      nameServers: cluster.nameServers,
      ...options,
    });
    await body({ runtime, cluster, producer });
  });
}

const byNumber = (left: number, right: number): number => left - right;

const propertiesOf = (message: StoredMessage | undefined) =>
  parseProperties(message?.properties ?? Buffer.alloc(0));

describe('Producer', () => {
  test('sends a message as it was given, with an id of its own', () =>
    world(1, async ({ cluster, producer }) => {
      const result = await producer.send({
        topic: 'T',
        body: 'hello',
        tags: 'A',
        keys: ['k1', 'k2'],
        properties: { colour: 'red' },
        flag: 9,
      });
      const [message] = cluster.messages('T');
      expect(message).toMatchObject({ body: Buffer.from('hello'), flag: 9, sysFlag: 0 });
      expect(Object.fromEntries(propertiesOf(message))).toEqual({
        colour: 'red',
        KEYS: 'k1 k2',
        TAGS: 'A',
        UNIQ_KEY: result.messageId,
        WAIT: 'true',
      });
      expect(result).toMatchObject({ status: 'SEND_OK', queueOffset: 0, queue: { topic: 'T' } });
      expect(result.offsetMessageId).toHaveLength(32);
    }));

  test('sends to all queues in turn', () =>
    world(2, async ({ cluster, producer }) => {
      for (let count = 0; count < 8; count++) await producer.send({ topic: 'T', body: 'x' });
      const sizes = cluster.brokers.flatMap(({ queues }) =>
        [...queues.values()].map((q) => q.length),
      );
      expect(sizes).toEqual([2, 2, 2, 2]);
    }));

  test.each<[FailureName, boolean]>([
    ['SystemBusy', true],
    ['ServiceNotAvailable', true],
    ['NoPermission', true],
    ['TopicNotFound', true],
    ['IllegalMessage', false],
    ['InvalidParameter', false],
  ])('after %s tries another broker: %s', (refusal, isTriedAgain) =>
    world(2, async ({ cluster, producer }) => {
      const [bad, good] = cluster.brokers;
      if (bad !== undefined) bad.refusal = refusal;
      const sends = Array.from({ length: 4 }, () => producer.send({ topic: 'T', body: 'x' }));
      const outcomes = await Promise.allSettled(sends);
      const failed = outcomes.filter(({ status }) => status === 'rejected');
      expect(failed).toHaveLength(isTriedAgain ? 0 : 2);
      expect(good?.sends).toHaveLength(isTriedAgain ? 4 : 2);
    }),
  );

  test('goes to another broker when one cannot be reached', () =>
    world(2, async ({ cluster, producer }) => {
      const [gone, there] = cluster.brokers;
      if (gone !== undefined) await cluster.stopBroker(gone);
      for (let count = 0; count < 4; count++) await producer.send({ topic: 'T', body: 'x' });
      expect(there?.sends).toHaveLength(4);
    }));

  test('tries another broker at once, though name servers are silent too', () =>
    world(2, async ({ cluster, producer, runtime: { clock } }) => {
      const [gone, there] = cluster.brokers;
      await producer.queues('T');
      if (gone !== undefined) await cluster.stopBroker(gone);
      await cluster.stopNameServer();
      const fromMs = clock.monotonicMs();
      for (let count = 0; count < 4; count++) await producer.send({ topic: 'T', body: 'x' });
      expect(clock.monotonicMs() - fromMs).toBeLessThan(50);
      expect(there?.sends).toHaveLength(4);
    }));

  test('waits for a broker that says nothing no longer than half of its time', () =>
    world(2, async ({ cluster, producer, runtime: { clock } }) => {
      const [silent, there] = cluster.brokers;
      if (silent !== undefined) silent.isSilent = true;
      const took: number[] = [];
      const send = async (): Promise<void> => {
        const fromMs = clock.monotonicMs();
        await producer.send({ topic: 'T', body: 'x' });
        took.push(clock.monotonicMs() - fromMs);
      };
      // Two of them to each broker.
      const first = Promise.all([send(), send(), send(), send()]);
      await sleep(clock, 600);
      expect(took).toHaveLength(2);
      for (let count = 0; count < 10; count++) await send();
      expect(Math.max(...took)).toBeLessThan(100);
      await first;
      expect(Math.max(...took)).toBeLessThan(1_600);
      for (let count = 0; count < 10; count++) await send();
      expect(silent?.sends).toHaveLength(2);
      expect(there?.sends).toHaveLength(24);
    }));

  test('sends to a broker again soon after it is back, without a message to find out', () =>
    world(2, async ({ cluster, producer, runtime: { clock } }) => {
      const [gone, there] = cluster.brokers;
      if (gone !== undefined) await cluster.stopBroker(gone);
      for (let count = 0; count < 4; count++) await producer.send({ topic: 'T', body: 'x' });
      await sleep(clock, 20_000);
      await producer.send({ topic: 'T', body: 'x' });
      if (gone !== undefined) await cluster.startBroker(gone);
      await sleep(clock, 1_500);
      for (let count = 0; count < 8; count++) await producer.send({ topic: 'T', body: 'x' });
      expect([gone?.sends.length, there?.sends.length]).toEqual([4, 9]);
    }));

  test('tries a broker that failed lately when there is no other', () =>
    world(1, async ({ cluster, producer }) => {
      const [broker] = cluster.brokers;
      if (broker !== undefined) await cluster.stopBroker(broker);
      const lost = producer.send({ topic: 'T', body: 'x' });
      await expect(lost).rejects.toMatchObject({ code: 'Refused' });
      if (broker !== undefined) await cluster.startBroker(broker);
      await producer.send({ topic: 'T', body: 'x' });
      expect(broker?.sends).toHaveLength(1);
    }));

  test('gives up after its tries, with what the last one failed with', () =>
    world(2, async ({ cluster, producer }) => {
      for (const broker of cluster.brokers) broker.refusal = 'SystemBusy';
      await expect(producer.send({ topic: 'T', body: 'x' })).rejects.toMatchObject({ code: 2 });
      expect(cluster.brokers.map(({ sends }) => sends.length).toSorted(byNumber)).toEqual([1, 2]);
    }));

  test('looks again for a queue when no broker takes messages', () =>
    world(1, async ({ cluster, producer }) => {
      cluster.topics.set('T', 0);
      expect(await producer.queues('T')).toEqual([]);
      cluster.topics.set('T', 2);
      await producer.send({ topic: 'T', body: 'x' });
      expect(cluster.messages('T')).toHaveLength(1);
    }));

  test('when there is no broker left to try, says what the one before failed with', () =>
    world(1, async ({ cluster, producer }) => {
      await producer.queues('T');
      cluster.topics.set('T', 0);
      const [broker] = cluster.brokers;
      if (broker !== undefined) broker.refusal = 'SystemBusy';
      await expect(producer.send({ topic: 'T', body: 'x' })).rejects.toMatchObject({
        message: 'Cannot send to "T": no queue takes messages now',
        cause: { code: 2 },
      });
      expect(broker?.sends).toHaveLength(1);
    }));

  test('sends to the given queue, and nowhere else when that fails', () =>
    world(2, async ({ cluster, producer }) => {
      const [queue] = await producer.queues('T');
      const result = await producer.send({ topic: 'T', body: 'x' }, { queue });
      expect(result.queue).toEqual(queue);
      for (const broker of cluster.brokers) broker.refusal = 'SystemBusy';
      const refused = producer.send({ topic: 'T', body: 'x' }, { queue });
      await expect(refused).rejects.toMatchObject({ code: 2 });
      expect(cluster.brokers.map(({ sends }) => sends.length).toSorted(byNumber)).toEqual([0, 2]);
    }));

  test('makes a topic by sending to it, with few queues', () =>
    world(1, async ({ cluster, producer }) => {
      expect(await producer.queues('New')).toHaveLength(4);
      await producer.send({ topic: 'New', body: 'x' });
      expect(cluster.messages('New')).toHaveLength(1);
      cluster.topics.delete('TBW102');
      await expect(producer.send({ topic: 'Other', body: 'x' })).rejects.toThrow('no broker has');
    }));

  test('compresses large bodies, and says so', () =>
    world(1, async ({ cluster, producer }) => {
      const body = 'compress me '.repeat(400);
      await producer.send({ topic: 'T', body });
      const [message] = cluster.messages('T');
      expect(message?.sysFlag).toBe(0x301);
      expect(message?.body.length).toBeLessThan(1000);
      expect(decompress(message?.body ?? Buffer.alloc(0), 0x301).toString()).toBe(body);
    }));

  test('sends a batch in one request, each message with an id of its own', () =>
    world(1, async ({ cluster, producer }) => {
      const bodies = ['one', 'two', 'three'];
      const result = await producer.sendBatch(
        bodies.map((body) => ({ topic: 'T', body, tags: body })),
      );
      const [broker] = cluster.brokers;
      const [send] = broker?.sends ?? [];
      expect(send).toMatchObject({ code: 320, fields: { m: 'true' } });
      const items = decodeBatch(send?.body ?? Buffer.alloc(0));
      expect(items.map(({ body }) => body.toString())).toEqual(bodies);
      const ids = items.map(({ properties }) => parseProperties(properties).get('UNIQ_KEY'));
      expect(result.messageId).toBe(ids.join(','));
      expect(new Set(ids).size).toBe(3);
    }));

  test('refuses a batch that no broker takes', () =>
    world(1, async ({ producer }) => {
      const message = { topic: 'T', body: 'x' };
      const batches = [
        [],
        [message, { ...message, topic: 'U' }],
        [message, { ...message, delayLevel: 1 }],
        [message, { ...message, waitForStore: false }],
        [{ topic: '%RETRY%g', body: 'x' }],
        Array.from({ length: 5 }, () => ({ ...message, body: Buffer.alloc(1_000_000) })),
      ];
      for (const batch of batches) {
        await expect(producer.sendBatch(batch)).rejects.toMatchObject({ name: 'IllegalMessage' });
      }
    }));

  test.each([
    ['an empty body', { body: '' }],
    ['a body that is too large', { body: Buffer.alloc(4_194_305) }],
    ['a reserved property', { properties: { KEYS: 'k' } }],
    ['a property without a value', { properties: { a: '' } }],
    ['a property with a separator', { properties: { a: 'b\u0002c' } }],
    ['a topic that is none', { topic: 'a b' }],
  ])('refuses a message with %s before it leaves', (_name, wrong) =>
    world(1, async ({ cluster, producer }) => {
      await expect(producer.send({ topic: 'T', body: 'x', ...wrong })).rejects.toMatchObject({
        name: expect.stringMatching(/^(IllegalMessage|InvalidParameter)$/),
      });
      expect(cluster.brokers[0]?.sends).toEqual([]);
    }),
  );

  test('sends oneway without waiting, and nobody answers', () =>
    world(1, async ({ cluster, producer, runtime }) => {
      await producer.sendOneway({ topic: 'T', body: 'x' });
      await sleep(runtime.clock, 50);
      expect(cluster.brokers[0]?.sends).toMatchObject([{ flag: 2, code: 310 }]);
    }));

  test('an aborted send is not tried again', () =>
    world(1, async ({ cluster, producer }) => {
      const signal = AbortSignal.abort(new Error('enough'));
      await expect(producer.send({ topic: 'T', body: 'x' }, { signal })).rejects.toThrow('enough');
      expect(cluster.brokers[0]?.sends).toEqual([]);
    }));

  test('looks routes up anew, and goes on with the old ones while it cannot', () =>
    world(
      1,
      async ({ cluster, producer, runtime }) => {
        await producer.send({ topic: 'T', body: 'x' });
        cluster.topics.set('T', 5);
        await sleep(runtime.clock, 1500);
        expect(await producer.queues('T')).toHaveLength(5);
        cluster.topics.delete('T');
        await sleep(runtime.clock, 1500);
        await producer.send({ topic: 'T', body: 'x' });
        expect(cluster.messages('T')).toHaveLength(2);
      },
      { routePollMs: 1000 },
    ));

  test('uses another name server when one is down, and fails when all are', () =>
    simulated(9, async (runtime) => {
      await using cluster = await FakeCluster.start(runtime);
      cluster.topics.set('T', 1);
      const nameServers = `127.0.0.1:1;${cluster.nameServers};127.0.0.1:2`;
      for (let count = 0; count < 5; count++) {
        await using producer = Producer.start(runtime, { nameServers });
        await producer.send({ topic: 'T', body: 'x' });
      }
      await using lost = Producer.start(runtime, { nameServers: '127.0.0.1:1' });
      await expect(lost.send({ topic: 'T', body: 'x' })).rejects.toMatchObject({ code: 'Refused' });
      expect(() => Producer.start(runtime, { nameServers: 'nowhere' })).toThrow('host:port');
      expect(() => Producer.start(runtime, { nameServers: '' })).toThrow('without name servers');
    }));
});
