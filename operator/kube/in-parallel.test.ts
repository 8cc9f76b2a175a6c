import fc from 'fast-check';
import { expect, test } from 'vitest';
import { inParallel } from './in-parallel.ts';

const turns = async (count: number): Promise<void> => {
  for (let turn = 0; turn < count; turn++) await Promise.resolve();
};

test('results come in the order of what they are of, and never more are under way', () =>
  fc.assert(
    fc.asyncProperty(
      fc.array(fc.nat({ max: 20 }), { maxLength: 30 }),
      fc.integer({ min: 1, max: 6 }),
      async (waits, atOnce) => {
        let [now, most] = [0, 0];
        const results = await inParallel(atOnce, waits, async (wait) => {
          most = Math.max(most, ++now);
          await turns(wait);
          now--;
          return wait;
        });
        expect(results).toEqual(waits);
        expect(most).toBe(Math.min(atOnce, waits.length));
      },
    ),
  ));

test('after a failure no further one begins', async () => {
  const begun: number[] = [];
  const all = inParallel(2, [0, 1, 2, 3, 4], async (one) => {
    begun.push(one);
    await turns(one === 0 ? 50 : 1);
    if (one === 1) throw new Error('no');
  });
  await expect(all).rejects.toThrow('no');
  await turns(100);
  expect(begun).toEqual([0, 1]);
});
