import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Progress } from './progress.ts';

describe('Progress', () => {
  test('never passes what is not done, and reaches the end when all is', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.nat({ max: 40 }), { maxLength: 20 }),
        fc.nat(),
        (offsets, seed) => {
          const sorted = offsets.toSorted((a, b) => a - b);
          const next = (sorted.at(-1) ?? 0) + 1;
          const progress = new Progress(0);
          progress.begin(sorted, next);
          const open = new Set(sorted);
          const order = sorted.toSorted((a, b) => ((a * 31 + seed) % 17) - ((b * 31 + seed) % 17));
          for (const offset of order) {
            expect(progress.offset).toBe(Math.min(...open));
            progress.done(offset);
            open.delete(offset);
          }
          expect(progress.offset).toBe(next);
        },
      ),
    );
  });

  test('forgets what was open when the queue goes on elsewhere', () => {
    const progress = new Progress(5);
    progress.begin([5, 6], 7);
    progress.moveTo(100);
    expect(progress.offset).toBe(100);
  });
});
