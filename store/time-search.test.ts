import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DrivenStore } from '../test/stores/driven-store.ts';

test('the offset by time is the one that a look at every message finds', async () => {
  const anySteps = fc.array(fc.constantFrom(0, 0, 1, 10), { maxLength: 30 });
  await fc.assert(
    fc.asyncProperty(anySteps, fc.integer({ min: -5, max: 60 }), async (steps, distance) => {
      const driven = new DrivenStore();
      await driven.open();
      const startMs = driven.runtime.clock.wallMs();
      const times: number[] = [];
      for (const step of steps) {
        await driven.pass(step);
        driven.put({ body: 'a' });
        times.push(driven.output.storeTimestamp);
      }
      const timeMs = startMs + distance;
      const queue = driven.store.topic('orders').queue(0);
      const first = times.findIndex((time) => time >= timeMs);
      const last = times.findLastIndex((time) => time <= timeMs);
      expect(driven.store.offsetByTime(queue, timeMs, 'LOWER')).toBe(
        first === -1 ? times.length : first,
      );
      expect(driven.store.offsetByTime(queue, timeMs, 'UPPER')).toBe(Math.max(0, last));
      const known = times.map((_, offset) => driven.store.storeTimeOf(queue, offset));
      expect(known).toEqual(times);
      expect(driven.store.storeTimeOf(queue, times.length)).toBeUndefined();
    }),
    { numRuns: 50 },
  );
});
