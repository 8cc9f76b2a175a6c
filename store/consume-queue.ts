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
import { DiskError } from '../runtime/mod.ts';
import { readInt64, viewOf, writeInt64 } from './int64.ts';
import { type QueueOffset, queueOffset } from './offsets.ts';
import type { QueueMemory } from './queue-memory.ts';
import type { LoadMode, Segments } from './segments.ts';
import type { StoredTopic } from './stored-topic.ts';

export const ENTRY_BYTES = 20;
const ENTRIES_IN_MEMORY_MIN = 32;
/** Stands where a queue does not begin with its first message. */
const FILLER_SIZE = 0x7fff_ffff;
/** A longer gap is no gap but damage: the queue begins anew behind it. */
const FILLERS_MAX = 1_000_000;
const SIZE_AT = 8;
const TAGS_AT = 12;

/** Entries one after the other, borrowed until the next read of any queue. */
export class EntryRun {
  view: DataView = new DataView(new ArrayBuffer(0));
  /** Where the first entry lies in `view`. */
  position = 0;
  count = 0;

  logOffset(index: number): number {
    return readInt64(this.view, this.position + index * ENTRY_BYTES);
  }

  size(index: number): number {
    return this.view.getInt32(this.position + index * ENTRY_BYTES + SIZE_AT);
  }

  /** The lower 32 bits, which filters compare. */
  tagsHash(index: number): number {
    return this.view.getInt32(this.position + index * ENTRY_BYTES + TAGS_AT + 4);
  }

  tagsCode(index: number): number {
    return readInt64(this.view, this.position + index * ENTRY_BYTES + TAGS_AT);
  }

  /** Whether a message stands there, not a filler and not nothing. */
  isMessage(index: number): boolean {
    const size = this.size(index);
    return size > 0 && size !== FILLER_SIZE && this.logOffset(index) >= 0;
  }
}

