/**
 * Cuts a byte stream into frames.
 *
 * A frame that lies whole inside one read is handed on in place, as a span of the borrowed buffer;
 * only a frame cut by the end of a read is copied, into a side buffer, until its end arrives.
 *
 * Invariant: the side buffer is at most twice as large as the bytes that have arrived for it. A
 * length word alone allocates nothing, so a peer cannot make us spend memory it has not paid for.
 */
import { MalformedFrame } from '../protocol/mod.ts';

/** RocketMQ's limit for a frame, its length word included. */
export const FRAME_BYTES_MAX = 16_777_216;
/** The length word, the serialization byte and the header length. */
const PREFIX_BYTES = 8;
const SIDE_BYTES_MIN = 1024;
const NOTHING = Buffer.alloc(0);

/** Takes the frame `buffer[start, end)`, valid during the call; false = hold back what follows. */
export type OnFrame = (buffer: Buffer, start: number, end: number) => boolean;

export class FrameCutter {
  readonly #frameBytesMax: number;
  #side = NOTHING;
  #sideBytes = 0;
  #heldBack = false;

  constructor(frameBytesMax = FRAME_BYTES_MAX) {
    this.#frameBytesMax = frameBytesMax;
  }

  /** Bytes that wait for the rest of their frame, or for `resume`. */
  get waitingBytes(): number {
    return this.#sideBytes;
  }

  /** Hands on every frame that `bytes` completes. Throws `MalformedFrame`: the stream is lost. */
  push(bytes: Buffer, onFrame: OnFrame): void {
    if (this.#heldBack) {
      this.#keep(bytes, 0, bytes.length);
      return;
    }
    let position = 0;
    if (this.#sideBytes > 0) {
      position = this.#complete(bytes, onFrame);
      if (position < 0) return;
    }
    while (!this.#heldBack && bytes.length - position >= PREFIX_BYTES) {
      const end = position + this.#frameBytes(bytes, position);
      if (end > bytes.length) break;
      this.#heldBack = !onFrame(bytes, position, end);
      position = end;
    }
    if (position < bytes.length) this.#keep(bytes, position, bytes.length);
  }

  /** Goes on after `onFrame` had said false. */
  resume(onFrame: OnFrame): void {
    if (!this.#heldBack) return;
    this.#heldBack = false;
    const waiting = this.#side.subarray(0, this.#sideBytes);
    this.#side = NOTHING;
    this.#sideBytes = 0;
    this.push(waiting, onFrame);
  }

  /** Gives the side buffer back to the heap when nothing is in it. */
  trim(): void {
    if (this.#sideBytes === 0) this.#side = NOTHING;
  }

  /** Completes the cut frame; returns how much of `bytes` it took, -1 when all and still cut. */
  #complete(bytes: Buffer, onFrame: OnFrame): number {
    let taken = 0;
    if (this.#sideBytes < PREFIX_BYTES) {
      taken = Math.min(PREFIX_BYTES - this.#sideBytes, bytes.length);
      this.#keep(bytes, 0, taken);
      if (this.#sideBytes < PREFIX_BYTES) return -1;
    }
    const frameBytes = this.#frameBytes(this.#side, 0);
    const end = Math.min(taken + frameBytes - this.#sideBytes, bytes.length);
    this.#keep(bytes, taken, end);
    if (this.#sideBytes < frameBytes) return -1;
    this.#sideBytes = 0;
    this.#heldBack = !onFrame(this.#side, 0, frameBytes);
    return end;
  }

  #keep(bytes: Buffer, start: number, end: number): void {
    const needed = this.#sideBytes + end - start;
    if (needed > this.#side.length) {
      const grown = Buffer.allocUnsafeSlow(Math.max(2 * this.#sideBytes, needed, SIDE_BYTES_MIN));
      this.#side.copy(grown, 0, 0, this.#sideBytes);
      this.#side = grown;
    }
    bytes.copy(this.#side, this.#sideBytes, start, end);
    this.#sideBytes = needed;
  }

  /** The whole length of the frame at `position`, checked as far as eight bytes can tell. */
  #frameBytes(bytes: Buffer, position: number): number {
    const length = bytes.readInt32BE(position);
    if (length < PREFIX_BYTES - 4 || length > this.#frameBytesMax - 4) {
      const limit = `must be ${PREFIX_BYTES} to ${this.#frameBytesMax} bytes`;
      throw new MalformedFrame(`Frame ${limit}, its length word says ${length} + 4`);
    }
    const headerBytes = bytes.readInt32BE(position + 4) & 0xffffff;
    if (headerBytes > length - 4) {
      throw new MalformedFrame(`Header of ${headerBytes} bytes exceeds its frame of ${length} + 4`);
    }
    return length + 4;
  }
}
