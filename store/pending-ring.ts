/**
 * What was appended and is not yet confirmed, in log order: all that queues and index will need, so
 * that nothing is read back from the log. Numbers in typed arrays; a message makes no object.
 *
 * Bounded: when it is full, appends are refused as busy until replicas or the disk catch up.
 */
import { assert } from '../runtime/mod.ts';

const ENTRIES_MIN = 1024;
/** Messages have two keys as a rule: the unique one and one of the application's. */
const KEYS_MIN = 2048;
/** No queue: halves of transactions are indexed but have no place in a queue. */
export const NO_QUEUE = -1;

export class PendingRing {
  readonly #entriesMax: number;
  /** Counted without end; the place in the arrays is the count masked. */
  #head = 0;
  #tail = 0;
  #mask = ENTRIES_MIN - 1;
  #queues = new Int32Array(ENTRIES_MIN);
  #ends = new Float64Array(ENTRIES_MIN);
  #sizes = new Int32Array(ENTRIES_MIN);
  #tags = new Float64Array(ENTRIES_MIN);
  #times = new Float64Array(ENTRIES_MIN);
  #keyCounts = new Int32Array(ENTRIES_MIN);
  #keys = new Int32Array(KEYS_MIN);
  #keyMask = KEYS_MIN - 1;
  #keyHead = 0;
  #keyTail = 0;

  constructor(entriesMax: number) {
    this.#entriesMax = entriesMax;
  }

  get length(): number {
    return this.#tail - this.#head;
  }

  /** Messages ever added, but for those that were dropped again, and of these how many have gone on. */
  get addedCount(): number {
    return this.#tail;
  }

  get takenCount(): number {
    return this.#head;
  }

  get isFull(): boolean {
    return this.length >= this.#entriesMax;
  }

  /** Adds a message; its keys follow by `pushKey`. */
  push(queue: number, end: number, size: number): void {
    if (this.length > this.#mask) this.#grow();
    const place = this.#tail++ & this.#mask;
    this.#queues[place] = queue;
    this.#ends[place] = end;
    this.#sizes[place] = size;
    this.#keyCounts[place] = 0;
  }

  /** The rest of the message pushed last. */
  describe(tagsCode: number, storeTimestamp: number): void {
    const place = (this.#tail - 1) & this.#mask;
    this.#tags[place] = tagsCode;
    this.#times[place] = storeTimestamp;
  }

  /** Adds a key to the message pushed last. */
  pushKey(hash: number): void {
    if (this.#keyTail - this.#keyHead > this.#keyMask) this.#growKeys();
    this.#keys[this.#keyTail++ & this.#keyMask] = hash;
    const place = (this.#tail - 1) & this.#mask;
    this.#keyCounts[place] = (this.#keyCounts[place] as number) + 1;
  }

  // Of the oldest message:

  /** Where it ends in the log; infinite when there is none. */
  get firstEnd(): number {
    if (this.#head === this.#tail) return Number.POSITIVE_INFINITY;
    return this.#ends[this.#head & this.#mask] as number;
  }

  get firstQueue(): number {
    return this.#queues[this.#head & this.#mask] as number;
  }

  get firstSize(): number {
    return this.#sizes[this.#head & this.#mask] as number;
  }

  get firstTagsCode(): number {
    return this.#tags[this.#head & this.#mask] as number;
  }

  get firstTime(): number {
    return this.#times[this.#head & this.#mask] as number;
  }

  get firstKeyCount(): number {
    return this.#keyCounts[this.#head & this.#mask] as number;
  }

  /** Takes the next key of the oldest message. */
  takeKey(): number {
    return this.#keys[this.#keyHead++ & this.#keyMask] as number;
  }

  /** Drops the oldest message, whose keys were taken. */
  shift(): void {
    this.#head++;
  }

  /** Drops the newest message that ends behind `offset`; returns its queue, undefined when none. */
  popBehind(offset: number): number | undefined {
    if (this.#head === this.#tail) return undefined;
    const place = (this.#tail - 1) & this.#mask;
    if ((this.#ends[place] as number) <= offset) return undefined;
    this.#tail--;
    this.#keyTail -= this.#keyCounts[place] as number;
    return this.#queues[place] as number;
  }

  #grow(): void {
    const size = this.#mask + 1;
    assert(size * 2 <= Math.max(this.#entriesMax * 2, ENTRIES_MIN), 'a caller that asks isFull');
    this.#queues = unrolled(this.#queues, this.#head);
    this.#ends = unrolled(this.#ends, this.#head);
    this.#sizes = unrolled(this.#sizes, this.#head);
    this.#tags = unrolled(this.#tags, this.#head);
    this.#times = unrolled(this.#times, this.#head);
    this.#keyCounts = unrolled(this.#keyCounts, this.#head);
    this.#mask = size * 2 - 1;
  }

  #growKeys(): void {
    this.#keys = unrolled(this.#keys, this.#keyHead);
    this.#keyMask = this.#keys.length - 1;
  }
}

/** A full ring in an array twice as large, each item at the place that its count masks to. */
function unrolled<A extends Int32Array | Float64Array>(ring: A, head: number): A {
  const size = ring.length;
  const Kind = ring.constructor as new (length: number) => A;
  const larger = new Kind(size * 2);
  for (let count = head; count < head + size; count++) {
    larger[count & (size * 2 - 1)] = ring[count & (size - 1)] as number;
  }
  return larger;
}
