/**
 * The end of the commit log in memory: where records are encoded in place, written from once a
 * turn, and read by consumers and replicas without a copy.
 *
 * Made of chunks in log order. A record never spans two chunks, and the last `SPARE_BYTES` of a
 * chunk hold no record, so a blank record and an end mark always fit behind the newest one.
 *
 * Invariant: what has not been written stays, whatever the bound says: the writer sees to it that it
 * is little. Bytes that were lent are not overwritten before they are given back. A chunk that is
 * lent when its turn comes to be reused goes to the garbage collector instead.
 */
import { viewOf } from '../protocol/mod.ts';

/** Chunks grow from the first size to the second: a broker with little to do stays small. */
const CHUNK_BYTES_MIN = 256 * 1024;
const CHUNK_BYTES = 4 * 1024 * 1024;
/** Room for a blank record and for an end mark. */
const SPARE_BYTES = 16;

export class Chunk {
  readonly buffer: Buffer;
  readonly view: DataView;
  /** Log offset of the first byte. */
  start: number;
  /** Bytes that hold log. */
  used = 0;
  /** How many readers hold bytes of it. */
  lent = 0;

  constructor(bytes: number, start: number) {
    this.buffer = Buffer.allocUnsafeSlow(bytes);
    this.view = viewOf(this.buffer);
    this.start = start;
  }

  get end(): number {
    return this.start + this.used;
  }
}

/** Where bytes of a record go: one buffer, and the view of it. */
export type Target = Pick<Chunk, 'buffer' | 'view'>;

export class LogTail {
  /** Oldest first; the last one is `current`. */
  readonly #chunks: Chunk[] = [];
  readonly #bytesMax: number;
  readonly #chunkBytesMax: number;
  #bytes = 0;
  #spare: Chunk | undefined;
  current: Chunk;
  /** Log offset: what lies there and behind it has not been written. */
  unwrittenFrom = Number.POSITIVE_INFINITY;

  /** `fileBytes` is the size of the log's files, none of which a chunk ever goes beyond. */
  constructor(bytesMax: number, start: number, fileBytes = CHUNK_BYTES) {
    this.#bytesMax = bytesMax;
    this.#chunkBytesMax = Math.min(CHUNK_BYTES, fileBytes + SPARE_BYTES);
    this.current = this.#begin(start, 0);
  }

  /** The chunk that the next `bytes` go into: the current one, or a new one behind it. */
  chunkFor(bytes: number): Chunk {
    const { current } = this;
    if (current.used + bytes + SPARE_BYTES <= current.buffer.length) return current;
    return this.#begin(current.end, bytes);
  }

  /** Goes on in a new chunk at `offset`, maybe behind a hole: a chunk never spans two files. */
  startAt(offset: number): void {
    this.#begin(offset, 0);
  }

  /** The chunk that holds the byte at `offset`. */
  find(offset: number): Chunk | undefined {
    for (let index = this.#chunks.length - 1; index >= 0; index--) {
      const chunk = this.#chunks[index] as Chunk;
      if (offset >= chunk.start) return offset < chunk.end ? chunk : undefined;
    }
    return undefined;
  }

  /** Where the first chunk that lies behind `offset` begins; infinite when there is none. */
  nextStart(offset: number): number {
    for (const chunk of this.#chunks) if (chunk.start > offset) return chunk.start;
    return Number.POSITIVE_INFINITY;
  }

  /** The chunks that hold bytes from `offset` on, oldest first. */
  chunksFrom(offset: number): Chunk[] {
    return this.#chunks.filter((chunk) => chunk.end > offset);
  }

  /** Forgets the bytes from `offset` on; the next ones go there. */
  cutTo(offset: number): void {
    let last = this.#chunks.at(-1);
    while (last !== undefined && last.start >= offset) {
      this.#chunks.pop();
      this.#bytes -= last.buffer.length;
      last = this.#chunks.at(-1);
    }
    if (last !== undefined) last.used = Math.min(last.used, offset - last.start);
    // What a reader still holds must not change under it: go on elsewhere.
    if (last === undefined || last.lent > 0 || last.end !== offset) this.#begin(offset, 0);
    else this.current = last;
  }

  #begin(start: number, recordBytes: number): Chunk {
    const grown = Math.min(
      this.#chunkBytesMax,
      this.#bytes === 0 ? CHUNK_BYTES_MIN : this.#bytes * 2,
    );
    const bytes = Math.max(grown, recordBytes + SPARE_BYTES);
    this.#bytes += bytes;
    this.#dropOldest();
    const reused = this.#spare?.buffer.length === bytes ? this.#spare : undefined;
    this.#spare = undefined;
    const chunk = reused ?? new Chunk(bytes, start);
    chunk.start = start;
    chunk.used = 0;
    this.#chunks.push(chunk);
    this.current = chunk;
    return chunk;
  }

  /** Keeps within the bound, as far as what it would drop has been written. */
  #dropOldest(): void {
    while (this.#bytes > this.#bytesMax) {
      const [oldest] = this.#chunks;
      if (oldest === undefined || oldest.end > this.unwrittenFrom) return;
      this.#chunks.shift();
      this.#bytes -= oldest.buffer.length;
      if (oldest.buffer.length === this.#chunkBytesMax && oldest.lent === 0) this.#spare = oldest;
    }
  }
}
