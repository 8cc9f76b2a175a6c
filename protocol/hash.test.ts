import { hash as nodeHash } from 'node:crypto';
import { crc32 as zlibCrc32 } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { crc32, loadNativeCrc32 } from './crc32.ts';
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

  test('stays the same when the native package is loaded', () => {
    const bytes = Buffer.alloc(300, 'checksum');
    const both = Buffer.concat([bytes, bytes]);
    const ends = [bytes.subarray(100), bytes.subarray(0, 100)];
    const before = [crc32(bytes, 0, 300), crc32(both, 100, 400)];
    expect(before).toEqual([bytes, Buffer.concat(ends)].map((of) => zlibCrc32(of) & 0x7fff_ffff));
    expect(['native', 'zlib']).toContain(loadNativeCrc32());
    expect([crc32(bytes, 0, 300), crc32(both, 100, 400)]).toEqual(before);
  });

  test('is left to zlib where the package is not there, or not for this machine', () => {
    const missing = Object.assign(new Error('Cannot find module'), { code: 'MODULE_NOT_FOUND' });
    const chain = Object.assign(new Error('Cannot find module'), {
      code: 'MODULE_NOT_FOUND',
      cause: missing,
    });
    for (const absence of [missing, new Error('Cannot find native binding', { cause: chain })]) {
      const load = () => {
        throw absence;
      };
      expect(loadNativeCrc32(load)).toBe('zlib');
    }
  });

  test('is not made by a package that is there and broken', () => {
    const broken = Object.assign(new Error('no GLIBC_2.99'), { code: 'ERR_DLOPEN_FAILED' });
    for (const error of [broken, new Error('Cannot find native binding', { cause: broken })]) {
      const load = () => {
        throw error;
      };
      expect(() => loadNativeCrc32(load)).toThrow(
        /^Cannot load @node-rs\/crc32: .*install it anew/,
      );
    }
    expect(() => loadNativeCrc32(() => undefined)).toThrow('Cannot load');
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
