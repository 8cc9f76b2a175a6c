import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Prng } from './prng.ts';
import { Scheduler } from './scheduler.ts';

function drain(scheduler: Scheduler, endUs = Infinity): void {
  for (let run = scheduler.take(endUs); run !== undefined; run = scheduler.take(endUs)) run();
}

test('events run in the order of their times, each once, unless cancelled', () => {
  const event = fc.record({ delayUs: fc.nat(50), cancelled: fc.boolean() });
  fc.assert(
    fc.property(fc.array(event), fc.nat(), (events, seed) => {
      const scheduler = new Scheduler(new Prng(seed));
      const seen: number[] = [];
      for (const { delayUs, cancelled } of events) {
        const scheduled = scheduler.after(delayUs, () => seen.push(scheduler.nowUs));
        if (cancelled) scheduled.cancel();
      }
      drain(scheduler);
      const expected = events
        .filter(({ cancelled }) => !cancelled)
        .map(({ delayUs }) => delayUs)
        .sort((a, b) => a - b);
      expect(seen).toEqual(expected);
    }),
  );
});

test('what is due at the same instant runs in an order that the seed decides', () => {
  const orders = Array.from({ length: 20 }, (_, seed) => {
    const scheduler = new Scheduler(new Prng(seed));
    let order = '';
    for (const name of ['a', 'b', 'c']) {
      scheduler.after(1, () => {
        order += name;
      });
    }
    drain(scheduler);
    return order;
  });
  expect(new Set(orders).size).toBeGreaterThan(3);
});

test('nothing runs beyond the end, and time stands where it was told to', () => {
  const scheduler = new Scheduler(new Prng(1));
  scheduler.after(10, () => undefined);
  expect(scheduler.take(9)).toBeUndefined();
  scheduler.skipTo(9);
  expect(scheduler.nowUs).toBe(9);
  expect(scheduler.take(10)).toBeDefined();
});
