/**
 * How fast we may ask the API server: a bucket of `burst` that refills with `perSecond`. What is
 * urgent never waits (the lease of the leader), and is paid for by the others. Those wait in the
 * order they came; they are bounded by who asks: each worker and each reflector one at a time.
 */
import type { Clock, Timer } from '../../runtime/mod.ts';

export interface RateLimit {
  readonly perSecond: number;
  readonly burst: number;
}

interface Waiting {
  readonly signal: AbortSignal | undefined;
  readonly go: () => void;
}

export class RateLimiter {
  readonly #clock: Clock;
  readonly #limit: RateLimit;
  #tokens: number;
  #filledMs: number;
  readonly #waiting: Waiting[] = [];
  #timer: Timer | undefined;

  constructor(clock: Clock, limit: RateLimit) {
    this.#clock = clock;
    this.#limit = limit;
    this.#tokens = limit.burst;
    this.#filledMs = clock.monotonicMs();
  }

  /** Resolves when it may be asked. Whoever was aborted meanwhile has not used anything up. */
  take(isUrgent: boolean, signal?: AbortSignal): Promise<void> {
    this.#fill();
    if (isUrgent || (this.#waiting.length === 0 && this.#tokens >= 1)) {
      this.#tokens--;
      return Promise.resolve();
    }
    return new Promise((resolve) => {
      this.#waiting.push({ signal, go: resolve });
      this.#arm();
    });
  }

  #fill(): void {
    const now = this.#clock.monotonicMs();
    const { perSecond, burst } = this.#limit;
    this.#tokens = Math.min(burst, this.#tokens + ((now - this.#filledMs) * perSecond) / 1000);
    this.#filledMs = now;
  }

  #arm(): void {
    if (this.#timer !== undefined) return;
    const delayMs = Math.max(1, ((1 - this.#tokens) * 1000) / this.#limit.perSecond);
    this.#timer = this.#clock.after(delayMs, () => {
      this.#timer = undefined;
      this.#release();
    });
  }

  #release(): void {
    this.#fill();
    while (this.#waiting.length > 0) {
      const next = this.#waiting[0];
      if (next?.signal?.aborted !== true) {
        if (this.#tokens < 1) {
          this.#arm();
          return;
        }
        this.#tokens--;
      }
      this.#waiting.shift();
      next?.go();
    }
  }
}
