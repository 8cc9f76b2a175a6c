import { expect, test } from 'vitest';
import { Patience } from './patience.ts';

test('of a process that is silent less is expected, and now and then as much as of any other', () => {
  const patience = new Patience();
  const waits = Array.from({ length: 21 }, () => {
    const waitMs = patience.ofMs('a');
    patience.wasSilent('a');
    return waitMs;
  });
  const some = Array.from({ length: 9 }, () => 500);
  expect(waits).toEqual([2_000, ...some, 2_000, ...some, 2_000]);
  expect(patience.ofMs('b')).toBe(2_000);
  patience.answered('a');
  expect(patience.ofMs('a')).toBe(2_000);
});

test('of the silent no more than a thousand are remembered', () => {
  const patience = new Patience();
  for (let index = 0; index <= 1_000; index++) patience.wasSilent(`${index}`);
  expect(patience.ofMs('0')).toBe(2_000);
  expect(patience.ofMs('1')).toBe(500);
});
