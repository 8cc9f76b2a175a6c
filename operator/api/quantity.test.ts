import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { findAmount, findBytes, isSameAmount, requireBytes } from './quantity.ts';

const UNIT = 10n ** 9n;

/** A text and what it means, as a fraction: put together by other means than it is taken apart. */
const written = fc
  .record({
    digits: fc.nat(99_999_999),
    places: fc.nat(12),
    negative: fc.boolean(),
    scale: fc.constantFrom<readonly [suffix: string, base: bigint, power: number]>(
      ...(
        [
          ['n', -9],
          ['u', -6],
          ['m', -3],
          ['', 0],
          ['k', 3],
          ['M', 6],
          ['G', 9],
          ['T', 12],
          ['P', 15],
          ['E', 18],
          ['e3', 3],
          ['E-2', -2],
          ['e+18', 18],
        ] as const
      ).map(([suffix, power]) => [suffix, 10n, power] as const),
      ...['Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'].map(
        (suffix, index) => [suffix, 2n, 10 * (index + 1)] as const,
      ),
    ),
  })
  .map(({ digits, places, negative, scale: [suffix, base, power] }) => {
    const padded = String(digits).padStart(places + 1, '0');
    const at = padded.length - places;
    const number = places === 0 ? padded : `${padded.slice(0, at)}.${padded.slice(at)}`;
    const above = BigInt(digits) * (power > 0 ? base ** BigInt(power) : 1n);
    const below = 10n ** BigInt(places) * (power < 0 ? base ** BigInt(-power) : 1n);
    return { text: `${negative ? '-' : ''}${number}${suffix}`, suffix, negative, above, below };
  });

describe('an amount', () => {
  test('is what its digits and suffix say, to the billionth above', () => {
    fc.assert(
      fc.property(written, ({ text, suffix, negative, above, below }) => {
        const exact = (above * UNIT + below - 1n) / below;
        const max = (2n ** 63n - 1n) * UNIT;
        const size = suffix.endsWith('i') && exact > max ? max : exact;
        expect(findAmount(text), text).toBe(negative ? -size : size);
      }),
    );
  });

  test('of a suffix of two is 1024 of the one before it', () => {
    const binary = ['Ki', 'Mi', 'Gi', 'Ti', 'Pi'];
    fc.assert(
      fc.property(fc.nat(1_000), fc.integer({ min: 1, max: 4 }), (count, place) => {
        const larger = `${count}${binary[place]}`;
        expect(isSameAmount(larger, `${count * 1024}${binary[place - 1]}`)).toBe(true);
      }),
    );
  });

  test('is what Kubernetes says it is', () => {
    const file = new URL('testdata/quantities.json', import.meta.url);
    const rows = JSON.parse(readFileSync(file, 'utf8')) as [string, string | null][];
    expect(rows.length).toBeGreaterThan(50);
    for (const [text, amount] of rows) {
      expect(findAmount(text)?.toString() ?? null, text).toBe(amount);
    }
  });

  test('is one however it is written, and a byte more is another', () => {
    for (const [one, other] of [
      ['1', 1],
      ['.5', '500m'],
      ['100Gi', '107374182400'],
      ['1.5Gi', '1536Mi'],
      ['12E-1', '1200m'],
    ] as const) {
      expect(isSameAmount(one, other), `${one} and ${other}`).toBe(true);
    }
    expect(isSameAmount('1Gi', '1073741825')).toBe(false);
    expect(isSameAmount('1Gi', '1G')).toBe(false);
    expect(isSameAmount('-1', '1')).toBe(false);
  });

  test('is no text without one, nor one without an end', () => {
    const endless = [`1${'0'.repeat(300)}`, '1e9999', '1e-9999'];
    for (const none of ['', 'x', '1 Gi', '1gi', '1.2.3', undefined, null, {}, true, ...endless]) {
      expect(findAmount(none), JSON.stringify(none)).toBeUndefined();
      expect(isSameAmount(none, none)).toBe(false);
    }
  });
});

describe('a size', () => {
  test('is whole bytes, a part of one being one', () => {
    expect(['1Gi', '1.5Gi', '1e3', '1500m', '1n', '0', 7].map(findBytes)).toEqual([
      2 ** 30,
      1.5 * 2 ** 30,
      1_000,
      2,
      1,
      0,
      7,
    ]);
    expect(findBytes('-1')).toBeUndefined();
    expect(findBytes('much')).toBeUndefined();
  });

  test('that the schema let through is one', () => {
    expect(requireBytes('20Gi')).toBe(20 * 2 ** 30);
    expect(() => requireBytes('much')).toThrow('Expected a quantity, not "much"');
  });
});
