import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatProperties, parseProperties } from './properties.ts';
import { isReservedProperty, PROPERTY } from './property-names.ts';

test('reading is lenient: nameless and valueless items are skipped, the last separator may miss', () => {
  const text = 'k\u0001\u0002a\u0001b\u0002\u0001v\u0002zz\u0001y';
  expect([...parseProperties(text)]).toEqual([
    ['a', 'b'],
    ['zz', 'y'],
  ]);
  expect([...parseProperties(Buffer.from(text))]).toEqual([
    ['a', 'b'],
    ['zz', 'y'],
  ]);
});

test('a value goes on to the end of its item', () => {
  expect(parseProperties('a\u0001b\u0001c\u0002')).toEqual(new Map([['a', 'b\u0001c']]));
});

test('of equal names the last wins', () => {
  expect(parseProperties('a\u00011\u0002a\u00012\u0002')).toEqual(new Map([['a', '2']]));
});

test('parsing inverts formatting for every property that can be told', () => {
  // oxlint-disable-next-line eslint/no-control-regex -- the separators themselves
  const plain = fc.string({ minLength: 1 }).filter((text) => !/[\u0001\u0002]/.test(text));
  fc.assert(
    fc.property(fc.array(fc.tuple(plain, plain)), (entries) => {
      const properties = new Map(entries);
      expect(parseProperties(formatProperties(properties))).toEqual(properties);
    }),
  );
});

test('users may not set the properties that clients set', () => {
  expect(isReservedProperty(PROPERTY.UNIQUE_KEY)).toBe(true);
  expect(isReservedProperty(PROPERTY.DELAY)).toBe(true);
  expect(isReservedProperty(PROPERTY.INNER_MULTI_DISPATCH)).toBe(false);
  expect(isReservedProperty('colour')).toBe(false);
});
