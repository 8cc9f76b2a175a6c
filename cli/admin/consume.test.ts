import { describe, expect, test } from 'vitest';
import { Producer } from '../../client/mod.ts';
import { sleep } from '../../runtime/mod.ts';
import { simulated } from '../../simulation/mod.ts';
import { FakeCluster } from '../../test/fakes/cluster.ts';
import { FakeInvocation } from '../../test/fakes/invocation.ts';
import { consume } from './consume.ts';

interface World {
  readonly cluster: FakeCluster;
  readonly invocation: FakeInvocation;
  readonly send: (count: number, tags?: string) => Promise<void>;
  /** The bodies that were printed. */
  readonly bodies: () => string[];
}

/** A cluster of one broker with the topic `T` of two queues. */
function world(seed: number, body: (world: World) => Promise<void>): Promise<void> {
  return simulated(seed, async (runtime) => {
    await using cluster = await FakeCluster.start(runtime);
    const { nameServers } = cluster;
    cluster.topics.set('T', 2);
    await using producer = Producer.start(runtime, { nameServers });
    const invocation = new FakeInvocation(runtime, nameServers, 'json');
    let sent = 0;
    await body({
      cluster,
      invocation,
      send: async (count, tags = 'A') => {
        for (let index = 0; index < count; index++) {
          await producer.send({ topic: 'T', body: `m${sent++}`, tags });
        }
      },
      bodies: () =>
        invocation.printed.map((line) => (JSON.parse(line) as { body: string }).body).toSorted(),
    });
  });
}

const names = (first: number, end: number): string[] =>
  Array.from({ length: end - first }, (_item, index) => `m${first + index}`).toSorted();

/** What the group has committed, in all queues. */
const committed = ({ cluster }: World, group: string): number =>
  cluster.brokers
    .flatMap(({ offsets }) => [...offsets])
    .filter(([key]) => key.startsWith(`${group} T `))
    .reduce((sum, [, offset]) => sum + offset, 0);

describe('consume', () => {
  test('without a group, shows what is there and what comes, until Ctrl-C', () =>
    world(1, async (it) => {
      const { send, invocation, bodies } = it;
      await send(5);
      const consuming = consume(invocation, { topic: 'T' });
      await sleep(invocation.runtime.clock, 1000);
      await send(5);
      await sleep(invocation.runtime.clock, 1000);
      invocation.interrupt();
      await consuming;
      expect(bodies()).toEqual(names(0, 10));
      expect(invocation.noted).toEqual([
        'Reading T from its first message, in no group; ends with Ctrl-C',
      ]);
      expect(it.cluster.brokers.map(({ offsets }) => offsets.size)).toEqual([0]);
    }));

  test('ends when it has as many as were asked for', () =>
    world(2, async ({ send, invocation, bodies }) => {
      await send(10);
      await consume(invocation, { topic: 'T', count: 3 });
      expect(bodies()).toHaveLength(3);
    }));

  test('ends when nothing has come for a while; too few are an error', () =>
    world(3, async ({ send, invocation, bodies }) => {
      await send(2);
      await consume(invocation, { topic: 'T', timeoutMs: 500 });
      expect(bodies()).toEqual(names(0, 2));
      const tooFew = consume(invocation, { topic: 'T', timeoutMs: 500, count: 3 });
      await expect(tooFew).rejects.toMatchObject({
        exit: 'NotReady',
        message: '2 of 3 messages came, then none for 0.5 s',
      });
    }));

  test('Ctrl-C before enough came is told as such', () =>
    world(4, async ({ send, invocation }) => {
      await send(2);
      const consuming = consume(invocation, { topic: 'T', count: 3 });
      const failure = consuming.catch((error: unknown) => error);
      await sleep(invocation.runtime.clock, 1000);
      invocation.interrupt();
      expect(await failure).toMatchObject({ exit: 'Interrupted' });
    }));

  test('shows only the tags that were asked for, from where it was told', () =>
    world(5, async ({ send, invocation, bodies }) => {
      await send(3, 'A');
      await sleep(invocation.runtime.clock, 1000);
      const from = new Date(invocation.runtime.clock.wallMs());
      await send(2, 'B');
      await send(2, 'A');
      await consume(invocation, { topic: 'T', tag: 'A', from, timeoutMs: 500 });
      expect(bodies()).toEqual(names(5, 7));
    }));

  test('in a group, consumes exactly what it shows', () =>
    world(6, async (it) => {
      await it.send(20);
      await consume(it.invocation, { topic: 'T', group: 'g', count: 7 });
      expect(it.bodies()).toHaveLength(7);
      expect(committed(it, 'g')).toBe(7);
      expect(it.cluster.brokers.map(({ handedBack }) => handedBack)).toEqual([[]]);
      await consume(it.invocation, { topic: 'T', group: 'g', timeoutMs: 2000 });
      expect(it.bodies()).toEqual(names(0, 20));
      expect(committed(it, 'g')).toBe(20);
    }));

  test('says once that a broker is gone, and goes on when it is back', () =>
    world(7, async ({ cluster, send, invocation, bodies }) => {
      const [broker] = cluster.brokers;
      if (broker === undefined) throw new Error('There is no broker');
      const consuming = consume(invocation, { topic: 'T', count: 4 });
      await sleep(invocation.runtime.clock, 1000);
      await cluster.stopBroker(broker);
      await sleep(invocation.runtime.clock, 20_000);
      const troubles = invocation.noted.filter((line) => line.endsWith('; trying again'));
      expect(new Set(troubles).size).toBe(troubles.length);
      expect(troubles.length).toBeGreaterThan(0);
      await cluster.startBroker(broker);
      await send(4);
      await consuming;
      expect(bodies()).toEqual(names(0, 4));
    }));

  test.each([undefined, 'g'])('a topic that is not there is refused (group %s)', (group) =>
    world(8, async ({ invocation }) => {
      const refused = consume(invocation, { topic: 'X', group });
      await expect(refused).rejects.toMatchObject({ name: 'TopicNotFound' });
    }),
  );
});
