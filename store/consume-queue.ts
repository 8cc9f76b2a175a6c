/**
 * A queue of a topic: for each message, in order, where it lies in the commit log, its size and the
 * code of its tags (RocketMQ's SimpleCQ: 20 bytes an entry, files of equal size).
 *
 * The newest entries are kept in memory and written to the files later, many at once: what a crash
 * takes is made again from the commit log.
 *
 * Invariant: the entry of queue offset q is at byte 20 q, holds only confirmed messages, and
 * `first in memory ≤ written ≤ maxOffset ≤ nextOffset`.
 */
import { viewOf } from '../protocol/mod.ts';
import { DiskError } from '../runtime/mod.ts';
import { ENTRY_BYTES, EntryRun, FILLER_SIZE, SIZE_AT, TAGS_AT } from './entry-run.ts';
import { writeInt64 } from './int64.ts';
import { type QueueOffset, queueOffset } from './offsets.ts';
import type { QueueFiles } from './queue-files.ts';
import type { QueueMemory } from './queue-memory.ts';
import type { StoredTopic } from './stored-topic.ts';

const ENTRIES_IN_MEMORY_MIN = 32;
/** A longer gap is no gap but damage: the queue begins anew behind it. */
const FILLERS_MAX = 1_000_000;

export class ConsumeQueue {
  readonly topic: StoredTopic;
  readonly queueId: number;
  /** Its place in the table of queues, by which rings refer to it. */
  readonly reference: number;
  readonly #files: QueueFiles;
  readonly #memory: QueueMemory;
  #ring: Buffer;
  #view: DataView;
  #ringFirst = 0;
  #written = 0;
  #max = 0;
  #min = 0;
  /** The queue offset of the next message, confirmed or not. */
  nextOffset = 0;
  /** Pulls that wait for it to grow: their owner's, the store does not look at it. */
  waiters: unknown = undefined;
  /** Whether it is in the list of those to be written. */
  isDirty = false;
  /** Whether it grew in the round that `Dispatch` is in. */
  hasGrown = false;
  /** Its files were destroyed: what still refers to it adds nothing. */
  isRemoved = false;

  constructor(
    { topic, queueId, reference }: { topic: StoredTopic; queueId: number; reference: number },
    files: QueueFiles,
    memory: QueueMemory,
  ) {
    this.topic = topic;
    this.queueId = queueId;
    this.reference = reference;
    this.#files = files;
    this.#memory = memory;
    this.#ring = memory.take(ENTRIES_IN_MEMORY_MIN * ENTRY_BYTES);
    this.#view = viewOf(this.#ring);
  }

