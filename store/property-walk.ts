/**
 * Finds, in one pass over a record's properties, what the store itself must know: tags, keys, the
 * unique key, the delay level, whether the sender waits. Follows RocketMQ's decoder: the last
 * separator may be missing, an item without a name or a value counts for nothing, a later item of
 * the same name wins.
 */
import { LastView, NAME_SEPARATOR, PROPERTY, PROPERTY_SEPARATOR } from '../protocol/mod.ts';
import type { Target } from './log-tail.ts';
import { PropertyFacts } from './property-facts.ts';
import { PropertyMemo } from './property-memo.ts';
import type { PropertyNames } from './property-names.ts';

const NAME_END = NAME_SEPARATOR;
const VALUE_END = PROPERTY_SEPARATOR;
const BACKSLASH = 0x5c;
const ZERO = 0x30;
const U = 0x75;
/** Of a separator as JSON has it: a backslash, u, 000, 1 or 2. */
const ESCAPE_BYTES = 6;
/** What is copied at once where there is no escape. */
const WORD_BYTES = 4;

const TAGS = Buffer.from(PROPERTY.TAGS);
const KEYS = Buffer.from(PROPERTY.KEYS);
const WAIT = Buffer.from(PROPERTY.WAIT);
const DELAY = Buffer.from(PROPERTY.DELAY);
const UNIQ_KEY = Buffer.from(PROPERTY.UNIQUE_KEY);
const TRUE = Buffer.from('true');

export class PropertyWalk extends PropertyFacts {
  readonly #views = new LastView();
  readonly #memo = new PropertyMemo();

  /** Walks [start, end) of `buffer`; notes whether one of the `reserved` names was met. */
  run(buffer: Buffer, start: number, end: number, reserved?: PropertyNames): void {
    this.reset();
    this.goOn(buffer, start, end, reserved);
  }

  /** As `run`, for more of the same record's properties. */
  goOn(buffer: Buffer, start: number, end: number, reserved?: PropertyNames): void {
    let item = start;
    while (item < end) {
      const nameEnd = separatorFrom(buffer, item, end);
      const valueEnd = valueEndFrom(buffer, nameEnd, end);
      this.#noteItem(buffer, item, nameEnd, valueEnd, reserved);
      item = valueEnd + 1;
    }
  }

  /**
   * `run` and `copyUnescaped` in one pass over the properties of a JSON header, as its clients
   * write them: no escapes but those of the separators. Returns where they end in `target`; -1 when
   * there are others, and then the two must be called one after the other.
   */
  // oxlint-disable-next-line eslint/max-params -- two spans; an object per message is what to avoid
  copyUnescaped(
    target: Target,
    at: number,
    source: Buffer,
    start: number,
    end: number,
    reserved?: PropertyNames,
  ): number {
    const words = this.#views.of(source);
    const memo = this.#memo;
    if (memo.copy(target, at, words, start, end, reserved)) {
      this.take(memo.facts, at - memo.at);
      return at + memo.targetBytes;
    }
    const copiedEnd = this.#copyEach(target, at, source, start, end, reserved);
    if (copiedEnd >= 0) memo.consider(this, at, words, start, end, reserved);
    return copiedEnd;
  }

