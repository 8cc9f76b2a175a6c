import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { viewOf } from './last-view.ts';
import { isPlain, SeenBytes } from './seen-bytes.ts';

const BYTES_MAX = 64;

/** Takes in `bytes` as if as many had come before. */
function taken(bytes: Buffer, free: Uint8Array): SeenBytes {
  const seen = new SeenBytes(BYTES_MAX);
  seen.isWorth(bytes.length);
  expect(seen.isWorth(bytes.length)).toBe(true);
  seen.take(viewOf(bytes), 0, bytes.length, free);
  return seen;
}

const anyBytes = fc.uint8Array({ minLength: 4, maxLength: BYTES_MAX });
const anyByte = fc.oneof(fc.integer({ min: 0x20, max: 0x7f }), fc.integer({ min: 0, max: 255 }));

test('bytes are known that are the same, but for plain ones where any may stand', () => {
  fc.assert(
    fc.property(
      anyBytes,
      fc.infiniteStream(fc.constantFrom(0, 1)),
      fc.array(fc.tuple(fc.nat(), anyByte), { maxLength: 3 }),
      fc.nat({ max: 5 }),
      (bytes, freedom, changes, padding) => {
        const free = Uint8Array.from(bytes, (byte) =>
          freedom.next().value === 1 && isPlain(byte) ? 1 : 0,
        );
        const seen = taken(Buffer.from(bytes), free);
        const other = Buffer.concat([Buffer.alloc(padding), bytes, Buffer.from('"')]);
        for (const [at, byte] of changes) other[padding + (at % bytes.length)] = byte;
        const isSame = [...bytes].every((byte, index) => {
          const now = other[padding + index] as number;
          return now === byte || (free[index] === 1 && isPlain(now));
        });
        const end = padding + bytes.length;
        expect(seen.knows(viewOf(other), padding, end)).toBe(isSame);
      },
    ),
    { numRuns: 2000 },
  );
});

test('plain are all bytes of ASCII text but quotes, backslashes, spaces and controls', () => {
  const all = Array.from({ length: 256 }, (_, byte) => byte).filter(isPlain);
  const text = String.fromCharCode(...all);
  expect(JSON.stringify(text)).toBe(`"${text}"`);
  expect([text.length, text[0], text.at(-1)]).toEqual([0x80 - 0x23 - 1, '#', '\u007f']);
});

describe('it is worth taking in', () => {
  test('what is as long as what came before, and neither too short nor too long', () => {
    const seen = new SeenBytes(BYTES_MAX);
    const worths = [10, 10, 12, 12, 3, 3, 65, 65].map((bytes) => seen.isWorth(bytes));
    expect(worths).toEqual([false, true, false, true, false, false, false, false]);
  });

  test('nothing for a while, after what never came again', () => {
    const bytes = Buffer.from('abcdefgh');
    const seen = taken(bytes, new Uint8Array(8));
    const worths = Array.from({ length: 20 }, () => seen.isWorth(8));
    expect(worths).toEqual([...Array<boolean>(16).fill(false), ...Array<boolean>(4).fill(true)]);
    seen.take(viewOf(bytes), 0, 8, new Uint8Array(8));
    expect(seen.knows(viewOf(bytes), 0, 8)).toBe(true);
    expect(seen.isWorth(8)).toBe(true);
  });
});

test('what was forgotten is not known', () => {
  const bytes = Buffer.from('abcd');
  const seen = taken(bytes, new Uint8Array(4));
  seen.forget();
  expect(seen.knows(viewOf(bytes), 0, 4)).toBe(false);
  expect(seen.knows(viewOf(bytes), 0, 0)).toBe(false);
});
