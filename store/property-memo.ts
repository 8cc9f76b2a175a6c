/**
 * The properties that were unescaped last, by which the next ones are known when they differ in
 * nothing but the bytes of a few values: then each byte has the same way to go, and what was found
 * in them is where it was.
 */
import { isPlain, PROPERTY, SeenBytes } from '../protocol/mod.ts';
import type { Target } from './log-tail.ts';
import { PropertyFacts } from './property-facts.ts';
import type { PropertyNames } from './property-names.ts';

/** Longer ones are walked each time. */
const SOURCE_BYTES_MAX = 1024;
const WORD_BYTES = 4;
const BACKSLASH = 0x5c;
const ZERO = 0x30;
/** Of a separator as JSON has it: a backslash, u, 000, 1 or 2. */
const ESCAPE_BYTES = 6;
const NAME_END = 1;

export class PropertyMemo {
  readonly #seen = new SeenBytes(SOURCE_BYTES_MAX);
  readonly #free = new Uint8Array(SOURCE_BYTES_MAX);
  /** Pairs of places, in the source and in the target: of whole words, and of single bytes. */
  readonly #words = new Int32Array(2 * SOURCE_BYTES_MAX);
  readonly #bytes = new Int32Array(2 * SOURCE_BYTES_MAX);
  /** Pairs of a place in the target and the byte that stands there. */
  readonly #separators = new Int32Array(2 * SOURCE_BYTES_MAX);
  #wordsEnd = 0;
  #bytesEnd = 0;
  #separatorsEnd = 0;
  #reserved: PropertyNames | undefined;
  /** Where they began in the target. */
  at = 0;
  targetBytes = 0;
  readonly facts: PropertyFacts = new PropertyFacts();

  /** Copies [start, end) when it is known; false: nothing was done. */
  // oxlint-disable-next-line eslint/max-params -- two spans; an object per message is what to avoid
  copy(
    { buffer, view: into }: Target,
    at: number,
    source: DataView,
    start: number,
    end: number,
    reserved: PropertyNames | undefined,
  ): boolean {
    if (!this.#seen.knows(source, start, end) || reserved !== this.#reserved) return false;
    const words = this.#words;
    const wordsEnd = this.#wordsEnd;
    for (let pair = 0; pair < wordsEnd; pair += 2) {
      const word = source.getInt32(start + (words[pair] as number));
      into.setInt32(at + (words[pair + 1] as number), word);
    }
    const bytes = this.#bytes;
    for (let pair = 0; pair < this.#bytesEnd; pair += 2) {
      buffer[at + (bytes[pair + 1] as number)] = source.getUint8(start + (bytes[pair] as number));
    }
    const separators = this.#separators;
    for (let pair = 0; pair < this.#separatorsEnd; pair += 2) {
      buffer[at + (separators[pair] as number)] = separators[pair + 1] as number;
    }
    return true;
  }

  /** [start, end) was not known; it is now copied to `at`, and walked: `facts` were found. */
  // oxlint-disable-next-line eslint/max-params -- as above
  consider(
    facts: PropertyFacts,
    at: number,
    source: DataView,
    start: number,
    end: number,
    reserved: PropertyNames | undefined,
  ): void {
    if (!this.#seen.isWorth(end - start)) return;
    this.#wordsEnd = this.#bytesEnd = this.#separatorsEnd = 0;
    this.#free.fill(0, 0, end - start);
    this.#plan(source, start, end);
    this.#seen.take(source, start, end, this.#free);
    this.#reserved = reserved;
    this.at = at;
    this.facts.take(facts, 0);
  }

  /** Plans the way of every byte, and which may be others: those of values that nobody looks into. */
  #plan(source: DataView, start: number, end: number): void {
    let to = 0;
    let nameStart = start;
    let isValue = false;
    for (let from = start; from < end; ) {
      if (source.getUint8(from) === BACKSLASH) {
        const separator = source.getUint8(from + ESCAPE_BYTES - 1) - ZERO;
        this.#separators[this.#separatorsEnd++] = to++;
        this.#separators[this.#separatorsEnd++] = separator;
        from += ESCAPE_BYTES;
        isValue = separator === NAME_END;
        if (!isValue) nameStart = from;
        continue;
      }
      const runEnd = backslashFrom(source, from, end);
      if (isValue && !isJudged(source, nameStart)) this.#freeRun(source, start, from, runEnd);
      this.#planRun(from - start, to, runEnd - from);
      to += runEnd - from;
      from = runEnd;
    }
    this.targetBytes = to;
  }

  #freeRun(source: DataView, start: number, from: number, to: number): void {
    for (let at = from; at < to; at++) {
      if (isPlain(source.getUint8(at))) this.#free[at - start] = 1;
    }
  }

  /** The last word ends with the run: it may overlap with the one before. */
  #planRun(from: number, to: number, bytes: number): void {
    if (bytes < WORD_BYTES) {
      for (let byte = 0; byte < bytes; byte++) {
        this.#bytes[this.#bytesEnd++] = from + byte;
        this.#bytes[this.#bytesEnd++] = to + byte;
      }
      return;
    }
    for (let done = 0; done < bytes; done += WORD_BYTES) {
      const word = Math.min(done, bytes - WORD_BYTES);
      this.#words[this.#wordsEnd++] = from + word;
      this.#words[this.#wordsEnd++] = to + word;
    }
  }
}

function backslashFrom(source: DataView, start: number, end: number): number {
  let at = start;
  while (at < end && source.getUint8(at) !== BACKSLASH) at++;
  return at;
}

/** Names of which the value itself decides something. */
const judged = [PROPERTY.WAIT, PROPERTY.DELAY].map((name) => Buffer.from(name));

/** Whether the name that begins at `start`, and ends before an escape, is one of these. */
function isJudged(source: DataView, start: number): boolean {
  return judged.some(
    (name) =>
      source.getUint8(start + name.length) === BACKSLASH &&
      name.every((byte, index) => source.getUint8(start + index) === byte),
  );
}
