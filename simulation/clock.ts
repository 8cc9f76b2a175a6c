/**
 * The clocks of a host. The monotonic one runs true; the wall clock may be off, run fast or slow,
 * and step.
 */
import type { Clock, Timer } from '../runtime/mod.ts';
import type { Process } from './process.ts';

/** An arbitrary instant at which simulations begin: 2026-01-01T00:00:00Z. */
const EPOCH_MS = 1_767_225_600_000;
/** How long a turn of the event loop may go on taking input. */
const TURN_US_MAX = 40;

/** What is wrong with a host's wall clock. */
export interface WallClock {
  offsetMs: number;
  /** Parts per million it runs fast; slow when negative. */
  driftPpm: number;
}

export class SimulatedClock implements Clock {
  readonly #process: Process;
  readonly #wall: WallClock;
  #waiting: (() => void)[] = [];

  constructor(process: Process, wall: WallClock) {
    this.#process = process;
    this.#wall = wall;
  }

  monotonicMs(): number {
    return this.#process.nowUs / 1000;
  }

  wallMs(): number {
    const { offsetMs, driftPpm } = this.#wall;
    const elapsedMs = Math.floor((this.#process.nowUs * (1_000_000 + driftPpm)) / 1e9);
    return EPOCH_MS + elapsedMs + offsetMs;
  }

  after(delayMs: number, run: () => void): Timer {
    return this.#process.after(Math.max(1, delayMs * 1000), run);
  }

  every(periodMs: number, run: () => void): Timer {
    const runAgain = (): void => {
      next = this.after(periodMs, runAgain);
      run();
    };
    let next = this.after(periodMs, runAgain);
    return { cancel: () => next.cancel() };
  }

  endOfTurn(run: () => void): void {
    if (this.#waiting.push(run) > 1) return;
    this.#process.after(this.#process.prng.below(TURN_US_MAX), () => {
      const runs = this.#waiting;
      this.#waiting = [];
      for (const each of runs) each();
    });
  }
}
