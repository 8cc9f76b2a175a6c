import fc from 'fast-check';
import { expect, test } from 'vitest';
import { findAmount, isSameAmount } from './quantity.ts';

const binary = ['Ki', 'Mi', 'Gi', 'Ti'];

test('a suffix of two is 1024 of the one before it', () => {
  const anyAmount = fc.record({ count: fc.nat(1_000_000), place: fc.integer({ min: 1, max: 3 }) });
  fc.assert(
    fc.property(anyAmount, ({ count, place }) => {
      const larger = `${count}${binary[place]}`;
      expect(isSameAmount(larger, `${count * 1024}${binary[place - 1]}`)).toBe(true);
    }),
  );
});

test('an amount is the same however it is written', () => {
  for (const [one, other] of [
    ['1', 1],
    ['1', '1000m'],
    ['0.5', '500m'],
    ['.5', '500m'],
    ['1.', '1'],
    ['100Gi', '107374182400'],
    ['1.5Gi', '1536Mi'],
    ['1e3', '1k'],
    ['12E-1', '1200m'],
    ['1E', '1000P'],
    ['+1', '1'],
  ] as const) {
    expect(isSameAmount(one, other), `${one} and ${other}`).toBe(true);
  }
});

test('a byte more is another amount, and what is no amount is like none', () => {
  expect(isSameAmount('1Gi', '1073741825')).toBe(false);
  expect(isSameAmount('1Gi', '1G')).toBe(false);
  expect(isSameAmount('-1', '1')).toBe(false);
  for (const none of ['', 'x', '1 Gi', '1gi', '1.2.3', '1ei', undefined, null, {}, true]) {
    expect(findAmount(none), JSON.stringify(none)).toBeUndefined();
    expect(isSameAmount(none, none)).toBe(false);
  }
});

test('less than a billionth is a billionth, as Kubernetes rounds', () => {
  expect(isSameAmount('0.0000000001', '1n')).toBe(true);
});
