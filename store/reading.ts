/**
 * Reads messages of a queue for a consumer: walks the queue's entries from an offset, asks the
 * filter by tag code, and says which stretches of the log to send. Touches no message.
 *
 * The limits are RocketMQ's: less is handed out at once when the messages are no longer in memory,
 * a filtered read looks at a bounded number of entries, one message is always handed out however
 * large it is.
 */
import type { ConsumeQueue } from './consume-queue.ts';
import { ENTRY_BYTES, EntryRun } from './entry-run.ts';
import { type QueueOffset, queueOffset } from './offsets.ts';

export type ReadStatus =
  | 'FOUND'
  | 'NO_MATCHED_MESSAGE'
  | 'MESSAGE_WAS_REMOVING'
  | 'NO_MESSAGE_IN_QUEUE'
  | 'OFFSET_FOUND_NULL'
  | 'OFFSET_TOO_SMALL'
  | 'OFFSET_OVERFLOW_ONE'
  | 'OFFSET_OVERFLOW_BADLY';

export interface ReadLimits {
  readonly bytesInMemory: number;
  readonly messagesInMemory: number;
  readonly bytesOnDisk: number;
  readonly messagesOnDisk: number;
  /** How far behind the end of the log a message counts as in memory. */
  readonly memoryBytes: number;
  /** Bytes of queue entries that a filtered read looks at. */
  readonly filterBytes: number;
}

/** What a consumer asks for; one object may serve all. */
export class QueueQuery {
  queue: ConsumeQueue | undefined = undefined;
  offset = 0;
  messagesMax = 32;
  bytesMax = 128 * 1024 * 1024;
  /** By the lower 32 bits of the tags code; undefined: all messages match. */
  matches: ((tagsHash: number) => boolean) | undefined = undefined;
}

/** What to send; one object may serve all. Spans are stretches of the log, adjacent ones joined. */
export class QueueRead {
  status: ReadStatus = 'NO_MESSAGE_IN_QUEUE';
  nextOffset: QueueOffset = queueOffset(0);
  minOffset: QueueOffset = queueOffset(0);
  maxOffset: QueueOffset = queueOffset(0);
  messages = 0;
  bytes = 0;
  spans = 0;
  readonly starts: number[] = [];
  readonly lengths: number[] = [];
  /** The reader is so far behind that a replica might serve it better. */
  isFarBehind = false;

  /** Forgets all spans. */
  clear(): void {
    this.messages = 0;
    this.bytes = 0;
    this.spans = 0;
    this.isFarBehind = false;
  }

  add(start: number, length: number): void {
    const last = this.spans - 1;
    this.messages++;
    this.bytes += length;
    if (last >= 0 && (this.starts[last] as number) + (this.lengths[last] as number) === start) {
      this.lengths[last] = (this.lengths[last] as number) + length;
      return;
    }
    this.starts[this.spans] = start;
    this.lengths[this.spans] = length;
    this.spans++;
  }
}

/** Where the log begins and ends for readers. */
export interface LogBounds {
  readonly min: number;
  readonly max: number;
}

export class QueueReader {
  limits: ReadLimits;
  readonly #run = new EntryRun();
  #next = 0;
  #isCut = false;
  #lastLogOffset = 0;

  constructor(limits: ReadLimits) {
    this.limits = limits;
  }

  read(query: QueueQuery, bounds: LogBounds, result: QueueRead): void {
    const { queue, offset } = query;
    result.clear();
    const min = queue?.minOffset ?? 0;
    const max = queue?.maxOffset ?? 0;
    result.minOffset = queueOffset(min);
    result.maxOffset = queueOffset(max);
    if (queue === undefined || max === 0) this.#refuse(result, 'NO_MESSAGE_IN_QUEUE', 0);
    else if (offset < min) this.#refuse(result, 'OFFSET_TOO_SMALL', min);
    else if (offset === max) this.#refuse(result, 'OFFSET_OVERFLOW_ONE', offset);
    else if (offset > max) this.#refuse(result, 'OFFSET_OVERFLOW_BADLY', max);
    else this.#walk(queue, query, bounds, result);
  }

  #refuse(result: QueueRead, status: ReadStatus, next: number): void {
    result.status = status;
    result.nextOffset = queueOffset(next);
  }

  #begin(offset: number): void {
    this.#next = offset;
    this.#isCut = false;
  }

  #walk(queue: ConsumeQueue, query: QueueQuery, bounds: LogBounds, result: QueueRead): void {
    const { filterBytes } = this.limits;
    const examinedMax = Math.ceil(
      Math.max(filterBytes, query.messagesMax * ENTRY_BYTES) / ENTRY_BYTES,
    );
    const end = Math.min(queue.maxOffset, query.offset + examinedMax);
    const run = this.#run;
    this.#begin(query.offset);
    let isFull = false;
    while (!isFull && this.#next < end) {
      queue.entries(this.#next, end - this.#next, run);
      if (run.count === 0) break;
      isFull = this.#takeRun(query, bounds, result);
    }
    result.nextOffset = queueOffset(this.#next);
    if (result.messages > 0) result.status = 'FOUND';
    else if (this.#next === query.offset) this.#skipFile(queue, result);
    else result.status = this.#isCut ? 'MESSAGE_WAS_REMOVING' : 'NO_MATCHED_MESSAGE';
    result.isFarBehind = bounds.max - this.#lastLogOffset > this.limits.memoryBytes;
  }

  /** Takes what matches; true when the answer is full. */
  #takeRun(query: QueueQuery, { min, max }: LogBounds, result: QueueRead): boolean {
    const run = this.#run;
    for (let index = 0; index < run.count; index++) {
      const start = run.logOffset(index);
      const size = run.size(index);
      if (this.#isFull(query, result, max - start, size)) return true;
      this.#next++;
      this.#lastLogOffset = start;
      if (start < min || !run.isMessage(index)) {
        this.#isCut = true;
      } else if (query.matches === undefined || query.matches(run.tagsHash(index))) {
        result.add(start, size);
      }
    }
    return false;
  }

  #isFull(query: QueueQuery, result: QueueRead, behind: number, size: number): boolean {
    if (result.messages === 0) return false;
    const { limits } = this;
    const isInMemory = behind <= limits.memoryBytes;
    const bytesMax = isInMemory ? limits.bytesInMemory : limits.bytesOnDisk;
    const messagesMax = isInMemory ? limits.messagesInMemory : limits.messagesOnDisk;
    return (
      result.messages >= Math.min(query.messagesMax, messagesMax) ||
      result.bytes + size > Math.min(query.bytesMax, bytesMax)
    );
  }

  /** Nothing can be read at the offset: go on with the next file of the queue. */
  #skipFile(queue: ConsumeQueue, result: QueueRead): void {
    result.status = 'OFFSET_FOUND_NULL';
    result.nextOffset = queueOffset(Math.min(queue.nextFileOffset(this.#next), queue.maxOffset));
  }
}
