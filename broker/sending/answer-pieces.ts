/** What answers are put together from, a word or two digits at a time. */

const WORD_BYTES = 4;

/**
 * Bytes that never change. Put a word at a time: up to three bytes behind them are written too, so
 * pieces are put in the order in which they stand.
 */
export class Piece {
  readonly #words: Int32Array;
  readonly #bytes: number;

  constructor(bytes: Buffer) {
    this.#bytes = bytes.length;
    this.#words = new Int32Array(Math.ceil(bytes.length / WORD_BYTES));
    const padded = Buffer.alloc(this.#words.length * WORD_BYTES);
    bytes.copy(padded);
    for (let index = 0; index < this.#words.length; index++) {
      this.#words[index] = padded.readInt32BE(index * WORD_BYTES);
    }
  }

  /** Returns where it ends. */
  put(view: DataView, start: number): number {
    const words = this.#words;
    for (let index = 0, at = start; index < words.length; index++, at += WORD_BYTES) {
      view.setInt32(at, words[index] as number);
    }
    return start + this.#bytes;
  }
}

/** Two characters by the number that they spell. */
function pairsOf(count: number, radix: number): Int16Array {
  return Int16Array.from({ length: count }, (_, number) =>
    Buffer.from(number.toString(radix).toUpperCase().padStart(2, '0')).readInt16BE(0),
  );
}

const DECIMAL_PAIRS = pairsOf(100, 10);
const HEX_PAIRS = pairsOf(256, 16);
const ZERO = 0x30;
const MINUS = 0x2d;
const INT32_MAX = 0x7fff_ffff;

/** Writes a whole number; returns where it ends. */
export function putDecimal(view: DataView, start: number, value: number): number {
  if (value < 0) {
    view.setInt8(start, MINUS);
    return putDecimal(view, start + 1, -value);
  }
  let digits = 1;
  for (let bound = 10; value >= bound; bound *= 10) digits++;
  let rest = value;
  let to = start + digits;
  // Beyond an int32 a division is not one of whole numbers.
  for (; rest > INT32_MAX; rest = Math.floor(rest / 100)) {
    to -= 2;
    view.setInt16(to, DECIMAL_PAIRS[rest % 100] as number);
  }
  for (rest |= 0; rest >= 100; ) {
    const hundredth = (rest / 100) | 0;
    to -= 2;
    view.setInt16(to, DECIMAL_PAIRS[rest - hundredth * 100] as number);
    rest = hundredth;
  }
  if (rest >= 10) view.setInt16(to - 2, DECIMAL_PAIRS[rest] as number);
  else view.setInt8(to - 1, ZERO + rest);
  return start + digits;
}

/** Writes the sixteen digits of a 64-bit number. */
export function putHex16(view: DataView, start: number, value: number): number {
  putHex8(view, start, Math.floor(value / 0x1_0000_0000));
  putHex8(view, start + 8, value >>> 0);
  return start + 16;
}

function putHex8(view: DataView, at: number, value: number): void {
  view.setInt16(at, HEX_PAIRS[value >>> 24] as number);
  view.setInt16(at + 2, HEX_PAIRS[(value >>> 16) & 0xff] as number);
  view.setInt16(at + 4, HEX_PAIRS[(value >>> 8) & 0xff] as number);
  view.setInt16(at + 6, HEX_PAIRS[value & 0xff] as number);
}
