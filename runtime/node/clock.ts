/** Time as the machine has it. One `setImmediate` serves all callbacks of a turn. */
import type { Clock, Timer } from '../clock.ts';

/** What `setTimeout` can wait; it runs at once when asked for more. */
const DELAY_MS_MAX = 2 ** 31 - 1;

export function nodeClock(): Clock {
  const endOfTurn = new EndOfTurn();
  return {
    monotonicMs: () => performance.now(),
    wallMs: () => Date.now(),
    after: (delayMs, run) => new Timeout(delayMs, run),
    every: (periodMs, run) => new Interval(periodMs, run),
    endOfTurn: (run) => endOfTurn.add(run),
  };
}

/**
 * `setImmediate` runs once after all ready sockets of a poll phase. What is added while the
 * callbacks run waits for the next turn, so that input is looked at in between.
 */
class EndOfTurn {
  #waiting: (() => void)[] = [];
  #running: (() => void)[] = [];
  readonly #run = (): void => {
    const runs = this.#waiting;
    this.#waiting = this.#running;
    this.#running = runs;
    for (const run of runs) run();
    runs.length = 0;
  };

  add(run: () => void): void {
    if (this.#waiting.push(run) === 1) setImmediate(this.#run);
  }
}

class Timeout implements Timer {
  #timeout: NodeJS.Timeout;

  constructor(delayMs: number, run: () => void) {
    this.#timeout = this.#arm(Math.ceil(delayMs), run);
  }

  #arm(delayMs: number, run: () => void): NodeJS.Timeout {
    if (delayMs <= DELAY_MS_MAX) return setTimeout(run, delayMs);
    return setTimeout(() => {
      this.#timeout = this.#arm(delayMs - DELAY_MS_MAX, run);
    }, DELAY_MS_MAX);
  }

  cancel(): void {
    clearTimeout(this.#timeout);
  }
}

class Interval implements Timer {
  readonly #interval: NodeJS.Timeout;

  constructor(periodMs: number, run: () => void) {
    this.#interval = setInterval(run, Math.min(Math.ceil(periodMs), DELAY_MS_MAX));
  }

  cancel(): void {
    clearInterval(this.#interval);
  }
}
