import { memoryUsage } from 'node:process';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MalformedFrame } from '../protocol/mod.ts';
import { FrameCutter } from './frames.ts';

/** A frame with `headerBytes` and `bodyBytes` of recognisable content. */
function frameOf(headerBytes: number, bodyBytes: number): Buffer {
  const frame = Buffer.alloc(8 + headerBytes + bodyBytes, headerBytes & 0xff);
  frame.writeInt32BE(frame.length - 4, 0);
  frame.writeInt32BE(headerBytes, 4);
  return frame;
}

/** Hands over each piece in a buffer that is overwritten afterwards, as the network does. */
function pushBorrowed(cutter: FrameCutter, piece: Buffer, onFrame: (frame: Buffer) => boolean) {
  const borrowed = Buffer.from(piece);
  cutter.push(borrowed, (buffer, start, end) => onFrame(Buffer.from(buffer.subarray(start, end))));
  borrowed.fill(0xee);
}

const anyFrames = fc.array(
  fc.record({ headerBytes: fc.nat({ max: 300 }), bodyBytes: fc.nat({ max: 3000 }) }),
  { maxLength: 12 },
);

/** Cuts `bytes` at the given fractions of its length. */
function cutAt(bytes: Buffer, fractions: readonly number[]): Buffer[] {
  const places = fractions
    .map((fraction) => Math.floor(fraction * bytes.length))
    .sort((a, b) => a - b);
  return [...places, bytes.length].map((place, index) => {
    return bytes.subarray(index === 0 ? 0 : places[index - 1], place);
  });
}

const anyCuts = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 20 });

describe('FrameCutter', () => {
  test('gives the same frames wherever the stream is cut', () => {
    fc.assert(
      fc.property(anyFrames, anyCuts, (shapes, fractions) => {
        const frames = shapes.map(({ headerBytes, bodyBytes }) => frameOf(headerBytes, bodyBytes));
        const seen: Buffer[] = [];
        const cutter = new FrameCutter();
        for (const piece of cutAt(Buffer.concat(frames), fractions)) {
          pushBorrowed(cutter, piece, (frame) => seen.push(frame) > 0);
        }
        expect(seen).toEqual(frames);
        expect(cutter.waitingBytes).toBe(0);
      }),
    );
  });

  test('gives the same frames however often it is held back', () => {
    fc.assert(
      fc.property(anyFrames, anyCuts, fc.array(fc.boolean()), (shapes, fractions, stops) => {
        const frames = shapes.map(({ headerBytes, bodyBytes }) => frameOf(headerBytes, bodyBytes));
        const seen: Buffer[] = [];
        const cutter = new FrameCutter();
        const onFrame = (frame: Buffer): boolean => {
          seen.push(frame);
          return stops[seen.length % (stops.length + 1)] !== true;
        };
        for (const piece of cutAt(Buffer.concat(frames), fractions)) {
          pushBorrowed(cutter, piece, onFrame);
        }
        for (let left = frames.length; left > 0; left--) {
          cutter.resume((buffer, start, end) => onFrame(Buffer.from(buffer.subarray(start, end))));
        }
        expect(seen).toEqual(frames);
      }),
    );
  });

  test('hands on nothing while it is held back', () => {
    const cutter = new FrameCutter();
    let seen = 0;
    const stop = (): boolean => seen++ < 0;
    const frame = frameOf(1, 1);
    cutter.push(Buffer.concat([frame, frame]), stop);
    cutter.push(frame, stop);
    expect(seen).toBe(1);
    cutter.resume(stop);
    expect(seen).toBe(2);
  });

  test('a whole frame is handed on in place, not copied', () => {
    const bytes = frameOf(4, 4);
    let same = false;
    new FrameCutter().push(bytes, (buffer) => (same = buffer === bytes));
    expect(same).toBe(true);
  });

  test('a length word allocates nothing by itself', () => {
    const cutter = new FrameCutter();
    const before = memoryUsage().arrayBuffers;
    const claim = Buffer.from([0x00, 0xff, 0xff, 0xf0, 0x00, 0x00, 0x00, 0x10, 0x01]);
    cutter.push(claim, () => true);
    expect(cutter.waitingBytes).toBe(claim.length);
    expect(memoryUsage().arrayBuffers - before).toBeLessThan(1_000_000);
  });

  test.each([
    ['negative', [0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0]],
    ['too short for its own header length', [0, 0, 0, 3, 0, 0, 0, 0]],
    ['above 16 MiB with its length word', [0x00, 0xff, 0xff, 0xfd, 0, 0, 0, 0]],
    ['shorter than its header', [0, 0, 0, 8, 0, 0, 0, 5]],
  ])('refuses a frame whose length is %s', (_name, bytes) => {
    expect(() => new FrameCutter().push(Buffer.from(bytes), () => true)).toThrow(MalformedFrame);
    const cut = new FrameCutter();
    cut.push(Buffer.from(bytes.slice(0, 5)), () => true);
    expect(() => cut.push(Buffer.from(bytes.slice(5)), () => true)).toThrow(MalformedFrame);
  });

  test('takes a frame of exactly the limit', () => {
    const frame = frameOf(8, 84);
    let seen = 0;
    new FrameCutter(100).push(frame, () => seen++ === 0);
    expect(seen).toBe(1);
    expect(() => new FrameCutter(99).push(frame, () => true)).toThrow(MalformedFrame);
  });
});
