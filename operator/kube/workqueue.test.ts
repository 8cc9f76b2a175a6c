import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Runtime, sleep } from '../../runtime/mod.ts';
import { simulated } from '../../simulation/mod.ts';
import { FairLines, priorities } from './fair-lines.ts';
import { Workqueue } from './workqueue.ts';

/** Takes what can be had now. */
async function takeAll(queue: Workqueue): Promise<string[]> {
  const taken: string[] = [];
  while (queue.depth > 0) taken.push((await queue.take()) ?? '');
  return taken;
}

const anyStep = fc.oneof(
  fc.record({ kind: fc.constant('add' as const), item: fc.constantFrom('a', 'b', 'c') }),
  fc.record({ kind: fc.constant('take' as const), item: fc.constant('') }),
  fc.record({ kind: fc.constant('done' as const), item: fc.constantFrom('a', 'b', 'c') }),
);

test('an item is in one pair of hands at most, and what was added is taken after that', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(anyStep), async (steps) => {
      await simulated(1, async (runtime) => {
        const queue = new Workqueue(runtime);
        const working = new Set<string>();
        const owed = new Set<string>();
        let isKept = true;
        for (const { kind, item } of steps) {
          if (kind === 'add') {
            queue.add(item);
            owed.add(item);
          } else if (kind === 'take' && queue.depth > 0) {
            const taken = (await queue.take()) ?? '';
            isKept &&= !working.has(taken) && owed.delete(taken);
            working.add(taken);
          } else if (kind === 'done' && working.delete(item)) {
            queue.done(item);
          }
        }
        expect(isKept).toBe(true);
        for (const item of working) queue.done(item);
        expect(new Set(await takeAll(queue))).toEqual(owed);
      });
    }),
  );
});

test('a worker that waits is given what comes', () =>
  simulated(1, async (runtime) => {
    const queue = new Workqueue(runtime);
    const waiting = [queue.take(), queue.take()];
    queue.add('a');
    queue.add('b');
    expect(await Promise.all(waiting)).toEqual(['a', 'b']);
  }));

/** When each item came, in whole milliseconds. */
async function arrivals(runtime: Runtime, queue: Workqueue, count: number): Promise<string[]> {
  const came: string[] = [];
  while (came.length < count) {
    const item = (await queue.take()) ?? '';
    came.push(`${item} ${Math.round(runtime.clock.monotonicMs())}`);
    queue.done(item);
  }
  return came;
}

test('of two delays of an item the earlier holds, and one take makes up for both', () =>
  simulated(1, async (runtime) => {
    const queue = new Workqueue(runtime);
    queue.addAfter('a', 500);
    queue.addAfter('a', 200);
    queue.addAfter('a', 300);
    queue.addAfter('b', 100);
    queue.addAfter('c', 900);
    expect(await arrivals(runtime, queue, 3)).toEqual(['b 100', 'a 200', 'c 900']);
  }));

test('what is delayed comes when it is due, in the order of the times', async () => {
  const anyDelays = fc.uniqueArray(fc.integer({ min: 1, max: 10_000 }), { maxLength: 50 });
  await fc.assert(
    fc.asyncProperty(anyDelays, (delays) =>
      simulated(1, async (runtime) => {
        const queue = new Workqueue(runtime);
        for (const delayMs of delays) queue.addAfter(`d${delayMs}`, delayMs);
        const expected = delays
          .toSorted((a, b) => a - b)
          .map((delayMs) => `d${delayMs} ${delayMs}`);
        expect(await arrivals(runtime, queue, delays.length)).toEqual(expected);
      }),
    ),
    { numRuns: 30 },
  );
});

test('an item that is taken is not due any more', () =>
  simulated(1, async (runtime) => {
    const queue = new Workqueue(runtime);
    queue.addAfter('a', 100);
    queue.add('a');
    await queue.take();
    queue.done('a');
    await sleep(runtime.clock, 1_000);
    expect(queue.depth).toBe(0);
  }));

