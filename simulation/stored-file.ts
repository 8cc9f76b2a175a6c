/**
 * The content of a simulated file, twice: what processes see (`cached`) and what a power cut leaves
 * (`durable`). A sync makes durable what was written before it began. At a power cut, of what was
 * not synced each sector survives or not.
 *
 * Both are sparse: pages that were never written read as zeros and take no space.
 */
import type { Prng } from './prng.ts';

export const PAGE_BYTES = 4096;
/** What a disk writes whole or not at all. */
const SECTOR_BYTES = 512;

type Pages = Map<number, Buffer>;

interface Span {
  from: number;
  to: number;
}

/** What a sync that began will have made durable when it ends. */
export interface Snapshot {
  readonly bytes: number;
  /** Pages from here on were cut off before what was written since. */
  readonly cutAtBytes: number;
  readonly parts: readonly {
    readonly page: number;
    readonly from: number;
    readonly bytes: Buffer;
  }[];
}

/** What of the unsynced writes a power cut leaves: nothing, all, or a part of the sectors. */
export type Survival = 'none' | 'all' | 'some';

export class StoredFile {
  #cached: Pages = new Map();
  #bytes = 0;
  readonly #durable: Pages = new Map();
  #durableBytes = 0;
  #dirty = new Map<number, Span>();
  #cutAtBytes = Infinity;
  readonly #syncing = new Set<Snapshot>();

  get bytes(): number {
    return this.#bytes;
  }

  get pages(): number {
    return this.#cached.size;
  }

  /** Writes; `mayGrow` is asked before each page that takes space, and may throw. */
  write(bytes: Buffer, position: number, mayGrow: () => void): void {
    let done = 0;
    while (done < bytes.length) {
      const index = Math.floor((position + done) / PAGE_BYTES);
      const from = position + done - index * PAGE_BYTES;
      const count = Math.min(PAGE_BYTES - from, bytes.length - done);
      let page = this.#cached.get(index);
      if (page === undefined) {
        mayGrow();
        page = Buffer.alloc(PAGE_BYTES);
        this.#cached.set(index, page);
      }
      bytes.copy(page, from, done, done + count);
      this.#touch(index, from, from + count);
      done += count;
      this.#bytes = Math.max(this.#bytes, position + done);
    }
  }

  read(into: Buffer, position: number): number {
    const count = Math.max(0, Math.min(into.length, this.#bytes - position));
    let done = 0;
    while (done < count) {
      const index = Math.floor((position + done) / PAGE_BYTES);
      const from = position + done - index * PAGE_BYTES;
      const length = Math.min(PAGE_BYTES - from, count - done);
      const page = this.#cached.get(index);
      if (page === undefined) into.fill(0, done, done + length);
      else page.copy(into, done, from, from + length);
      done += length;
    }
    return count;
  }

  resize(bytes: number): void {
    if (bytes < this.#bytes) this.#cut(bytes);
    this.#bytes = bytes;
  }

  #cut(bytes: number): void {
    for (const index of this.#cached.keys()) {
      if (index * PAGE_BYTES >= bytes) {
        this.#cached.delete(index);
        this.#dirty.delete(index);
      }
    }
    const last = Math.floor(bytes / PAGE_BYTES);
    const from = bytes - last * PAGE_BYTES;
    const page = this.#cached.get(last);
    if (page !== undefined) {
      page.fill(0, from);
      this.#touch(last, from, PAGE_BYTES);
    }
    this.#cutAtBytes = Math.min(this.#cutAtBytes, bytes);
  }

  #touch(index: number, from: number, to: number): void {
    const span = this.#dirty.get(index);
    if (span === undefined) {
      this.#dirty.set(index, { from, to });
    } else {
      span.from = Math.min(span.from, from);
      span.to = Math.max(span.to, to);
    }
  }

  beginSync(): Snapshot {
    const parts = [...this.#dirty].map(([page, { from, to }]) => ({
      page,
      from,
      bytes: Buffer.from(this.#cached.get(page)?.subarray(from, to) ?? []),
    }));
    const snapshot = { bytes: this.#bytes, cutAtBytes: this.#cutAtBytes, parts };
    this.#dirty = new Map();
    this.#cutAtBytes = Infinity;
    this.#syncing.add(snapshot);
    return snapshot;
  }

  /** Makes durable what `snapshot` holds, and what syncs began before it that nobody saw end. */
  endSync(snapshot: Snapshot): void {
    // Gone when the power went first.
    if (!this.#syncing.has(snapshot)) return;
    for (const earlier of this.#syncing) {
      this.#syncing.delete(earlier);
      this.#cutDurable(earlier.cutAtBytes);
      for (const { page, from, bytes } of earlier.parts) this.#harden(page, from, bytes);
      this.#durableBytes = earlier.bytes;
      if (earlier === snapshot) return;
    }
  }

  /** The disk refused: the system takes the pages for clean all the same, and never writes them. */
  failSync(snapshot: Snapshot): void {
    this.#syncing.delete(snapshot);
  }

  /** The power went: what was not synced survives as `survival` and the seed say. */
  crash(prng: Prng, survival: Survival): void {
    const survives = (): boolean =>
      survival === 'all' || (survival === 'some' && prng.chance(1, 2));
    const dirty = this.beginSync();
    let reached = this.#durableBytes;
    if (dirty.bytes < reached && survives()) {
      this.#cutDurable(dirty.bytes);
      reached = dirty.bytes;
    }
    for (const { parts } of this.#syncing) {
      for (const { page, from, bytes } of parts) {
        for (const [start, end] of sectors(from, bytes.length)) {
          if (!survives()) continue;
          this.#harden(page, start, bytes.subarray(start - from, end - from));
          reached = Math.max(reached, Math.min(page * PAGE_BYTES + end, dirty.bytes));
        }
      }
    }
    // The size may be on disk before the bytes are: they read as zeros then.
    if (survives()) reached = Math.max(reached, dirty.bytes);
    this.#syncing.clear();
    this.#cutDurable(reached);
    this.#durableBytes = reached;
    this.#bytes = reached;
    this.#cached = new Map([...this.#durable].map(([index, page]) => [index, Buffer.from(page)]));
  }

  #harden(index: number, from: number, bytes: Buffer): void {
    let page = this.#durable.get(index);
    if (page === undefined) {
      page = Buffer.alloc(PAGE_BYTES);
      this.#durable.set(index, page);
    }
    bytes.copy(page, from);
  }

  #cutDurable(bytes: number): void {
    for (const [index, page] of this.#durable) {
      const start = index * PAGE_BYTES;
      if (start >= bytes) this.#durable.delete(index);
      else if (start + PAGE_BYTES > bytes) page.fill(0, bytes - start);
    }
  }
}

/** The sectors that a span of a page touches, cut to the span. */
function* sectors(from: number, bytes: number): Generator<readonly [number, number]> {
  const to = from + bytes;
  for (let start = from; start < to; ) {
    const end = Math.min(to, (Math.floor(start / SECTOR_BYTES) + 1) * SECTOR_BYTES);
    yield [start, end];
    start = end;
  }
}
