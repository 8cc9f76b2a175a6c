/**
 * Bytes of the log in the hands of a socket. They are views of the tail, or were read into buffers
 * that are used again; `giveBack` must be called once the bytes have left, else the memory is
 * found by the garbage collector only.
 */
import type { Chunk } from './log-tail.ts';

const BUFFER_BYTES = 256 * 1024;
const BUFFERS_MAX = 8;

/** Buffers to read into, of one size, so that each serves any read that is not huge. */
export class ReadBuffers {
  readonly #free: Buffer[] = [];

  /** A buffer of at least `bytes`. */
  take(bytes: number): Buffer {
    if (bytes > BUFFER_BYTES) return Buffer.allocUnsafeSlow(bytes);
    return this.#free.pop() ?? Buffer.allocUnsafeSlow(BUFFER_BYTES);
  }

  giveBack(buffer: Buffer): void {
    if (buffer.length === BUFFER_BYTES && this.#free.length < BUFFERS_MAX) this.#free.push(buffer);
  }
}

export class LentBytes {
  /** In log order; read only. */
  readonly buffers: Buffer[] = [];
  readonly #chunks: Chunk[] = [];
  readonly #read: Buffer[] = [];
  #pool: ReadBuffers | undefined;

  get bytes(): number {
    return this.buffers.reduce((sum, { length }) => sum + length, 0);
  }

  /** The memory may be used again. Idempotent. */
  giveBack(): void {
    for (const chunk of this.#chunks) chunk.lent--;
    for (const buffer of this.#read) this.#pool?.giveBack(buffer);
    this.#chunks.length = 0;
    this.#read.length = 0;
  }

  addChunk(chunk: Chunk, start: number, end: number): void {
    chunk.lent++;
    this.#chunks.push(chunk);
    this.buffers.push(chunk.buffer.subarray(start, end));
  }

  addRead(buffer: Buffer, bytes: number, pool: ReadBuffers): void {
    this.#pool = pool;
    this.#read.push(buffer);
    this.buffers.push(buffer.subarray(0, bytes));
  }
}
