import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Chunk, LogTail } from './log-tail.ts';

const TAIL_BYTES = 16 * 1024 * 1024;

/** Appends `bytes` bytes, each the low byte of its place. */
function append(tail: LogTail, bytes: number): Chunk {
  const chunk = tail.chunkFor(bytes);
  for (let index = 0; index < bytes; index++) {
    chunk.buffer[chunk.used + index] = (chunk.start + chunk.used + index) & 255;
  }
  chunk.used += bytes;
  return chunk;
}

test('what the tail finds is what was appended there', () => {
  const anyStep = fc.oneof(
    fc.record({ append: fc.integer({ min: 1, max: 700_000 }) }),
    fc.record({ cut: fc.integer({ min: 0, max: 900_000 }) }),
    fc.record({ skip: fc.integer({ min: 0, max: 5_000 }) }),
  );
  fc.assert(
    fc.property(fc.array(anyStep, { maxLength: 40 }), (steps) => {
      const tail = new LogTail(TAIL_BYTES, 1000);
      let end = 1000;
      for (const step of steps) {
        if ('append' in step) {
          append(tail, step.append);
          end += step.append;
        } else if ('cut' in step) {
          end = Math.max(1000, end - step.cut);
          tail.cutTo(end);
        } else {
          end += step.skip;
          tail.startAt(end);
        }
        expect(tail.current.end).toBe(end);
        const chunk = tail.find(end - 1);
        const place = end - 1;
        expect(chunk?.buffer[place - chunk.start] ?? place & 255).toBe(place & 255);
      }
    }),
    { numRuns: 50 },
  );
});

test('the tail keeps within its bound and drops the oldest', () => {
  const tail = new LogTail(TAIL_BYTES, 0);
  for (let count = 0; count < 60; count++) append(tail, 1_000_000);
  const kept = tail.chunksFrom(0);
  const bytes = kept.reduce((sum, { buffer }) => sum + buffer.length, 0);
  expect(bytes).toBeLessThanOrEqual(TAIL_BYTES);
  expect(tail.find(60_000_000 - 8_000_000)).toBeDefined();
  expect(tail.find(1_000_000)).toBeUndefined();
});

test('what has not been written stays, however much it is', () => {
  const tail = new LogTail(TAIL_BYTES, 0);
  tail.unwrittenFrom = 1_000_000;
  for (let count = 0; count < 60; count++) append(tail, 1_000_000);
  expect(tail.find(1_000_000)?.end).toBeGreaterThan(1_000_000);
  expect(tail.chunksFrom(1_000_000).at(-1)?.end).toBe(60_000_000);
  tail.unwrittenFrom = 60_000_000;
  append(tail, 10_000_000);
  expect(tail.find(1_000_000)).toBeUndefined();
});

test('chunks are no larger than the files of the log', () => {
  const tail = new LogTail(TAIL_BYTES, 0, 8192);
  for (let file = 0; file < 1000; file++) tail.startAt(file * 8192);
  const bytes = tail.chunksFrom(-1).reduce((sum, { buffer }) => sum + buffer.length, 0);
  expect(bytes).toBeLessThan(1000 * 8300);
});

test('bytes that are lent do not change before they are given back', () => {
  const tail = new LogTail(TAIL_BYTES, 0);
  for (let count = 0; count < 20; count++) append(tail, 1_000_000);
  const lent = tail.chunksFrom(0)[0] as Chunk;
  lent.lent++;
  const view = lent.buffer.subarray(0, lent.used);
  const before = Buffer.from(view);
  for (let count = 0; count < 60; count++) append(tail, 1_000_000);
  expect(view.equals(before)).toBe(true);
});

test('chunks that nobody holds are used again', () => {
  const tail = new LogTail(TAIL_BYTES, 0);
  const buffers = new Set<ArrayBufferLike>();
  for (let count = 0; count < 200; count++) buffers.add(append(tail, 1_000_000).buffer.buffer);
  expect(buffers.size).toBeLessThan(12);
});

test('after a cut, bytes that a reader holds are not written over', () => {
  const tail = new LogTail(TAIL_BYTES, 0);
  const chunk = append(tail, 1000);
  chunk.lent++;
  const view = chunk.buffer.subarray(0, 1000);
  tail.cutTo(400);
  const next = tail.chunkFor(600);
  next.buffer.fill(7, next.used, next.used + 600);
  expect(view[999]).toBe(999 & 255);
});

test('a record larger than a chunk gets one of its own', () => {
  const tail = new LogTail(TAIL_BYTES, 0);
  const bytes = 5 * 1024 * 1024;
  expect(append(tail, bytes).end).toBe(bytes);
  expect(tail.find(0)).toBe(tail.find(bytes - 1));
});
