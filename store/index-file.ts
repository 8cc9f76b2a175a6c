/**
 * One file of the message index: RocketMQ's hash table on disk, from the hash of `topic#key` to
 * log offsets, newest first.
 *
 *     header 40 | slots × i32, the number of the newest entry | entries × 20, entry 0 is not used
 *     header: i64 begin time | i64 end time | i64 begin offset | i64 end offset
 *             i32 slots used | i32 number of the next entry
 *     entry:  i32 key hash | i64 log offset | i32 seconds since begin time | i32 number before
 *
 * Entries are appended to a buffer and written many at once. Slots are changed in memory and
 * written page by page when there is time; until a page is written, the file is behind.
 */
import { readLong, viewOf, writeLong } from '../protocol/mod.ts';
import type { OpenFile } from '../runtime/mod.ts';
import { syncOrEnd } from './fatal-sync.ts';
import { readInt64, writeInt64 } from './int64.ts';
import type { OpenFiles } from './open-files.ts';

const HEADER_BYTES = 40;
const SLOT_BYTES = 4;
const ENTRY_BYTES = 20;
/** A whole number of entries, and of slots. */
const BLOCK_BYTES = 65_520;
const PAGE_BYTES = 4096;
/** What is known of a page of slots; 0: it was not read yet. */
const AS_ON_DISK = 1;
const CHANGED = 2;

const AT = { beginTime: 0, endTime: 8, beginOffset: 16, endOffset: 24, slots: 32, next: 36 };
const ENTRY = { hash: 0, logOffset: 4, seconds: 12, previous: 16 };

export interface IndexSize {
  readonly slots: number;
  readonly entries: number;
}

export function indexFileBytes({ slots, entries }: IndexSize): number {
  return HEADER_BYTES + slots * SLOT_BYTES + entries * ENTRY_BYTES;
}

const NO_VIEW = new DataView(new ArrayBuffer(0));

/** What to look for in a chain. */
export interface IndexQuery {
  readonly hash: number;
  readonly beginMs: number;
  readonly endMs: number;
  readonly hitsMax: number;
}

export class IndexFile {
  readonly path: string;
  readonly name: string;
  readonly #files: OpenFiles;
  readonly #size: IndexSize;
  /** The header, as numbers while entries are added. */
  #beginTime = 0;
  #endTime = 0;
  #beginOffset = 0;
  #endOffset = 0;
  #slotsUsed = 0;
  /** Number of the next entry. */
  #next = 1;
  /** Slots as on disk; undefined until the first one is needed. */
  #slots: Buffer | undefined;
  #slotsView: DataView = NO_VIEW;
  /** By page of slots. */
  #pages: Uint8Array = new Uint8Array(0);
  #changedPages = 0;
  /** Made by this process: what was not written is zeros. */
  #isNew = false;
  #staged: Buffer | undefined;
  #stagedView: DataView = NO_VIEW;
  /** Number of the first entry in `#staged`. */
  #stagedFirst = 1;
  readonly #entry: Buffer = Buffer.alloc(ENTRY_BYTES);
  readonly #entryView: DataView = viewOf(this.#entry);

  constructor(files: OpenFiles, path: string, size: IndexSize) {
    this.#files = files;
    this.path = path;
    this.name = path.slice(path.lastIndexOf('/') + 1);
    this.#size = size;
  }

  get beginTime(): number {
    return this.#beginTime;
  }

  get endTime(): number {
    return this.#endTime;
  }

  get endOffset(): number {
    return this.#endOffset;
  }

  get isEmpty(): boolean {
    return this.#next <= 1;
  }

  get isFull(): boolean {
    return this.#next >= this.#size.entries;
  }

  get isWritten(): boolean {
    return this.#changedPages === 0 && this.#stagedFirst === this.#next;
  }

