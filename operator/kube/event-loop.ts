/** How late the event loop runs: a process whose loop stood still may not be trusted with a lease. */
import type { Clock, Timer } from '../../runtime/mod.ts';

const LOOK_MS = 1_000;
/** So long a delay is remembered. */
const WINDOW_LOOKS = 30;

export class EventLoopDelay {
  readonly #delaysMs: number[] = [];
  readonly #timer: Timer;

  constructor(clock: Clock) {
    let dueMs = clock.monotonicMs() + LOOK_MS;
    this.#timer = clock.every(LOOK_MS, () => {
      const nowMs = clock.monotonicMs();
      this.#delaysMs.push(Math.max(0, nowMs - dueMs));
      if (this.#delaysMs.length > WINDOW_LOOKS) this.#delaysMs.shift();
      dueMs = nowMs + LOOK_MS;
    });
  }

  /** The longest of the last half minute. */
  get worstMs(): number {
    return Math.max(0, ...this.#delaysMs);
  }

  stop(): void {
    this.#timer.cancel();
  }
}
