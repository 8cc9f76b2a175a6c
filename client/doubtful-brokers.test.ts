import { describe, expect, test } from 'vitest';
import { type Clock, NetworkError, sleep } from '../runtime/mod.ts';
import { simulated } from '../simulation/mod.ts';
import { DoubtfulBrokers } from './doubtful-brokers.ts';

const A = '10.0.0.1:10911';
const lost = (): Promise<never> => Promise.reject(new NetworkError('Refused', 'nobody is there'));

interface World {
  readonly clock: Clock;
  readonly doubtful: DoubtfulBrokers;
  /** When the broker was asked whether it is there. */
  readonly askedMs: number[];
  readonly broker: { isThere: boolean; isWanted: boolean };
}

function world(body: (world: World) => Promise<void>): Promise<void> {
  return simulated(1, async ({ clock }) => {
    const askedMs: number[] = [];
    const broker = { isThere: true, isWanted: true };
    const doubtful = new DoubtfulBrokers(clock, {
      isWanted: () => broker.isWanted,
      answers: () => {
        askedMs.push(Math.round(clock.monotonicMs()));
        return Promise.resolve(broker.isThere);
      },
    });
    await body({ clock, doubtful, askedMs, broker });
    doubtful.close();
  });
}

describe('a broker', () => {
  test('that cannot be reached is doubtful until it answers, asked ever less often', () =>
    world(async ({ clock, doubtful, askedMs, broker }) => {
      broker.isThere = false;
      const fromMs = Math.round(clock.monotonicMs());
      await expect(doubtful.during(A, lost())).rejects.toThrow('nobody is there');
      await expect(doubtful.during(A, lost())).rejects.toThrow('nobody is there');
      await sleep(clock, 3_600);
      expect(doubtful.has(A)).toBe(true);
      const pauses = askedMs.map((atMs, index) => atMs - (askedMs[index - 1] ?? fromMs));
      expect(pauses).toEqual([100, 200, 400, 800, 1_000, 1_000]);
      broker.isThere = true;
      await sleep(clock, 1_000);
      expect(doubtful.has(A)).toBe(false);
      await sleep(clock, 10_000);
      expect(askedMs).toHaveLength(7);
    }));

  test('that could not be reached is not doubtful once a call got through', () =>
    world(async ({ clock, doubtful, askedMs }) => {
      await doubtful.during(A, lost()).catch(() => undefined);
      await doubtful.during(A, Promise.resolve());
      expect(doubtful.has(A)).toBe(false);
      await sleep(clock, 10_000);
      expect(askedMs).toEqual([]);
    }));

  test('is doubtful while it owes answers and says nothing, not while it is only slow', () =>
    world(async ({ clock, doubtful }) => {
      const first = doubtful.during(A, sleep(clock, 2_000));
      await sleep(clock, 400);
      await doubtful.during(A, sleep(clock, 50));
      await sleep(clock, 400);
      expect(doubtful.has(A)).toBe(false);
      await sleep(clock, 150);
      expect(doubtful.has(A)).toBe(true);
      await first;
      expect(doubtful.has(A)).toBe(false);
    }));

  test('is not doubtful because a caller gave up', () =>
    world(async ({ doubtful }) => {
      const aborted = Promise.reject(new Error('aborted'));
      await expect(doubtful.during(A, aborted)).rejects.toThrow('aborted');
      expect(doubtful.has(A)).toBe(false);
    }));

  test('that no route has any more is forgotten', () =>
    world(async ({ clock, doubtful, askedMs, broker }) => {
      await doubtful.during(A, lost()).catch(() => undefined);
      broker.isWanted = false;
      await sleep(clock, 150);
      expect(doubtful.has(A)).toBe(false);
      expect(askedMs).toEqual([]);
    }));

  test('is asked no more once the client is closed', () =>
    world(async ({ clock, doubtful, askedMs }) => {
      await doubtful.during(A, lost()).catch(() => undefined);
      doubtful.close();
      await doubtful.during(A, lost()).catch(() => undefined);
      await sleep(clock, 10_000);
      expect(askedMs).toEqual([]);
    }));
});
