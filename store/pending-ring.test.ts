import fc from 'fast-check';
import { expect, test } from 'vitest';
import { NO_QUEUE, PendingRing } from './pending-ring.ts';

interface Entry {
  readonly queue: number;
  readonly end: number;
  readonly keys: readonly number[];
}

/** The ring beside a list that says what the ring must say. */
class Twins {
  readonly ring = new PendingRing(1 << 20);
  readonly list: Entry[] = [];
  readonly #told: unknown[] = [];
  readonly #expected: unknown[] = [];
  #end = 0;

  push(queue: number, keys: readonly number[]): void {
    this.#end += 100;
    this.ring.push(queue, this.#end, 100);
    this.ring.describe(this.#end * 3, this.#end + 1);
    for (const key of keys) this.ring.pushKey(key);
    this.list.push({ queue, end: this.#end, keys });
  }

  shift(): void {
    const entry = this.list.shift();
    if (entry === undefined) return;
    const { ring } = this;
    const { firstEnd: end, firstQueue: queue, firstTagsCode, firstTime, firstSize } = ring;
    const keys = Array.from({ length: ring.firstKeyCount }, () => ring.takeKey());
    ring.shift();
    this.#told.push({ queue, end, keys }, [firstTagsCode, firstTime, firstSize]);
    this.#expected.push(entry, [entry.end * 3, entry.end + 1, 100]);
  }

  pop(count: number): void {
    const from = this.#end - count * 100;
    for (;;) {
      const queue = this.ring.popBehind(from);
      if (queue === undefined) break;
      this.#told.push(queue);
    }
    for (let last = this.list.at(-1); last !== undefined && last.end > from; ) {
      this.#expected.push(last.queue);
      this.list.pop();
      last = this.list.at(-1);
    }
    this.#end = this.list.at(-1)?.end ?? this.#end;
  }

  /** What the ring told and what it should have, as text: thousands of entries compare quickly. */
  finish(): [told: string, expected: string] {
    while (this.list.length > 0) this.shift();
    return [JSON.stringify(this.#told), JSON.stringify(this.#expected)];
  }
}

/** Pushes come many at a time, so that the ring grows. */
const anyPush = fc
  .tuple(fc.integer({ min: NO_QUEUE, max: 5 }), fc.array(fc.integer(), { maxLength: 30 }))
  .map(([queue, keys]) => (twins: Twins) => {
    for (let copy = 0; copy < 50; copy++) twins.push(queue, keys);
  });
const anyShift = fc.nat({ max: 900 }).map((count) => (twins: Twins) => {
  for (let shifted = 0; shifted < count; shifted++) twins.shift();
});
const anyPop = fc.nat({ max: 50 }).map((count) => (twins: Twins) => twins.pop(count));
const anyStep = fc.oneof(
  { weight: 6, arbitrary: anyPush },
  { weight: 2, arbitrary: anyShift },
  { weight: 1, arbitrary: anyPop },
);

test('the ring holds what a list holds, however it grows and wraps', () => {
  fc.assert(
    fc.property(fc.array(anyStep, { minLength: 20, maxLength: 80 }), (steps) => {
      const twins = new Twins();
      for (const step of steps) {
        step(twins);
        expect(twins.ring.length).toBe(twins.list.length);
      }
      const [told, expected] = twins.finish();
      expect(told).toBe(expected);
      expect(twins.ring.firstEnd).toBe(Number.POSITIVE_INFINITY);
    }),
    { numRuns: 30 },
  );
});

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