  // oxlint-disable-next-line eslint/max-params, eslint/complexity -- one loop, two spans
  #copyEach(
    { buffer: target, view: into }: Target,
    at: number,
    source: Buffer,
    start: number,
    end: number,
    reserved: PropertyNames | undefined,
  ): number {
    this.reset();
    const words = this.#views.of(source);
    let from = start;
    let to = at;
    let item = at;
    let nameEnd = -1;
    for (;;) {
      for (; from + WORD_BYTES <= end; from += WORD_BYTES, to += WORD_BYTES) {
        const word = words.getInt32(from);
        if (hasBackslash(word)) break;
        into.setInt32(to, word);
      }
      while (from < end && source[from] !== BACKSLASH) target[to++] = source[from++] as number;
      if (from === end) break;
      const separator = from + ESCAPE_BYTES <= end ? escapedSeparatorAt(source, from) : 0;
      if (separator === 0) return -1;
      if (separator === VALUE_END) {
        this.#noteItem(target, item, nameEnd < 0 ? to : nameEnd, to, reserved);
        item = to + 1;
        nameEnd = -1;
      } else if (nameEnd < 0) {
        nameEnd = to;
      }
      target[to++] = separator;
      from += ESCAPE_BYTES;
    }
    this.#noteItem(target, item, nameEnd < 0 ? to : nameEnd, to, reserved);
    return to;
  }

  /** An item with a name and a value; anything else counts for nothing. */
  // oxlint-disable-next-line eslint/max-params -- as above
  #noteItem(
    buffer: Buffer,
    start: number,
    nameEnd: number,
    valueEnd: number,
    reserved: PropertyNames | undefined,
  ): void {
    if (nameEnd <= start || valueEnd - nameEnd <= 1) return;
    this.#note(buffer, start, nameEnd, valueEnd);
    if (reserved?.has(buffer, start, nameEnd) === true) this.isReserved = true;
  }

  #note(buffer: Buffer, start: number, nameEnd: number, valueEnd: number): void {
    const value = nameEnd + 1;
    switch (nameEnd - start) {
      case 4:
        this.#noteFour(buffer, start, valueEnd);
        break;
      case 5:
        if (is(DELAY, buffer, start)) this.delayLevel = levelIn(buffer, value, valueEnd);
        break;
      case 8:
        if (is(UNIQ_KEY, buffer, start)) {
          this.uniqueKeyStart = value;
          this.uniqueKeyEnd = valueEnd;
        }
        break;
      default:
    }
  }

  #noteFour(buffer: Buffer, start: number, valueEnd: number): void {
    const value = start + 5;
    if (is(TAGS, buffer, start)) {
      this.tagsStart = value;
      this.tagsEnd = valueEnd;
    } else if (is(KEYS, buffer, start)) {
      this.keysStart = value;
      this.keysEnd = valueEnd;
    } else if (is(WAIT, buffer, start)) {
      this.waits = valueEnd - value === TRUE.length && isIgnoringCase(TRUE, buffer, value);
    }
  }
}

/** Whether one of the four bytes is a backslash: only such a byte turns to 0, and borrows. */
function hasBackslash(word: number): boolean {
  const difference = word ^ 0x5c5c_5c5c;
  return ((difference - 0x0101_0101) & ~difference & 0x8080_8080) !== 0;
}

/** The separator that the escape at `p` stands for; 0 when it is another one. */
function escapedSeparatorAt(b: Buffer, p: number): number {
  if (b[p + 1] !== U || b[p + 2] !== ZERO || b[p + 3] !== ZERO || b[p + 4] !== ZERO) return 0;
  const separator = (b[p + 5] as number) - ZERO;
  return separator === NAME_END || separator === VALUE_END ? separator : 0;
}

/** The first 0x01 or 0x02, else `end`. */
function separatorFrom(buffer: Buffer, start: number, end: number): number {
  let position = start;
  while (position < end) {
    const byte = buffer[position] as number;
    if (byte === NAME_END || byte === VALUE_END) return position;
    position++;
  }
  return end;
}

/** The first 0x02, else `end`. */
function valueEndFrom(buffer: Buffer, start: number, end: number): number {
  let position = start;
  while (position < end && buffer[position] !== VALUE_END) position++;
  return position;
}

function is(name: Buffer, buffer: Buffer, start: number): boolean {
  for (let index = 0; index < name.length; index++) {
    if (name[index] !== buffer[start + index]) return false;
  }
  return true;
}

function isIgnoringCase(word: Buffer, buffer: Buffer, start: number): boolean {
  for (let index = 0; index < word.length; index++) {
    if (word[index] !== ((buffer[start + index] as number) | 0x20)) return false;
  }
  return true;
}

/** The number in [start, end); 0 when it is none. */
function levelIn(buffer: Buffer, start: number, end: number): number {
  let level = 0;
  for (let position = start; position < end; position++) {
    const digit = (buffer[position] as number) - 48;
    if (digit < 0 || digit > 9 || level > 1000) return 0;
    level = level * 10 + digit;
  }
  return level;
}