test('a failure waits 100 ms, the next twice as long, up to a minute, a fifth less or more', () =>
  simulated(1, async (runtime) => {
    const queue = new Workqueue(runtime);
    for (let failures = 1; failures <= 14; failures++) {
      const startMs = runtime.clock.monotonicMs();
      queue.addRateLimited('a');
      await queue.take();
      const waitedMs = runtime.clock.monotonicMs() - startMs;
      const expectedMs = Math.min(60_000, 100 * 2 ** (failures - 1));
      expect(waitedMs).toBeGreaterThanOrEqual(expectedMs * 0.8);
      expect(waitedMs).toBeLessThanOrEqual(expectedMs * 1.2 + 1);
      expect(queue.failuresOf('a')).toBe(failures);
      queue.done('a');
    }
    queue.forget('a');
    expect(queue.failuresOf('a')).toBe(0);
  }));

test('what is urgent goes first, and what becomes urgent moves up', () =>
  simulated(1, async (runtime) => {
    const queue = new Workqueue(runtime);
    queue.add('period', priorities.periodic);
    queue.add('child', priorities.child);
    queue.add('user', priorities.urgent);
    queue.add('promoted', priorities.periodic);
    queue.add('promoted', priorities.urgent);
    queue.add('user', priorities.periodic);
    expect(await takeAll(queue)).toEqual(['user', 'promoted', 'child', 'period']);
  }));

test('added while worked on, it comes again with the most urgent reason', () =>
  simulated(1, async (runtime) => {
    const queue = new Workqueue(runtime);
    queue.add('a');
    await queue.take();
    queue.add('b', priorities.child);
    queue.add('a', priorities.urgent);
    queue.add('a', priorities.periodic);
    expect(queue.depth).toBe(1);
    queue.done('a');
    expect(await takeAll(queue)).toEqual(['a', 'b']);
  }));

test('clusters take turns, however much one of them has', () =>
  simulated(1, async (runtime) => {
    const queue = new Workqueue(runtime, (item) => item.charAt(0));
    for (const item of ['a1', 'a2', 'a3', 'a4', 'b1', 'c1', 'b2']) queue.add(item);
    expect(await takeAll(queue)).toEqual(['a1', 'b1', 'c1', 'a2', 'b2', 'a3', 'a4']);
  }));

test('nobody waits for ever behind what is more urgent', () => {
  const lines = new FairLines();
  lines.add('period', '', priorities.periodic);
  let taken = 0;
  for (let item = ''; item !== 'period'; taken++) {
    lines.add(`user${taken}`, '', priorities.urgent);
    item = lines.take() ?? '';
    expect(taken).toBeLessThan(20);
  }
  expect(taken).toBeGreaterThan(10);
});

test('shut down it gives out nothing more, and says when all hands are empty', () =>
  simulated(1, async (runtime) => {
    const queue = new Workqueue(runtime);
    queue.add('a');
    queue.addAfter('c', 10);
    await queue.take();
    const idle = queue.take();
    let isDown = false;
    const down = queue.shutDown().then(() => {
      isDown = true;
    });
    expect(await idle).toBeUndefined();
    queue.add('a');
    queue.add('b');
    queue.addRateLimited('d');
    await sleep(runtime.clock, 1_000);
    expect(isDown).toBe(false);
    queue.done('a');
    await down;
    expect(await queue.take()).toBeUndefined();
    expect(queue.depth).toBe(0);
  }));

test('what it tells to be counted is what happened', () =>
  simulated(1, async (runtime) => {
    const told: string[] = [];
    const queue = new Workqueue(runtime, () => '', {
      onAdded: () => told.push('added'),
      onTaken: (ms) => told.push(`taken after ${Math.round(ms)}`),
      onDone: (ms) => told.push(`done after ${Math.round(ms)}`),
      onRetried: () => told.push('retried'),
    });
    queue.add('a');
    queue.add('a');
    await sleep(runtime.clock, 20);
    await queue.take();
    await sleep(runtime.clock, 30);
    expect(queue.workingMs.map(Math.round)).toEqual([30]);
    queue.addRateLimited('a');
    queue.done('a');
    expect(told).toEqual(['added', 'taken after 20', 'retried', 'done after 30']);
  }));
