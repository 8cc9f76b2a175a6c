/**
 * The JSON header that was read last, by which the next one is known when it differs in nothing
 * but the bytes of a few values: as those of one client do, of one topic above all. What was found
 * in it is then true of the next one as well, some bytes further on.
 */
import type { ScannedFields } from './scanned-fields.ts';
import { isPlain, SeenBytes } from './seen-bytes.ts';

/** Longer headers are read in full each time. */
const HEADER_BYTES_MAX = 2048;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const U = 0x75;
const ZERO = 0x30;
const OPAQUE_MAX = 0x7fff_ffff;

/** What of a scan is remembered. */
export interface ReadHeader extends ScannedFields {
  /** Where the digits of `opaque` are; start = end when it is not there or negative. */
  readonly opaqueStart: number;
  readonly opaqueEnd: number;
}

export class HeaderMemo {
  readonly #seen = new SeenBytes(HEADER_BYTES_MAX);
  readonly #free = new Uint8Array(HEADER_BYTES_MAX);
  /** Where the remembered header began in its buffer. */
  start = 0;
  /** Of the header that was known again last. */
  opaque = 0;
  #opaqueStart = 0;
  #opaqueEnd = 0;

  /** Whether the header at [start, end) is the remembered one but for bytes of values. */
  knows(view: DataView, start: number, end: number): boolean {
    return this.#seen.knows(view, start, end) && this.#readOpaque(view, start);
  }

  /** Another header takes the place of what was found in the remembered one. */
  forget(): void {
    this.#seen.forget();
  }

  /** The header at [start, end) was not known, and is now read in full. */
  consider(header: ReadHeader, view: DataView, start: number, end: number): void {
    const { opaqueStart, opaqueEnd } = header;
    if (!this.#seen.isWorth(end - start) || opaqueStart === opaqueEnd) return;
    this.#free.fill(0, 0, end - start);
    for (let index = 0; index < header.fieldCount; index++) {
      const from = header.valueStarts[index] as number;
      if (view.getUint8(from - 1) !== QUOTE) continue;
      this.#freeText(view, start, from, header.valueEnds[index] as number);
    }
    this.#free.fill(1, opaqueStart - start, opaqueEnd - start);
    this.#seen.take(view, start, end, this.#free);
    this.start = start;
    this.#opaqueStart = opaqueStart - start;
    this.#opaqueEnd = opaqueEnd - start;
  }

  /** What may differ in a text: all that is plain and no part of an escape. */
  #freeText(view: DataView, start: number, from: number, to: number): void {
    for (let at = from; at < to; ) {
      const byte = view.getUint8(at);
      if (byte === BACKSLASH) {
        at += view.getUint8(at + 1) === U ? 6 : 2;
      } else {
        if (isPlain(byte)) this.#free[at - start] = 1;
        at++;
      }
    }
  }

  /** False: other bytes than digits, more than an int32 holds, or no JSON, as 007 is none. */
  #readOpaque(view: DataView, start: number): boolean {
    const first = start + this.#opaqueStart;
    const end = start + this.#opaqueEnd;
    let value = 0;
    for (let at = first; at < end; at++) {
      const digit = view.getUint8(at) - ZERO;
      if (digit < 0 || digit > 9 || (value === 0 && at > first)) return false;
      value = value * 10 + digit;
    }
    this.opaque = value;
    return value <= OPAQUE_MAX;
  }
}
