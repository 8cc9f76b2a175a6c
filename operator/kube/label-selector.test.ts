import { expect, test } from 'vitest';
import { findLabelSelector } from './label-selector.ts';

const labels = { tier: 'gold', 'gantrymq.io/cluster': 'orders', empty: '' };

test('all requirements hold, or it does not match', () => {
  for (const [text, matches] of [
    ['', true],
    ['tier=gold', true],
    ['tier==gold', true],
    ['tier = silver', false],
    ['tier!=silver', true],
    ['missing!=x', true],
    ['missing=', false],
    ['empty=', true],
    ['tier in (gold, silver)', true],
    ['tier in (silver)', false],
    ['tier notin (silver)', true],
    ['missing notin (x)', true],
    ['missing in (x)', false],
    ['tier', true],
    ['!tier', false],
    ['!missing', true],
    ['gantrymq.io/cluster=orders,tier in (gold,silver),!test', true],
    ['gantrymq.io/cluster=orders,test', false],
  ] as const) {
    expect(findLabelSelector(text)?.(labels), text).toBe(matches);
  }
});

test('what is no selector is none', () => {
  for (const text of ['tier=a=b', 'tier in gold', 'tier in (a', '=x', 'a,,b', 'tier=sp ace']) {
    expect(findLabelSelector(text), text).toBeUndefined();
  }
});
