/**
 * When more work may begin: while the API server has enough to do for us, work waits where it is
 * merged, ordered and shared out between clusters (in the queues), not half done between two calls.
 * An API server that is slow, or far away, is so given less at once, and one that is fast more.
 *
 * A call that hangs holds up nobody for long: after a while it does not count any more.
 */
import type { Clock, Timer } from '../../runtime/mod.ts';

/** With so many calls under way the API server has enough to do. */
const CALLS_ENOUGH = 8;
const HANGS_MS = 2_000;
/** Whoever has begun just now is about to call. */
const BEGINNING_MS = 20;

/** A call under way. */
export interface Underway {
  readonly sinceMs: number;
}

export class BackPressure {
  readonly #clock: Clock;
  readonly #calls = new Set<Underway>();
  /** When each of the last began. */
  #begunMs: number[] = [];
  readonly #waiting: (() => void)[] = [];
  #timer: Timer | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  callBegins(): Underway {
    const call = { sinceMs: this.#clock.monotonicMs() };
    this.#calls.add(call);
    return call;
  }

  callEnds(call: Underway): void {
    this.#calls.delete(call);
    this.#admit();
  }

  /** Resolves when a piece of work may begin, which then counts as begun. In the order they came. */
  room(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.push(resolve);
    this.#admit();
    return promise;
  }

  #admit(): void {
    while (this.#waiting.length > 0) {
      if (this.#isEnough()) {
        this.#lookAgain();
        return;
      }
      this.#begunMs.push(this.#clock.monotonicMs());
      this.#waiting.shift()?.();
    }
  }

  #isEnough(): boolean {
    const nowMs = this.#clock.monotonicMs();
    this.#begunMs = this.#begunMs.filter((ms) => nowMs - ms < BEGINNING_MS);
    let count = this.#begunMs.length;
    for (const { sinceMs } of this.#calls) if (nowMs - sinceMs < HANGS_MS) count++;
    return count >= CALLS_ENOUGH;
  }

  #lookAgain(): void {
    if (this.#timer !== undefined) return;
    this.#timer = this.#clock.after(BEGINNING_MS, () => {
      this.#timer = undefined;
      this.#admit();
    });
  }
}
