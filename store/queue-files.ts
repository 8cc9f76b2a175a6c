/**
 * The files of a consume queue: the entry of queue offset q at byte 20 q of a row of equally sized
 * files. What follows the last entry reads as zeros.
 */
import { ENTRY_BYTES, EntryRun, FILLER_SIZE, SIZE_AT } from './entry-run.ts';
import type { QueueMemory } from './queue-memory.ts';
import type { LoadMode, Segments } from './segments.ts';

export class QueueFiles {
  readonly #segments: Segments;
  readonly #memory: QueueMemory;
  readonly entriesPerFile: number;
  readonly #here = new EntryRun();

  constructor(segments: Segments, memory: QueueMemory) {
    this.#segments = segments;
    this.#memory = memory;
    this.entriesPerFile = segments.fileBytes / ENTRY_BYTES;
  }

  get isEmpty(): boolean {
    return this.#segments.isEmpty;
  }

  get count(): number {
    return this.#segments.count;
  }

  /** The offset that the first file begins with. */
  get first(): number {
    return this.#segments.start / ENTRY_BYTES;
  }

  load(mode: LoadMode): void {
    this.#segments.load(mode);
  }

  /** Reads at most `entriesMax` entries from `offset` on, of one file. */
  read(offset: number, entriesMax: number, run: EntryRun): void {
    const { scratch, scratchView } = this.#memory;
    const inFile = this.entriesPerFile - (offset % this.entriesPerFile);
    const count = Math.min(entriesMax, inFile, Math.floor(scratch.length / ENTRY_BYTES));
    const into = scratch.subarray(0, count * ENTRY_BYTES);
    run.view = scratchView;
    run.position = 0;
    run.count = Math.floor(this.#segments.read(into, offset * ENTRY_BYTES) / ENTRY_BYTES);
  }

  /** How many of `entries` from `offset` on fit into the file that `offset` lies in. */
  fitting(offset: number, entries: number): number {
    return Math.min(entries, this.entriesPerFile - (offset % this.entriesPerFile));
  }

  /** Writes entries from `offset` on, which lie in one file. */
  write(entries: Buffer, offset: number): void {
    if (this.#segments.isEmpty) this.begin(offset);
    this.#segments.write(entries, offset * ENTRY_BYTES);
    this.#noteWritten(offset);
  }

  /** Makes the first file: a queue that begins with a later message is filled up to it. */
  begin(offset: number): void {
    this.#segments.add(offset * ENTRY_BYTES);
    const fillers = offset - this.first;
    if (fillers > 0) this.#fill(fillers);
    this.#noteWritten(this.first);
  }

  /** The offset behind the entries in front that belong together and point below `logEnd`. */
  findEnd(logEnd: number): number {
    // The last file that begins with such an entry has the end in it.
    let low = this.first;
    for (const start of this.#segments.starts.toReversed()) {
      if (!this.#holds(start / ENTRY_BYTES, logEnd)) continue;
      low = start / ENTRY_BYTES;
      break;
    }
    let high = Math.min(this.#segments.end / ENTRY_BYTES, low + this.entriesPerFile);
    while (low < high) {
      const middle = low + Math.floor((high - low) / 2);
      if (this.#holds(middle, logEnd)) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** What lies at `offset` and behind it reads as zeros afterwards. */
  clearFrom(offset: number): void {
    // Without an older entry nothing tells that the names of the folders are durable.
    if (offset === this.first) this.#segments.noteUnsynced();
    const position = offset * ENTRY_BYTES;
    this.#segments.removeFrom(Math.max(position, this.#segments.start + 1));
    if (!this.#segments.has(position)) return;
    this.#segments.clearFrom(position);
    this.#noteWritten(offset);
  }

  removeFirst(): void {
    this.#segments.removeFirst();
  }

  removeAll(): void {
    this.#segments.removeFrom(0);
  }

  /**
   * Whether the entry at `offset` is one of those in front. A power cut can tear an entry at the
   * end of what was synced, so that it seems to point anywhere: the one before must point lower.
   */
  #holds(offset: number, logEnd: number): boolean {
    const here = this.#here;
    this.read(offset, 1, here);
    if (here.count === 0) return false;
    const isFiller = here.isFiller(0);
    const target = here.logOffset(0);
    if (!isFiller && !(here.isMessage(0) && target < logEnd)) return false;
    if (offset === this.first) return true;
    this.read(offset - 1, 1, here);
    return here.isFiller(0) || (!isFiller && here.isMessage(0) && here.logOffset(0) < target);
  }

  /** All or nothing: a file without its fillers would begin with a gap. */
  #fill(fillers: number): void {
    const bytes = Buffer.alloc(fillers * ENTRY_BYTES);
    for (let index = 0; index < fillers; index++) {
      bytes.writeInt32BE(FILLER_SIZE, index * ENTRY_BYTES + SIZE_AT);
    }
    try {
      this.#segments.write(bytes, this.#segments.start);
    } catch (error) {
      this.#segments.removeFrom(0);
      throw error;
    }
  }

  #noteWritten(offset: number): void {
    const start = this.#segments.startFor(offset * ENTRY_BYTES);
    this.#memory.noteWritten(this.#segments.pathOf(start));
  }
}