export class ConsumeQueue {
  readonly topic: StoredTopic;
  readonly queueId: number;
  /** Its place in the table of queues, by which rings refer to it. */
  readonly reference: number;
  readonly #segments: Segments;
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
    segments: Segments,
    memory: QueueMemory,
  ) {
    this.topic = topic;
    this.queueId = queueId;
    this.reference = reference;
    this.#segments = segments;
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

  get folder(): string {
    return this.#segments.folder;
  }

  /** Whether entries are in memory that no file has yet. */
  get hasUnwritten(): boolean {
    return this.#written < this.#max;
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
    const { scratch, scratchView } = this.#memory;
    const inFile = this.#entriesInFile - (offset % this.#entriesInFile);
    const count = Math.min(
      wanted,
      inFile,
      this.#ringFirst - offset,
      Math.floor(scratch.length / ENTRY_BYTES),
    );
    const bytes = this.#segments.read(
      scratch.subarray(0, count * ENTRY_BYTES),
      offset * ENTRY_BYTES,
    );
    run.view = scratchView;
    run.position = 0;
    run.count = Math.floor(bytes / ENTRY_BYTES);
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
      if (this.#segments.isEmpty) this.#beginAt(this.#written);
      const at = (this.#written * ENTRY_BYTES) % length;
      const inFile = this.#entriesInFile - (this.#written % this.#entriesInFile);
      const count = Math.min(this.#max - this.#written, inFile, (length - at) / ENTRY_BYTES);
      const position = this.#written * ENTRY_BYTES;
      this.#segments.write(this.#ring.subarray(at, at + count * ENTRY_BYTES), position);
      this.#memory.noteWritten(this.#segments.pathOf(this.#segments.startFor(position)));
      this.#written += count;
    }
  }

  /** Reads from its files where it begins and ends. `logMin` is where the log begins. */
  load(logMin: number, mode: LoadMode): void {
    this.#segments.load(mode);
    this.#setEnd(this.#countUnits((run) => run.size(0) > 0 && run.logOffset(0) >= 0));
    this.correctMin(logMin);
  }

  /** Keeps only entries of messages that lie below `logEnd` in the log. */
  truncate(logEnd: number): void {
    const end = this.#countUnits((run) => {
      return run.size(0) > 0 && run.logOffset(0) >= 0 && run.logOffset(0) < logEnd;
    });
    // Without an older entry nothing tells that the names of its folders are durable.
    if (end * ENTRY_BYTES === this.#segments.start) this.#segments.noteUnsynced();
    this.#clearFrom(end);
    this.#setEnd(end);
    this.#min = Math.min(this.#min, this.#max);
  }

  get hasFiles(): boolean {
    return !this.#segments.isEmpty;
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
    this.#segments.removeFrom(0);
    this.#setEnd(next);
    this.#min = next;
    if (next > 0) this.#beginAt(next);
  }

  /** Moves `minOffset` past the messages that are no longer in the log. */
  correctMin(logMin: number): void {
    const first = Math.max(this.#min, this.#firstOffset);
    this.#min = this.#search(first, this.#max, (run) => {
      return run.size(0) === FILLER_SIZE || run.logOffset(0) < logMin;
    });
  }

  /** Removes leading files without a message of the log; the last file always stays. */
  removeExpired(logMin: number): void {
    const run = new EntryRun();
    while (this.#segments.count > 1) {
      const lastOfFirst = this.#firstOffset + this.#entriesInFile - 1;
      this.entries(lastOfFirst, 1, run);
      if (lastOfFirst >= this.#written || run.count === 0 || run.logOffset(0) >= logMin) break;
      this.#segments.removeFirst();
    }
    this.correctMin(logMin);
  }

  /** The first offset of the file behind the one that `offset` is in. */
  nextFileOffset(offset: number): number {
    return offset + this.#entriesInFile - (offset % this.#entriesInFile);
  }

  /** Where the last message ends in the log, -1 when there is none. */
  get logEnd(): number {
    if (this.#max === 0) return -1;
    const run = new EntryRun();
    this.entries(this.#max - 1, 1, run);
    return run.count === 1 && run.isMessage(0) ? run.logOffset(0) + run.size(0) : -1;
  }

  get #entriesInFile(): number {
    return this.#segments.fileBytes / ENTRY_BYTES;
  }

  /** The offset that the first file begins with. */
  get #firstOffset(): number {
    return this.#segments.isEmpty ? this.#ringFirst : this.#segments.start / ENTRY_BYTES;
  }

  #setEnd(end: number): void {
    this.#max = end;
    this.#written = end;
    this.#ringFirst = end;
    this.nextOffset = end;
    if (this.#segments.isEmpty) this.#min = end;
  }

  /** How far the units go that `holds` accepts, which are those in front. Looks at files only. */
  #countUnits(holds: (run: EntryRun) => boolean): number {
    this.#ringFirst = Number.MAX_SAFE_INTEGER;
    this.#max = this.#segments.end / ENTRY_BYTES;
    // The last file that begins with such a unit has the end in it.
    let low = this.#segments.start / ENTRY_BYTES;
    for (const start of this.#segments.starts.toReversed()) {
      if (!this.#unitHolds(start / ENTRY_BYTES, holds)) continue;
      low = start / ENTRY_BYTES;
      break;
    }
    return this.#search(low, Math.min(this.#max, low + this.#entriesInFile), holds);
  }

  #unitHolds(offset: number, holds: (run: EntryRun) => boolean): boolean {
    const run = new EntryRun();
    this.entries(offset, 1, run);
    return run.count === 1 && holds(run);
  }

  /** The first offset in [low, high) whose unit does not hold, of units that hold in front. */
  #search(low: number, high: number, holds: (run: EntryRun) => boolean): number {
    let from = low;
    let to = high;
    while (from < to) {
      const middle = from + Math.floor((to - from) / 2);
      if (this.#unitHolds(middle, holds)) from = middle + 1;
      else to = middle;
    }
    return from;
  }

  /** A queue that does not begin with message 0 is filled up to its first one. */
  #beginAt(offset: number): void {
    this.#segments.add(offset * ENTRY_BYTES);
    const fillers = offset - this.#segments.start / ENTRY_BYTES;
    if (fillers === 0) return;
    const bytes = Buffer.alloc(fillers * ENTRY_BYTES);
    for (let index = 0; index < fillers; index++) {
      bytes.writeInt32BE(FILLER_SIZE, index * ENTRY_BYTES + SIZE_AT);
    }
    this.#segments.write(bytes, this.#segments.start);
  }

  /** What lies behind `offset` reads as zeros afterwards, which ends every scan. */
  #clearFrom(offset: number): void {
    const position = offset * ENTRY_BYTES;
    this.#segments.removeFrom(Math.max(position, this.#segments.start + 1));
    if (this.#segments.isEmpty || position === this.#segments.end) return;
    this.#segments.clearFrom(position);
    this.#memory.noteWritten(this.#segments.pathOf(this.#segments.startFor(position)));
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
