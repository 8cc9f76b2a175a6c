import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decompressLz4Frame } from './lz4-frame.ts';

const MAX = 1_000_000;
const HEADER = Buffer.from([0x04, 0x22, 0x4d, 0x18, 0x60, 0x40, 0x82]);
const END = Buffer.alloc(4);

/** A frame of blocks that are there already. */
function frameOf(...blocks: readonly Buffer[]): Buffer {
  const parts = blocks.flatMap((block) => {
    const size = Buffer.alloc(4);
    size.writeUInt32LE(block.length, 0);
    return [size, block];
  });
  return Buffer.concat([HEADER, ...parts, END]);
}

/** The longest run before `at` that repeats there: a slow and plain compressor to test with. */
function longestMatch(bytes: Buffer, at: number): { distance: number; length: number } {
  let best = { distance: 0, length: 0 };
  for (let distance = 1; distance <= at; distance++) {
    const repeats = (length: number): boolean =>
      at + length < bytes.length && bytes[at + length] === bytes[at + length - distance];
    let length = 0;
    while (repeats(length)) length++;
    if (length > best.length) best = { distance, length };
  }
  return best;
}

function lengthBytes(length: number): number[] {
  if (length < 15) return [];
  const bytes = Array.from({ length: Math.floor((length - 15) / 255) }, () => 255);
  return [...bytes, (length - 15) % 255];
}

function compressBlock(bytes: Buffer): Buffer {
  const out: number[] = [];
  let start = 0;
  const sequence = (end: number, match?: { distance: number; length: number }): void => {
    const literals = end - start;
    const more = (match?.length ?? 4) - 4;
    out.push((Math.min(literals, 15) << 4) | (match === undefined ? 0 : Math.min(more, 15)));
    out.push(...lengthBytes(literals), ...bytes.subarray(start, end));
    if (match !== undefined) {
      out.push(match.distance & 0xff, match.distance >> 8, ...lengthBytes(more));
    }
  };
  let at = 0;
  while (at < bytes.length) {
    const match = longestMatch(bytes, at);
    if (match.length < 4) at++;
    else {
      sequence(at, match);
      at += match.length;
      start = at;
    }
  }
  sequence(bytes.length);
  return Buffer.from(out);
}

describe('decompressLz4Frame()', () => {
  test('undoes compression, whatever repeats and wherever blocks end', () => {
    const anyWords = fc.array(fc.constantFrom('a', 'ab', 'abc', 'xyzzy', '0'.repeat(40)), {
      maxLength: 40,
    });
    fc.assert(
      fc.property(fc.array(anyWords, { maxLength: 4 }), (blocks) => {
        const texts = blocks.map((words) => Buffer.from(words.join('')));
        const frame = frameOf(...texts.filter(({ length }) => length > 0).map(compressBlock));
        expect(decompressLz4Frame(frame, MAX).toString()).toBe(Buffer.concat(texts).toString());
      }),
    );
  });

  test('reads blocks that are stored as they are, and skips checksums and sizes', () => {
    const frame = Buffer.concat([
      Buffer.from([0x04, 0x22, 0x4d, 0x18, 0x7c, 0x40]),
      Buffer.from([5, 0, 0, 0, 0, 0, 0, 0]),
      Buffer.from([0x99]),
      Buffer.from([5, 0, 0, 0x80]),
      Buffer.from('hello'),
      Buffer.from([1, 2, 3, 4]),
      END,
      Buffer.from([5, 6, 7, 8]),
    ]);
    expect(decompressLz4Frame(frame, MAX).toString()).toBe('hello');
  });

  test.each([
    ['is no frame', Buffer.from('not a frame at all')],
    ['is of another version', Buffer.from([0x04, 0x22, 0x4d, 0x18, 0x80, 0x40, 0, 0, 0, 0, 0])],
    ['needs a dictionary', Buffer.from([0x04, 0x22, 0x4d, 0x18, 0x61, 0x40, 0, 0, 0, 0, 0])],
    ['is cut', frameOf(compressBlock(Buffer.from('abcabcabcabc'))).subarray(0, 14)],
    ['has no end', frameOf(compressBlock(Buffer.from('abc'))).subarray(0, -4)],
    ['points before its start', frameOf(Buffer.from([0x10, 0x61, 9, 0, 0]))],
    ['is larger than allowed', frameOf(compressBlock(Buffer.alloc(MAX / 100, 'ab')))],
  ])('refuses what %s', (_name, frame) => {
    expect(() => decompressLz4Frame(frame, 1000)).toThrow(RangeError);
  });

  test('refuses with a RangeError whatever else it is given', () => {
    const outcome = (frame: Buffer): unknown => {
      try {
        return decompressLz4Frame(frame, 10_000).length;
      } catch (error) {
        return error instanceof RangeError ? 'refused' : error;
      }
    };
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        expect(['number', 'string']).toContain(typeof outcome(frameOf(Buffer.from(bytes))));
      }),
      { numRuns: 2000 },
    );
  });
});
