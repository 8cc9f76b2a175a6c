import { expect, test } from 'vitest';
import { afterExit, type BackOff, NO_FAILURES } from './back-off.ts';

function delaysOf(...ranMs: number[]): number[] {
  let backOff: BackOff = NO_FAILURES;
  return ranMs.map((ran) => {
    backOff = afterExit(backOff, ran);
    return backOff.delayMs / 1000;
  });
}

test('the first restart comes at once, the next after 10 s, doubled up to five minutes', () => {
  expect(delaysOf(...Array<number>(8).fill(5))).toEqual([0, 10, 20, 40, 80, 160, 300, 300]);
});

test('a process that ran for ten minutes begins anew', () => {
  expect(delaysOf(5, 5, 599_999, 600_000, 5)).toEqual([0, 10, 20, 0, 10]);
});

test('however often it fails, the delay stays five minutes', () => {
  expect(afterExit({ failures: 100_000, delayMs: 300_000 }, 1).delayMs).toBe(300_000);
});
