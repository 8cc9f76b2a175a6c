import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ratiosOf, spreadOf } from './statistics.ts';

test('the median has as many values below as above, whatever their order', () => {
  fc.assert(
    fc.property(fc.array(fc.integer(), { minLength: 1 }), (values) => {
      const spread = spreadOf(values);
      const below = values.filter((value) => value < (spread?.median ?? 0)).length;
      const above = values.filter((value) => value > (spread?.median ?? 0)).length;
      expect(Math.max(below, above)).toBeLessThanOrEqual(values.length / 2);
      expect(spread?.min).toBe(Math.min(...values));
      expect(spread?.max).toBe(Math.max(...values));
    }),
  );
});

test('an even number of values has the middle of the two middle ones as its median', () => {
  expect(spreadOf([4, 1, 3, 2])).toEqual({ median: 2.5, min: 1, max: 4 });
});

test('nothing measured has no spread', () => {
  expect(spreadOf([])).toBeUndefined();
});

test('ratios pair the runs that were made beside each other', () => {
  expect(ratiosOf([10, 30], [5, 10])).toEqual([2, 3]);
  expect(ratiosOf([10, 30], [5])).toEqual([2]);
  expect(ratiosOf([10], [0])).toEqual([]);
});
