import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LastView } from '../../protocol/mod.ts';
import { Piece, putDecimal, putHex16 } from './answer-pieces.ts';

const buffer = Buffer.alloc(400);
const view = new LastView().of(buffer);
const anyNumber = fc.oneof(
  fc.maxSafeInteger(),
  fc.integer(),
  fc.integer({ min: -101, max: 101 }),
  fc.constantFrom(0x7fff_ffff, 0x8000_0000, 99, 100, 4_294_967_296),
);

test('a number is put as it prints', () => {
  fc.assert(
    fc.property(anyNumber, (number) => {
      const end = putDecimal(view, 5, number);
      expect(buffer.toString('latin1', 5, end)).toBe(String(number));
    }),
    { numRuns: 2000 },
  );
});

test('an offset is put in sixteen digits', () => {
  fc.assert(
    fc.property(fc.maxSafeNat(), (number) => {
      const end = putHex16(view, 5, number);
      const digits = number.toString(16).toUpperCase().padStart(16, '0');
      expect(buffer.toString('latin1', 5, end)).toBe(digits);
    }),
  );
});

test('pieces put one behind the other are the text of all', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'binary-ascii', maxLength: 30 })), (texts) => {
      const all = texts.slice(0, 12);
      let end = 3;
      for (const text of all) end = new Piece(Buffer.from(text)).put(view, end);
      expect(buffer.toString('latin1', 3, end)).toBe(all.join(''));
    }),
  );
});
