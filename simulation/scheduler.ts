/**
 * Simulated time: a heap of what happens when. Events due at the same instant run in an order drawn
 * from the seed, as nothing in a real cluster orders them.
 *
 * Time is in whole microseconds, so that no rounding differs between machines.
 */
import { assert } from '../runtime/mod.ts';
import type { Prng } from './prng.ts';

export interface Scheduled {
  cancel(): void;
}

interface Event extends Scheduled {
  readonly atUs: number;
  readonly tie: number;
  readonly sequence: number;
  run: (() => void) | undefined;
}

export class Scheduler {
  readonly #prng: Prng;
  readonly #heap: Event[] = [];
  #sequence = 0;
  #nowUs = 0;

  constructor(prng: Prng) {
    this.#prng = prng;
  }

  get nowUs(): number {
    return this.#nowUs;
  }

  after(delayUs: number, run: () => void): Scheduled {
    assert(delayUs >= 0, 'a delay that is not negative');
    const event: Event = {
      atUs: this.#nowUs + Math.ceil(delayUs),
      tie: this.#prng.below(1 << 16),
      sequence: this.#sequence++,
      run,
      cancel() {
        event.run = undefined;
      },
    };
    this.#push(event);
    return event;
  }

  /** Moves time to the next event and takes it, unless it lies beyond `endUs`. */
  take(endUs: number): (() => void) | undefined {
    for (;;) {
      const event = this.#heap[0];
      if (event === undefined || event.atUs > endUs) return undefined;
      this.#pop();
      if (event.run === undefined) continue;
      this.#nowUs = event.atUs;
      return event.run;
    }
  }

  /** Lets time pass to `atUs` when nothing more happens until then. */
  skipTo(atUs: number): void {
    this.#nowUs = Math.max(this.#nowUs, atUs);
  }

  #push(event: Event): void {
    const heap = this.#heap;
    let at = heap.push(event) - 1;
    while (at > 0) {
      const above = (at - 1) >> 1;
      const parent = heap[above];
      if (parent === undefined || isBefore(parent, event)) break;
      heap[at] = parent;
      at = above;
    }
    heap[at] = event;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let at = 0;
    for (;;) {
      let below = 2 * at + 1;
      let child = heap[below];
      if (child === undefined) break;
      const right = heap[below + 1];
      if (right !== undefined && isBefore(right, child)) {
        child = right;
        below++;
      }
      if (isBefore(last, child)) break;
      heap[at] = child;
      at = below;
    }
    heap[at] = last;
  }
}

function isBefore(a: Event, b: Event): boolean {
  if (a.atUs !== b.atUs) return a.atUs < b.atUs;
  return a.tie === b.tie ? a.sequence < b.sequence : a.tie < b.tie;
}
