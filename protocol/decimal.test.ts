import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isDecimal, parseDecimal } from './decimal.ts';
import { quoteJson } from './json-quote.ts';
import { copyUnescaped } from './json-unescape.ts';

const parse = (text: string): number => parseDecimal(Buffer.from(`9${text}9`), 1, text.length + 1);

test('every safe number is read from its digits', () => {
  fc.assert(
    fc.property(fc.maxSafeInteger(), (value) => {
      expect(parse(String(value))).toBe(value);
    }),
  );
});

test('what is beyond is clamped, what is no number is NaN', () => {
  expect(parse('9223372036854775807')).toBe(Number.MAX_SAFE_INTEGER);
  expect(parse('-9223372036854775808')).toBe(-Number.MAX_SAFE_INTEGER);
  expect(['', '-', 'a', '1a', '1.0', '12345678901234567x'].map(parse)).toEqual(
    Array<number>(6).fill(Number.NaN),
  );
  expect(parseDecimal(Buffer.from('1'), -1, -1)).toBeNaN();
  expect(isDecimal(Buffer.from('-12'), 0, 3)).toBe(true);
});

test('unescaping writes the bytes of the text, however it was escaped', () => {
  const style = fc.constantFrom('java', 'node', 'units');
  const unit = (character: string): string =>
    `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), style, (text, how) => {
      const inJava = quoteJson(text).slice(1, -1);
      const inNode = JSON.stringify(text).slice(1, -1);
      const inUnits = text.split('').map(unit).join('');
      const escaped = { java: inJava, node: inNode, units: inUnits }[how];
      const source = Buffer.from(`"${escaped}"`);
      const target = Buffer.alloc(source.length + 3, 0xee);
      const end = copyUnescaped(target, 3, source, 1, source.length - 1);
      expect(target.toString('utf8', 3, end)).toBe(text);
      expect(end - 3).toBeLessThanOrEqual(source.length - 2);
      expect(target.subarray(end).every((byte) => byte === 0xee)).toBe(true);
    }),
  );
});
