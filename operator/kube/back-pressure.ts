/**
 * When more work may begin: while the API server has enough to do for us, work waits where it is
 * merged, ordered and shared out between clusters (in the queues), not half done between two calls.
 * An API server that is slow, or far away, is so given less at once, and one that is fast more.
 *
 * Nobody waits for longer than `PATIENCE_MS`: calls that hang hold up no one for ever.
 */
import type { Clock, Timer } from '../../runtime/mod.ts';

/** With so many calls under way the API server has enough to do. */
const CALLS_ENOUGH = 8;
/** Whoever has begun just now is about to call. */
const BEGINNING_MS = 20;
const PATIENCE_MS = 2_000;

interface Waiting {
  readonly sinceMs: number;
  readonly go: () => void;
}

export class BackPressure {
  readonly #clock: Clock;
  #calls = 0;
  /** When each of the last began. */
  #begunMs: number[] = [];
  readonly #waiting: Waiting[] = [];
  #timer: Timer | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  callBegins(): void {
    this.#calls++;
  }

  callEnds(): void {
    this.#calls--;
    this.#admit();
  }

  /** Resolves when a piece of work may begin, which then counts as begun. In the order they came. */
  room(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.push({ sinceMs: this.#clock.monotonicMs(), go: resolve });
    this.#admit();
    return promise;
  }

  #admit(): void {
    const nowMs = this.#clock.monotonicMs();
    this.#begunMs = this.#begunMs.filter((ms) => nowMs - ms < BEGINNING_MS);
    for (;;) {
      const [next] = this.#waiting;
      if (next === undefined) return;
      const isPatient = nowMs - next.sinceMs < PATIENCE_MS;
      if (isPatient && this.#calls + this.#begunMs.length >= CALLS_ENOUGH) break;
      this.#waiting.shift();
      this.#begunMs.push(nowMs);
      next.go();
    }
    if (this.#timer !== undefined) return;
    this.#timer = this.#clock.after(BEGINNING_MS, () => {
      this.#timer = undefined;
      this.#admit();
    });
  }
}
