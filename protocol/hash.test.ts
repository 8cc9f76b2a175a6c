import { hash as nodeHash } from 'node:crypto';
import { crc32 as zlibCrc32 } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { crc32 } from './crc32.ts';
import { javaHash, javaHashBytes } from './hash.ts';

describe("Java's hash", () => {
  test.each([
    ['', 0],
    ['TagA', 2_598_919],
    ['TopicTest', -1_902_610_879],
    ['polygenelubricants', -2_147_483_648],
    ['TopicTest#k1', 2_746_024],
    ['TopicTest#7F0000010001', -889_979_725],
  ])('of "%s" is %i', (text, hash) => {
    expect(javaHash(text)).toBe(hash);
  });

  test('of bytes is that of their text, in one part or in two', () => {
    fc.assert(
      fc.property(fc.string(), fc.string({ unit: 'grapheme' }), (a, b) => {
        const bytes = Buffer.from(`--${a}${b}--`);
        const middle = 2 + Buffer.byteLength(a);
        const end = bytes.length - 2;
        expect(javaHashBytes(bytes, 2, end)).toBe(javaHash(a + b));
        const seed = javaHashBytes(bytes, 2, middle);
        expect(javaHashBytes(bytes, middle, end, seed)).toBe(javaHash(a + b));
      }),
    );
  });
});

describe('the checksum', () => {
  test('of "hello" is that of the specification', () => {
    expect(crc32(Buffer.from('--hello--'), 2, 7)).toBe(0x3610a686);
  });

  test('stays the same when so many are made that the native package is loaded', () => {
    const bytes = Buffer.alloc(300, 'checksum');
    const expected = zlibCrc32(bytes) & 0x7fff_ffff;
    for (let call = 0; call < 2100; call++) expect(crc32(bytes, 0, 300)).toBe(expected);
    expect(crc32(Buffer.concat([bytes, bytes]), 100, 400)).toBe(
      zlibCrc32(Buffer.concat([bytes.subarray(100), bytes.subarray(0, 100)])) & 0x7fff_ffff,
    );
  });

  test('is the same whichever way it is made, and never negative', () => {
    const sizes = fc.integer({ min: 0, max: 450 });
    fc.assert(
      fc.property(sizes, fc.nat({ max: 16 }), fc.nat(), (size, start, seed) => {
        const filler = Buffer.from(nodeHash('sha512', String(seed)), 'hex');
        const bytes = Buffer.alloc(start + size, filler);
        expect(crc32(bytes, start, start + size)).toBe(
          zlibCrc32(bytes.subarray(start)) & 0x7fff_ffff,
        );
      }),
    );
  });
});