  /** Makes the file; it goes on where the one before ended. */
  create(endTime: number, endOffset: number): void {
    const file = this.#files.open(this.path, 'create');
    file.resize(indexFileBytes(this.#size));
    // A file of another size would be taken for one with other settings.
    syncOrEnd(() => file.syncNow());
    this.#isNew = true;
    this.#beginTime = this.#endTime = endTime;
    this.#beginOffset = this.#endOffset = endOffset;
  }

  /** Reads the header from the file, or takes `given` for it. */
  load(given?: Buffer): void {
    const header = given ?? Buffer.alloc(HEADER_BYTES);
    if (given === undefined) this.#file.read(header, 0);
    this.#beginTime = readLong(header, AT.beginTime);
    this.#endTime = readLong(header, AT.endTime);
    this.#beginOffset = readLong(header, AT.beginOffset);
    this.#endOffset = readLong(header, AT.endOffset);
    this.#slotsUsed = header.readInt32BE(AT.slots);
    this.#next = Math.max(1, header.readInt32BE(AT.next));
    this.#stagedFirst = this.#next;
  }

  copyHeader(): Buffer {
    const header = Buffer.alloc(HEADER_BYTES);
    writeLong(header, this.#beginTime, AT.beginTime);
    writeLong(header, this.#endTime, AT.endTime);
    writeLong(header, this.#beginOffset, AT.beginOffset);
    writeLong(header, this.#endOffset, AT.endOffset);
    header.writeInt32BE(this.#slotsUsed, AT.slots);
    header.writeInt32BE(this.#next, AT.next);
    return header;
  }

  /** Has the slots of [0, count) at hand, so that the entries to come do not wait for memory. */
  prefetch(hashes: Int32Array, count: number): number {
    let mixed = 0;
    for (let index = 0; index < count; index++) {
      mixed ^= this.#slotAt((hashes[index] as number) % this.#size.slots);
    }
    return mixed;
  }

  put(hash: number, logOffset: number, timestamp: number): void {
    const number = this.#next;
    const slot = hash % this.#size.slots;
    const newest = this.#slotAt(slot);
    const previous = newest > 0 && newest < number ? newest : 0;
    const view = this.#stagedFor(number);
    const at = (number - this.#stagedFirst) * ENTRY_BYTES;
    view.setInt32(at + ENTRY.hash, hash);
    writeInt64(view, at + ENTRY.logOffset, logOffset);
    view.setInt32(at + ENTRY.seconds, secondsSince(this.#beginTime, timestamp));
    view.setInt32(at + ENTRY.previous, previous);
    this.#setSlot(slot, number);
    if (number <= 1) {
      this.#beginTime = timestamp;
      this.#beginOffset = logOffset;
    }
    if (previous === 0) this.#slotsUsed++;
    this.#next = number + 1;
    this.#endTime = timestamp;
    this.#endOffset = logOffset;
  }

  /** Adds the log offsets of matching entries to `hits`, newest first; returns how many it read. */
  collect({ hash, beginMs, endMs, hitsMax }: IndexQuery, hits: number[], readsMax: number): number {
    this.writeEntries();
    const begin = this.beginTime;
    let number = this.#newestIn(hash % this.#size.slots);
    let reads = 0;
    while (number > 0 && number < this.#next && hits.length < hitsMax && reads < readsMax) {
      reads++;
      if (!this.#readEntry(number)) break;
      const time = begin + this.#entryView.getInt32(ENTRY.seconds) * 1000;
      if (time < beginMs) break;
      if (this.#entryView.getInt32(ENTRY.hash) === hash && time <= endMs) {
        hits.push(readInt64(this.#entryView, ENTRY.logOffset));
      }
      const previous = this.#entryView.getInt32(ENTRY.previous);
      if (previous >= number) break;
      number = previous;
    }
    return reads;
  }

  /** Writes the entries that the file has not. */
  writeEntries(): void {
    const count = this.#next - this.#stagedFirst;
    if (count === 0 || this.#staged === undefined) return;
    const bytes = this.#staged.subarray(0, count * ENTRY_BYTES);
    this.#file.write(bytes, this.#entryAt(this.#stagedFirst));
    this.#stagedFirst = this.#next;
  }

  /** Writes entries, then up to `bytesMax` of changed slots; true when nothing is left. */
  writeSome(bytesMax: number): boolean {
    this.writeEntries();
    let left = bytesMax;
    for (let page = 0; page < this.#pages.length && this.#changedPages > 0 && left > 0; page++) {
      if (this.#pages[page] !== CHANGED) continue;
      const first = page;
      while (this.#pages[page] === CHANGED && left > 0) {
        this.#pages[page++] = AS_ON_DISK;
        this.#changedPages--;
        left -= PAGE_BYTES;
      }
      const [start, end] = this.#pageSpan(first, page);
      this.#file.write(this.#slotsBuffer().subarray(start, end), HEADER_BYTES + start);
    }
    return this.#changedPages === 0;
  }

  /** Writes the header as it was at `copyHeader`, or as it is. */
  writeHeader(header: Buffer = this.copyHeader()): void {
    this.#file.write(header, 0);
  }

  /**
   * After a crash: slots may name entries that are not there any more. Each goes back along its
   * chain to the newest entry that is; where the chain is broken, all slots are made again.
   */
  mendSlots(): void {
    const block = Buffer.allocUnsafeSlow(BLOCK_BYTES);
    for (let slot = 0; slot < this.#size.slots; ) {
      const count = Math.min(this.#size.slots - slot, BLOCK_BYTES / SLOT_BYTES);
      this.#file.read(block.subarray(0, count * SLOT_BYTES), HEADER_BYTES + slot * SLOT_BYTES);
      for (let index = 0; index < count; index++, slot++) {
        const newest = block.readInt32BE(index * SLOT_BYTES);
        if (newest < this.#next && newest >= 0) continue;
        const trusted = this.#olderThan(this.#next, newest, slot);
        if (trusted === undefined) {
          this.#makeSlots();
          return;
        }
        // Read first, so that its page is as on disk but for this.
        this.#slotAt(slot);
        this.#setSlot(slot, trusted);
      }
    }
  }

  /** The file is full and written: its slots are read from disk from now on. */
  release(): void {
    this.#slots = undefined;
    this.#staged = undefined;
    this.#pages = new Uint8Array(0);
  }

  /** The newest entry of the slot's chain below `limit`; undefined when the chain is broken. */
  #olderThan(limit: number, newest: number, slot: number): number | undefined {
    let number = newest;
    while (number >= limit) {
      if (number >= this.#size.entries || !this.#readEntry(number)) return undefined;
      const previous = this.#entryView.getInt32(ENTRY.previous);
      const isOfChain =
        this.#entryView.getInt32(ENTRY.hash) % this.#size.slots === slot &&
        readInt64(this.#entryView, ENTRY.logOffset) >= this.#endOffset;
      if (!isOfChain || previous >= number) return undefined;
      number = previous;
    }
    return number < 0 ? undefined : number;
  }

  /** Makes all slots from the entries: the newest one of each chain is its slot's. */
  #makeSlots(): void {
    this.#slotsBuffer().fill(0);
    this.#pages.fill(CHANGED);
    this.#changedPages = this.#pages.length;
    const block = Buffer.allocUnsafeSlow(BLOCK_BYTES);
    for (let number = 1; number < this.#next; ) {
      const count = Math.min(this.#next - number, BLOCK_BYTES / ENTRY_BYTES);
      this.#file.read(block.subarray(0, count * ENTRY_BYTES), this.#entryAt(number));
      for (let index = 0; index < count; index++, number++) {
        const hash = block.readInt32BE(index * ENTRY_BYTES);
        this.#slotsView.setInt32((hash % this.#size.slots) * SLOT_BYTES, number);
      }
    }
  }

  get #file(): OpenFile {
    return this.#files.open(this.path);
  }

  #entryAt(number: number): number {
    return HEADER_BYTES + this.#size.slots * SLOT_BYTES + number * ENTRY_BYTES;
  }

  #readEntry(number: number): boolean {
    return this.#file.read(this.#entry, this.#entryAt(number)) === ENTRY_BYTES;
  }

  /** The buffer of entries to be written, with room for entry `number`. */
  #stagedFor(number: number): DataView {
    const needed = (number - this.#stagedFirst + 1) * ENTRY_BYTES;
    if (this.#staged !== undefined && needed <= this.#staged.length) return this.#stagedView;
    if (this.#staged !== undefined) {
      this.writeEntries();
      return this.#stagedView;
    }
    this.#staged = Buffer.allocUnsafeSlow(BLOCK_BYTES);
    this.#stagedView = viewOf(this.#staged);
    return this.#stagedView;
  }

  #slotsBuffer(): Buffer {
    if (this.#slots === undefined) {
      // Zeros that take memory only page by page, as they are touched.
      this.#slots = Buffer.alloc(this.#size.slots * SLOT_BYTES);
      this.#slotsView = viewOf(this.#slots);
      this.#pages = new Uint8Array(Math.ceil(this.#slots.length / PAGE_BYTES));
    }
    return this.#slots;
  }

  /** As `#slotAt`, without memory for the slots of a file that is only searched. */
  #newestIn(slot: number): number {
    if (this.#slots !== undefined) return this.#slotAt(slot);
    const bytes = this.#entry.subarray(0, SLOT_BYTES);
    this.#file.read(bytes, HEADER_BYTES + slot * SLOT_BYTES);
    return bytes.readInt32BE(0);
  }

  #slotAt(slot: number): number {
    const at = slot * SLOT_BYTES;
    if (this.#slots === undefined) this.#slotsBuffer();
    if (this.#pages[at >>> 12] === 0) this.#readPage(at >>> 12);
    return this.#slotsView.getInt32(at);
  }

  #setSlot(slot: number, number: number): void {
    const at = slot * SLOT_BYTES;
    this.#slotsView.setInt32(at, number);
    if (this.#pages[at >>> 12] === CHANGED) return;
    this.#pages[at >>> 12] = CHANGED;
    this.#changedPages++;
  }

  #readPage(page: number): void {
    const [start, end] = this.#pageSpan(page, page + 1);
    if (!this.#isNew) {
      this.#file.read(this.#slotsBuffer().subarray(start, end), HEADER_BYTES + start);
    }
    this.#pages[page] = AS_ON_DISK;
  }

  #pageSpan(first: number, end: number): [number, number] {
    return [first * PAGE_BYTES, Math.min(end * PAGE_BYTES, this.#size.slots * SLOT_BYTES)];
  }
}

function secondsSince(begin: number, timestamp: number): number {
  if (begin <= 0) return 0;
  const seconds = Math.trunc((timestamp - begin) / 1000);
  return Math.min(Math.max(seconds, 0), 0x7fff_ffff);
}
