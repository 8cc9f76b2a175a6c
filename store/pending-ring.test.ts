import fc from 'fast-check';
import { expect, test } from 'vitest';
import { NO_QUEUE, PendingRing } from './pending-ring.ts';

interface Entry {
  readonly queue: number;
  readonly end: number;
  readonly keys: readonly number[];
}

const COPIES = 50;
const anyStep = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      push: fc.array(fc.integer(), { maxLength: 30 }),
      queue: fc.integer({ min: NO_QUEUE, max: 5 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ shift: fc.nat({ max: 900 }) }) },
  { weight: 1, arbitrary: fc.record({ pop: fc.nat({ max: 50 }) }) },
);

test('the ring holds what a list holds, however it grows and wraps', () => {
  fc.assert(
    fc.property(fc.array(anyStep, { minLength: 20, maxLength: 80 }), (steps) => {
      const ring = new PendingRing(1 << 20);
      const list: Entry[] = [];
      let end = 0;
      for (const step of steps) {
        if ('push' in step) {
          // Many at a time, so that the ring grows.
          for (let copy = 0; copy < COPIES; copy++) {
            end += 100;
            ring.push(step.queue, end, 100);
            ring.describe(end * 3, end + 1);
            for (const key of step.push) ring.pushKey(key);
            list.push({ queue: step.queue, end, keys: step.push });
          }
        } else if ('shift' in step) {
          for (let count = 0; count < step.shift && list.length > 0; count++) {
            requireSame(taken(ring), list.shift());
          }
        } else {
          const from = end - step.pop * 100;
          const popped = [];
          for (
            let queue = ring.popBehind(from);
            queue !== undefined;
            queue = ring.popBehind(from)
          ) {
            popped.push(queue);
          }
          const expected = [];
          while ((list.at(-1)?.end ?? -Infinity) > from) expected.push(list.pop()?.queue);
          expect(popped).toEqual(expected);
          end = list.at(-1)?.end ?? end;
        }
        expect(ring.length).toBe(list.length);
      }
      while (list.length > 0) requireSame(taken(ring), list.shift());
      expect(ring.firstEnd).toBe(Number.POSITIVE_INFINITY);
    }),
    { numRuns: 30 },
  );
});

/** Thousands of comparisons: by text, which is quicker than `toEqual`. */
function requireSame(found: Entry, expected: Entry | undefined): void {
  if (JSON.stringify(found) !== JSON.stringify(expected)) expect(found).toEqual(expected);
}

function taken(ring: PendingRing): Entry {
  const { firstEnd: end, firstQueue: queue } = ring;
  if (ring.firstTagsCode !== end * 3 || ring.firstTime !== end + 1) expect(ring).toBe(end);
  const keys = Array.from({ length: ring.firstKeyCount }, () => ring.takeKey());
  ring.shift();
  return { queue, end, keys };
}

test('the ring says when it is full', () => {
  const ring = new PendingRing(3);
  for (let end = 1; end <= 3; end++) {
    expect(ring.isFull).toBe(false);
    ring.push(0, end, 1);
  }
  expect(ring.isFull).toBe(true);
  ring.shift();
  expect(ring.isFull).toBe(false);
});
