/**
 * Finds messages of a queue by the time they were stored. Entries have no time: it is read from
 * the log, for about twenty messages of a queue however long it is.
 */
import type { ConsumeQueue } from './consume-queue.ts';
import { EntryRun } from './entry-run.ts';
import { type QueueOffset, queueOffset } from './offsets.ts';

/** Between two messages: the later one, or the earlier. */
export type Boundary = 'LOWER' | 'UPPER';

/** The store time of the record of `size` bytes at `logOffset`; undefined when it is gone. */
export type StoreTimeOf = (logOffset: number, size: number) => number | undefined;

/**
 * LOWER: the first message stored at `timeMs` or later, the queue's end when there is none.
 * UPPER: the last message stored at `timeMs` or earlier.
 */
export function offsetByTime(
  queue: ConsumeQueue,
  timeMs: number,
  boundary: Boundary,
  storeTimeOf: StoreTimeOf,
): QueueOffset {
  // The first message that is later, or, for LOWER, not earlier.
  const isBefore = (time: number): boolean =>
    boundary === 'LOWER' ? time < timeMs : time <= timeMs;
  const run = new EntryRun();
  let low: number = queue.minOffset;
  let high: number = queue.maxOffset;
  while (low < high) {
    const middle = low + Math.floor((high - low) / 2);
    queue.entries(middle, 1, run);
    const time =
      run.count === 1 && run.isMessage(0) ? storeTimeOf(run.logOffset(0), run.size(0)) : 0;
    if (isBefore(time ?? 0)) low = middle + 1;
    else high = middle;
  }
  const found = boundary === 'LOWER' ? low : low - 1;
  return queueOffset(Math.max(queue.minOffset, Math.min(found, queue.maxOffset)));
}