  /** The first offset whose message is still in the log; equal to `maxOffset` when none is. */
  get minOffset(): QueueOffset {
    return queueOffset(this.#min);
  }

  /** Behind the last confirmed message. */
  get maxOffset(): QueueOffset {
    return queueOffset(this.#max);
  }

  /** Adds the entry of the next confirmed message. */
  add(logOffset: number, size: number, tagsCode: number): void {
    if ((this.#max - this.#ringFirst) * ENTRY_BYTES === this.#ring.length) this.#makeRoom();
    const at = (this.#max * ENTRY_BYTES) % this.#ring.length;
    writeInt64(this.#view, at, logOffset);
    this.#view.setInt32(at + SIZE_AT, size);
    writeInt64(this.#view, at + TAGS_AT, tagsCode);
    this.#max++;
  }

  /**
   * Looks up entries from `offset` on: at least one when `offset` is within the queue's files,
   * at most `entriesMax`, as many as lie in a row in memory or in one file.
   */
  entries(offset: number, entriesMax: number, run: EntryRun): void {
    run.count = 0;
    if (offset >= this.#max || offset < 0) return;
    const wanted = Math.min(entriesMax, this.#max - offset);
    if (offset >= this.#ringFirst) {
      run.view = this.#view;
      run.position = (offset * ENTRY_BYTES) % this.#ring.length;
      run.count = Math.min(wanted, (this.#ring.length - run.position) / ENTRY_BYTES);
      return;
    }
    this.#files.read(offset, Math.min(wanted, this.#ringFirst - offset), run);
  }

  /** Where the message at `offset` lies in the log; -1 when none is there. */
  logOffsetOf(offset: number): number {
    const run = new EntryRun();
    this.entries(offset, 1, run);
    return run.count === 1 && run.isMessage(0) ? run.logOffset(0) : -1;
  }

  /** Writes what no file has yet. */
  writeOut(): void {
    const { length } = this.#ring;
    while (this.#written < this.#max) {
      const at = (this.#written * ENTRY_BYTES) % length;
      const inRow = Math.min(this.#max - this.#written, (length - at) / ENTRY_BYTES);
      const count = this.#files.fitting(this.#written, inRow);
      this.#files.write(this.#ring.subarray(at, at + count * ENTRY_BYTES), this.#written);
      this.#written += count;
    }
  }

  /** Finds out from its files where it begins and ends. `logMin` is where the log begins. */
  load(logMin: number): void {
    this.#files.load('strict');
    this.#setEnd(this.#files.findEnd(Number.POSITIVE_INFINITY));
    this.correctMin(logMin);
  }

  /** As `load` after a crash: keeps only entries of messages that lie below `logEnd` in the log. */
  recover(logMin: number, logEnd: number): void {
    this.#files.load('derived');
    const end = this.#files.findEnd(logEnd);
    this.#files.clearFrom(end);
    this.#setEnd(end);
    this.correctMin(logMin);
  }

  get hasFiles(): boolean {
    return !this.#files.isEmpty;
  }

  /** Goes on with a later offset: what lies between was lost with the log that held it. */
  skipTo(offset: number): void {
    const isEmpty = !this.hasFiles && this.#max === this.#ringFirst;
    if (isEmpty || offset - this.#max > FILLERS_MAX) {
      this.clear(offset);
      return;
    }
    while (this.#max < offset) this.add(0, FILLER_SIZE, 0);
    this.nextOffset = offset;
  }

  /** Its files are destroyed by its owner: gives its memory back and takes nothing more. */
  remove(): void {
    this.isRemoved = true;
    this.#memory.giveBack(this.#ring);
    this.#setEnd(this.#max);
    this.#min = this.#max;
  }

  /** Drops all entries and files; the next message has offset `next`, which is remembered. */
  clear(next: number): void {
    this.#files.removeAll();
    this.#setEnd(next);
    this.#min = next;
    if (next > 0) this.#files.begin(next);
  }

  /** Moves `minOffset` past the messages that are no longer in the log. */
  correctMin(logMin: number): void {
    let low = Math.max(this.#min, this.#first);
    // Mostly there is nothing to move.
    let high = low < this.#max && this.#isGone(low, logMin) ? this.#max : low;
    while (low < high) {
      const middle = low + Math.floor((high - low) / 2);
      if (this.#isGone(middle, logMin)) low = middle + 1;
      else high = middle;
    }
    this.#min = Math.min(low, this.#max);
  }

  /** Removes leading files without a message of the log; the last file always stays. */
  removeExpired(logMin: number): void {
    const run = new EntryRun();
    while (this.#files.count > 1) {
      const last = this.#first + this.#files.entriesPerFile - 1;
      this.entries(last, 1, run);
      if (last >= this.#written || run.count === 0 || run.logOffset(0) >= logMin) break;
      this.#files.removeFirst();
    }
    this.correctMin(logMin);
  }

  /** The first offset of the file behind the one that `offset` is in. */
  nextFileOffset(offset: number): number {
    return offset + this.#files.fitting(offset, Number.POSITIVE_INFINITY);
  }

  /** Where the last message ends in the log, -1 when there is none. */
  get logEnd(): number {
    if (this.#max === 0) return -1;
    const run = new EntryRun();
    this.entries(this.#max - 1, 1, run);
    return run.count === 1 && run.isMessage(0) ? run.logOffset(0) + run.size(0) : -1;
  }

  #isGone(offset: number, logMin: number): boolean {
    const run = new EntryRun();
    this.entries(offset, 1, run);
    return run.isFiller(0) || run.logOffset(0) < logMin;
  }

  /** The first offset that it has an entry for. */
  get #first(): number {
    return this.#files.isEmpty ? this.#ringFirst : this.#files.first;
  }

  #setEnd(end: number): void {
    this.#max = end;
    this.#written = end;
    this.#ringFirst = end;
    this.nextOffset = end;
    if (this.#files.isEmpty) this.#min = end;
  }

  /** The ring is full: a larger one while memory lasts, else the oldest entries give way. */
  #makeRoom(): void {
    let larger = this.#memory.grow(this.#ring);
    if (larger === undefined) {
      if (this.#written - this.#ringFirst < this.#ringEntries / 4) this.#tryWriteOut();
      this.#ringFirst = Math.min(this.#written, this.#ringFirst + this.#ringEntries / 4);
      if (this.#max - this.#ringFirst < this.#ringEntries) return;
      larger = this.#memory.growAnyway(this.#ring);
    }
    for (let offset = this.#ringFirst; offset < this.#max; offset++) {
      const from = (offset * ENTRY_BYTES) % this.#ring.length;
      this.#ring.copy(larger, (offset * ENTRY_BYTES) % larger.length, from, from + ENTRY_BYTES);
    }
    this.#ring = larger;
    this.#view = viewOf(larger);
  }

  #tryWriteOut(): void {
    try {
      this.writeOut();
    } catch (error) {
      if (!(error instanceof DiskError)) throw error;
      this.#memory.fail(error);
    }
  }

  get #ringEntries(): number {
    return this.#ring.length / ENTRY_BYTES;
  }
}
