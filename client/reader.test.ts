import { describe, expect, test } from 'vitest';
import { type Runtime, sleep } from '../runtime/mod.ts';
import { simulated } from '../simulation/mod.ts';
import { FakeCluster } from '../test/fakes/cluster.ts';
import { Producer } from './producer.ts';
import { Reader, type ReaderOptions } from './reader.ts';

interface World {
  readonly runtime: Runtime;
  readonly cluster: FakeCluster;
  readonly send: (count: number, tags?: string) => Promise<void>;
  /** The bodies that a reader is handed. */
  readonly read: (options?: Partial<ReaderOptions>) => Promise<string[]>;
}

/** A cluster of two brokers with the topic `T` of two queues on each. */
function world(seed: number, body: (world: World) => Promise<void>): Promise<void> {
  return simulated(seed, async (runtime) => {
    await using cluster = await FakeCluster.start(runtime, 2);
    const { nameServers } = cluster;
    cluster.topics.set('T', 2);
    await using producer = Producer.start(runtime, { nameServers });
    await using readers = new AsyncDisposableStack();
    let sent = 0;
    await body({
      runtime,
      cluster,
      send: async (count, tags = 'A') => {
        for (let index = 0; index < count; index++) {
          await producer.send({ topic: 'T', body: `m${sent++}`, tags });
        }
      },
      read: async (options = {}) => {
        const bodies: string[] = [];
        const onMessage = (message: { readonly body: Buffer }): void => {
          bodies.push(message.body.toString());
        };
        readers.use(
          await Reader.start(runtime, { nameServers, topic: 'T', onMessage, ...options }),
        );
        return bodies;
      },
    });
  });
}

const names = (first: number, end: number): string[] =>
  Array.from({ length: end - first }, (_item, index) => `m${first + index}`).toSorted();

describe('Reader', () => {
  test('every reader sees every message, and no group has moved', () =>
    world(1, async ({ runtime, cluster, send, read }) => {
      await send(40);
      const [one, other] = [await read({ startFrom: 'first' }), await read({ startFrom: 'first' })];
      await send(5);
      await sleep(runtime.clock, 1000);
      expect(one.toSorted()).toEqual(names(0, 45));
      expect(other.toSorted()).toEqual(names(0, 45));
      expect(cluster.brokers.map(({ offsets }) => offsets.size)).toEqual([0, 0]);
    }));

  test('begins at what comes next, or at a time', () =>
    world(2, async ({ runtime, send, read }) => {
      await send(8);
      await sleep(runtime.clock, 1000);
      const since = new Date(runtime.clock.wallMs());
      await send(4);
      const [last, late] = [await read(), await read({ startFrom: since })];
      await sleep(runtime.clock, 1000);
      await send(3);
      await sleep(runtime.clock, 1000);
      expect(last.toSorted()).toEqual(names(12, 15));
      expect(late.toSorted()).toEqual(names(8, 15));
    }));

  test('keeps to the tags it was asked for', () =>
    world(3, async ({ runtime, send, read }) => {
      await send(3, 'A');
      await send(3, 'B');
      const bodies = await read({ startFrom: 'first', expression: 'B' });
      await sleep(runtime.clock, 1000);
      expect(bodies.toSorted()).toEqual(names(3, 6));
    }));

  test('tells that a broker does not answer, and goes on when it is back', () =>
    world(4, async ({ runtime, cluster, send, read }) => {
      const [broker] = cluster.brokers;
      if (broker === undefined) throw new Error('There is no broker');
      const troubles: string[] = [];
      const onTrouble = ({ message }: Error): void => void troubles.push(message);
      const bodies = await read({ startFrom: 'first', onTrouble });
      await cluster.stopBroker(broker);
      await sleep(runtime.clock, 5000);
      expect(troubles.join('\n')).toContain(broker.address);
      await cluster.startBroker(broker);
      await send(8);
      await sleep(runtime.clock, 10_000);
      expect(bodies.toSorted()).toEqual(names(0, 8));
    }));

  test('reads queues that are made later from their first message', () =>
    world(5, async ({ runtime, cluster, send, read }) => {
      const bodies = await read();
      cluster.topics.set('T', 3);
      await sleep(runtime.clock, 60_000);
      await send(12);
      await sleep(runtime.clock, 20_000);
      expect(bodies.toSorted()).toEqual(names(0, 12));
    }));

  test('a topic that nobody has is refused', () =>
    world(6, async ({ read }) => {
      await expect(read({ topic: 'X' })).rejects.toMatchObject({ name: 'TopicNotFound' });
      await expect(read({ topic: 'a b' })).rejects.toMatchObject({ name: 'InvalidParameter' });
    }));
});
