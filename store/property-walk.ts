/**
 * Finds, in one pass over a record's properties, what the store itself must know: tags, keys, the
 * unique key, the delay level, whether the sender waits. Follows RocketMQ's decoder: the last
 * separator may be missing, an item without a name or a value counts for nothing, a later item of
 * the same name wins.
 */
import type { PropertyNames } from './property-names.ts';

const NAME_END = 1;
const VALUE_END = 2;

const TAGS = Buffer.from('TAGS');
const KEYS = Buffer.from('KEYS');
const WAIT = Buffer.from('WAIT');
const DELAY = Buffer.from('DELAY');
const UNIQ_KEY = Buffer.from('UNIQ_KEY');
const TRUE = Buffer.from('true');

export class PropertyWalk {
  tagsStart = 0;
  tagsEnd = 0;
  keysStart = 0;
  keysEnd = 0;
  uniqueKeyStart = 0;
  uniqueKeyEnd = 0;
  /** 0: none. */
  delayLevel = 0;
  waits = true;
  isReserved = false;

  /** Walks [start, end) of `buffer`; notes whether one of the `reserved` names was met. */
  run(buffer: Buffer, start: number, end: number, reserved?: PropertyNames): void {
    this.tagsStart = this.tagsEnd = 0;
    this.keysStart = this.keysEnd = 0;
    this.uniqueKeyStart = this.uniqueKeyEnd = 0;
    this.delayLevel = 0;
    this.waits = true;
    this.isReserved = false;
    let item = start;
    while (item < end) {
      const nameEnd = separatorFrom(buffer, item, end);
      const valueEnd = valueEndFrom(buffer, nameEnd, end);
      if (nameEnd > item && valueEnd - nameEnd > 1) {
        this.#note(buffer, item, nameEnd, valueEnd);
        if (reserved?.has(buffer, item, nameEnd) === true) this.isReserved = true;
      }
      item = valueEnd + 1;
    }
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
