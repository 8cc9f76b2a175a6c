import { expect, test } from 'vitest';
import { Prng } from './prng.ts';

test('a seed means the same on every machine', () => {
  const prng = new Prng(1);
  expect([prng.next(), prng.next(), prng.next()]).toMatchInlineSnapshot(`
    [
      441792574,
      614447336,
      1644328534,
    ]
  `);
});

test('seeds and streams differ from their first draw on', () => {
  const firsts = Array.from({ length: 1_000 }, (_, seed) => new Prng(seed).next());
  const streams = ['a', 'b', 'ab', 'ba'].map((name) => new Prng(1).stream(name).next());
  expect(new Set([...firsts, ...streams]).size).toBe(1_004);
});

test('a draw in one stream does not shift another', () => {
  const root = new Prng(7);
  const untouched = root.stream('disk').next();
  root.next();
  root.stream('network').next();
  expect(root.stream('disk').next()).toBe(untouched);
});

test('draws stay within their bounds and reach them', () => {
  const prng = new Prng(3);
  const drawn = Array.from({ length: 500 }, () => prng.between(2, 4));
  expect(new Set(drawn)).toEqual(new Set([2, 3, 4]));
  const chances = Array.from({ length: 1_000 }, () => prng.chance(1, 4)).filter(Boolean);
  expect(chances.length).toBeGreaterThan(180);
  expect(chances.length).toBeLessThan(320);
});
