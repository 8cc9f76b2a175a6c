/**
 * Items that are due later: one heap and one timer for all of them. An item is in it once; of two
 * times the earlier holds.
 */
import type { Clock, Timer } from '../../runtime/mod.ts';

interface Entry {
  readonly item: string;
  readonly atMs: number;
}

export class Delayed {
  readonly #clock: Clock;
  readonly #onDue: (item: string) => void;
  /** When each is due. The heap may hold older entries of an item besides. */
  readonly #due = new Map<string, number>();
  #heap: Entry[] = [];
  #timer: Timer | undefined;
  #timerMs = Number.POSITIVE_INFINITY;

  constructor(clock: Clock, onDue: (item: string) => void) {
    this.#clock = clock;
    this.#onDue = onDue;
  }

  get size(): number {
    return this.#due.size;
  }

  add(item: string, delayMs: number): void {
    const atMs = this.#clock.monotonicMs() + delayMs;
    const known = this.#due.get(item);
    if (known !== undefined && known <= atMs) return;
    this.#due.set(item, atMs);
    // Entries that hold no more are dropped when there are more of them than of the others.
    if (this.#heap.length > 2 * this.#due.size + 64) this.#rebuild();
    else this.#push({ item, atMs });
    this.#arm();
  }

  remove(item: string): void {
    this.#due.delete(item);
  }

  clear(): void {
    this.#due.clear();
    this.#heap = [];
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#timerMs = Number.POSITIVE_INFINITY;
  }

  #arm(): void {
    const next = this.#heap[0];
    if (next === undefined || next.atMs >= this.#timerMs) return;
    this.#timer?.cancel();
    this.#timerMs = next.atMs;
    const delayMs = Math.max(0, next.atMs - this.#clock.monotonicMs());
    this.#timer = this.#clock.after(delayMs, () => {
      this.#timer = undefined;
      this.#timerMs = Number.POSITIVE_INFINITY;
      this.#release();
      this.#arm();
    });
  }

  #release(): void {
    const nowMs = this.#clock.monotonicMs();
    for (let next = this.#heap[0]; next !== undefined && next.atMs <= nowMs; next = this.#heap[0]) {
      this.#pop();
      if (this.#due.get(next.item) !== next.atMs) continue;
      this.#due.delete(next.item);
      this.#onDue(next.item);
    }
  }

  #rebuild(): void {
    this.#heap = [];
    for (const [item, atMs] of this.#due) this.#push({ item, atMs });
  }

  #push(entry: Entry): void {
    const heap = this.#heap;
    let place = heap.push(entry) - 1;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      if (this.#at(parent) <= entry.atMs) break;
      this.#swap(place, parent);
      place = parent;
    }
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    heap[0] = last;
    for (let place = 0; ; ) {
      const left = 2 * place + 1;
      const least = this.#at(left + 1) < this.#at(left) ? left + 1 : left;
      if (this.#at(least) >= last.atMs) return;
      this.#swap(place, least);
      place = least;
    }
  }

  #at(place: number): number {
    return this.#heap[place]?.atMs ?? Number.POSITIVE_INFINITY;
  }

  #swap(one: number, other: number): void {
    const heap = this.#heap;
    const [first, second] = [heap[one], heap[other]];
    if (first === undefined || second === undefined) return;
    heap[one] = second;
    heap[other] = first;
  }
}
