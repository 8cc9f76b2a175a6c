import fc from 'fast-check';
import { expect, test } from 'vitest';
import { canonicalHash, canonicalJson } from './canonical.ts';

test('the order in which members were set makes no difference, nor do undefined ones', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (object) => {
      const backwards = Object.fromEntries(Object.entries(object).reverse());
      expect(canonicalJson({ ...backwards, nothing: undefined })).toBe(canonicalJson(object));
      expect(canonicalHash(backwards)).toBe(canonicalHash(object));
    }),
  );
});

test('it is JSON of the same value', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
    }),
  );
});

test('another value has another hash; the order of a list counts', () => {
  expect(canonicalHash({ a: [1, 2] })).not.toBe(canonicalHash({ a: [2, 1] }));
  expect(canonicalHash({ a: '1' })).not.toBe(canonicalHash({ a: 1 }));
});
