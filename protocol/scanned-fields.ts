/**
 * Where the ext fields of a scanned header are: spans by field index, one-letter keys (those of
 * sends) by letter, all others by name. Of equal keys the last wins.
 */

/** A header with more fields is left to the complete decoder. */
export const SCANNED_FIELDS_MAX = 64;

const LETTERS = 128;

export class ScannedFields {
  fieldCount = 0;
  /** What all spans are to be moved by: 0, or more for a header that was known by an earlier one. */
  origin = 0;
  readonly keyStarts: Int32Array = new Int32Array(SCANNED_FIELDS_MAX);
  readonly keyEnds: Int32Array = new Int32Array(SCANNED_FIELDS_MAX);
  readonly valueStarts: Int32Array = new Int32Array(SCANNED_FIELDS_MAX);
  readonly valueEnds: Int32Array = new Int32Array(SCANNED_FIELDS_MAX);
  /** 1 where the value has JSON escapes. */
  readonly escaped: Uint8Array = new Uint8Array(SCANNED_FIELDS_MAX);

  /**
   * By letter `base` plus the field's index. Every header has a base above all earlier entries,
   * so that none of them needs to be cleared. For the scanners alone.
   */
  readonly letters: Int32Array = new Int32Array(LETTERS).fill(-1);
  base = 0;
  readonly #baseMax: number;

  /** `baseMax`: when to begin anew with letters; tests reach it sooner than servers do. */
  constructor(baseMax = 0x7fff_0000) {
    this.#baseMax = baseMax;
  }

  /** Index of the field whose key is this one ASCII character; -1 when there is none. */
  field(letter: number): number {
    const index = (this.letters[letter] as number) - this.base;
    return index >= 0 ? index : -1;
  }

  /** Where the value of the field with this one-letter key starts; -1 when there is none. */
  start(letter: number): number {
    const index = this.field(letter);
    return index >= 0 ? this.valueStart(index) : -1;
  }

  /** Where that value ends; -1 when there is none. */
  end(letter: number): number {
    const index = this.field(letter);
    return index >= 0 ? this.valueEnd(index) : -1;
  }

  /** Where the value of a field starts, by its index. */
  valueStart(index: number): number {
    return this.origin + (this.valueStarts[index] as number);
  }

  valueEnd(index: number): number {
    return this.origin + (this.valueEnds[index] as number);
  }

  /** Index of the field with this ASCII key in the scanned `buffer`; -1 when there is none. */
  find(buffer: Buffer, key: string): number {
    const length = key.length;
    for (let index = this.fieldCount - 1; index >= 0; index--) {
      const start = this.keyStarts[index] as number;
      const bytes = (this.keyEnds[index] as number) - start;
      if (bytes === length && isAt(buffer, this.origin + start, key)) return index;
    }
    return -1;
  }

  /** Forgets all fields: for a new header, and when a later "extFields" replaces an earlier one. */
  clear(): void {
    this.fieldCount = 0;
    this.origin = 0;
    this.base += SCANNED_FIELDS_MAX;
    if (this.base > this.#baseMax) {
      this.base = 0;
      this.letters.fill(-1);
    }
  }
}

/** Whether the bytes at `position` are this ASCII text. */
export function isAt(buffer: Buffer, position: number, text: string): boolean {
  for (let index = 0; index < text.length; index++) {
    if (buffer[position + index] !== text.charCodeAt(index)) return false;
  }
  return true;
}
