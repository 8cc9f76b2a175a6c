/**
 * Bytes that were seen once and are known again, a word at a time: what one client sends differs
 * from one message to the next in the letters and digits of a few values and in nothing else. What
 * was found in the bytes then is true of those that come now.
 *
 * To take bytes in costs as much as to read them. So it is worth it when they are as many as came
 * the last time, and after some that were taken in and never came again there is a pause.
 */

const WORD_BYTES = 4;
/** Stands for bytes that need no look. */
const FILLER = 0x4141_4141;
/** How often nothing is taken in after what was of no use. */
const PAUSE = 16;

export class SeenBytes {
  readonly #words: Int32Array;
  /** By word: all ones where a byte must be as it was. */
  readonly #fixed: Int32Array;
  /** How many were taken in; 0: none. */
  #length = 0;
  #lastLength = 0;
  #wasUseful = false;
  #pause = 0;

  /** Holds up to `bytesMax`, a multiple of four. */
  constructor(bytesMax: number) {
    this.#words = new Int32Array(bytesMax / WORD_BYTES);
    this.#fixed = new Int32Array(bytesMax / WORD_BYTES);
  }

  /** Whether [start, end) has the bytes that were taken in, or plain ones where any may be. */
  knows(view: DataView, start: number, end: number): boolean {
    const length = this.#length;
    if (end - start !== length || length === 0) return false;
    const words = this.#words;
    const count = length >>> 2;
    let other = sameUpTo(words, view, start, 0, count);
    while (other < count) {
      if (!this.#mayBe(view.getInt32(start + WORD_BYTES * other), other)) return false;
      other = sameUpTo(words, view, start, other + 1, count);
    }
    // What is left of a word: the last one ends with the bytes.
    const isKnown =
      length % WORD_BYTES === 0 || this.#mayBe(view.getInt32(end - WORD_BYTES), count);
    if (isKnown) this.#wasUseful = true;
    return isKnown;
  }

  /** What was taken in counts no more. */
  forget(): void {
    if (this.#length > 0 && !this.#wasUseful) this.#pause = PAUSE;
    this.#length = 0;
  }

  /** Whether to take in the `bytes` that were not known and are now read in full. */
  isWorth(bytes: number): boolean {
    this.forget();
    const isAlike = bytes === this.#lastLength;
    this.#lastLength = bytes;
    if (this.#pause > 0) {
      this.#pause--;
      return false;
    }
    return isAlike && bytes >= WORD_BYTES && bytes <= WORD_BYTES * this.#words.length;
  }

  /** Takes in [start, end); where `free` has a 1, any plain byte may stand the next time. */
  take(view: DataView, start: number, end: number, free: Uint8Array): void {
    const length = end - start;
    this.#length = length;
    this.#wasUseful = false;
    for (let index = 0; WORD_BYTES * index < length; index++) {
      // The last word ends with the bytes: it may overlap with the one before.
      const at = Math.min(WORD_BYTES * index, length - WORD_BYTES);
      let fixed = 0;
      for (let byte = at; byte < at + WORD_BYTES; byte++) {
        fixed = (fixed << 8) | (free[byte] === 1 ? 0 : 0xff);
      }
      this.#words[index] = view.getInt32(start + at);
      this.#fixed[index] = fixed;
    }
  }

  #mayBe(word: number, index: number): boolean {
    const fixed = this.#fixed[index] as number;
    if (((word ^ (this.#words[index] as number)) & fixed) !== 0) return false;
    return arePlain((word & ~fixed) | (FILLER & fixed));
  }
}

/** The first of the words from `first` on that is not in its place, else `count`: a loop without a call. */
// oxlint-disable-next-line eslint/max-params -- takes half as long as a method that reads its fields
function sameUpTo(
  words: Int32Array,
  view: DataView,
  start: number,
  first: number,
  count: number,
): number {
  let index = first;
  for (let at = start + WORD_BYTES * first; index < count; index++, at += WORD_BYTES) {
    if (view.getInt32(at) !== words[index]) break;
  }
  return index;
}

const AFTER_QUOTES = 0x23;
const PLAIN_RANGE = 0x80 - AFTER_QUOTES;
const BACKSLASH = 0x5c;

/** Nearly every byte of a JSON text: from # to DEL and no backslash, which is two comparisons. */
export function isPlain(byte: number): boolean {
  return (byte - AFTER_QUOTES) >>> 0 < PLAIN_RANGE && byte !== BACKSLASH;
}

/** Whether all four bytes are plain: one that is not makes a borrow, or has the high bit itself. */
function arePlain(word: number): boolean {
  const toBackslash = word ^ 0x5c5c_5c5c;
  const low = (word - 0x2323_2323) & ~word;
  const backslash = (toBackslash - 0x0101_0101) & ~toBackslash;
  return ((word | low | backslash) & 0x8080_8080) === 0;
}
