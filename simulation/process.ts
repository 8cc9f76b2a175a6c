/**
 * One life of a host: what its code asks of the world happens only while it lives. A dead process
 * runs nothing: no timer, no callback, no settled promise, no late write.
 */
import { assert } from '../runtime/mod.ts';
import type { Prng } from './prng.ts';
import type { Scheduled, Scheduler } from './scheduler.ts';

export class Process {
  readonly id: number;
  readonly prng: Prng;
  readonly #scheduler: Scheduler;
  readonly #ends: (() => void)[] = [];
  #alive = true;
  #pausedUntilUs = 0;
  /** What becomes of the process when its code throws. */
  onThrow: (error: unknown) => void = (error) => {
    throw error;
  };

  constructor(id: number, scheduler: Scheduler, prng: Prng) {
    this.id = id;
    this.#scheduler = scheduler;
    this.prng = prng;
  }

  /** Runs code of this process now. */
  run(run: () => void): void {
    try {
      run();
    } catch (error) {
      this.onThrow(error);
    }
  }

  get alive(): boolean {
    return this.#alive;
  }

  get nowUs(): number {
    return this.#scheduler.nowUs;
  }

  get isPaused(): boolean {
    return this.#pausedUntilUs > this.#scheduler.nowUs;
  }

  /** Runs in this process, later while it is paused, never once it is dead. */
  after(delayUs: number, run: () => void): Scheduled {
    const event = { current: this.#scheduler.after(delayUs, () => step()) };
    const step = (): void => {
      if (!this.#alive) return;
      const restUs = this.#pausedUntilUs - this.#scheduler.nowUs;
      if (restUs > 0) event.current = this.#scheduler.after(restUs, step);
      else this.run(run);
    };
    return { cancel: () => event.current.cancel() };
  }

  /** It gets no time for a while and wakes with old beliefs. */
  pause(durationUs: number): void {
    this.#pausedUntilUs = Math.max(this.#pausedUntilUs, this.nowUs + durationUs);
  }

  /** What the system does when the process dies, for instance release its locks. */
  onEnd(run: () => void): void {
    this.#ends.push(run);
  }

  end(): void {
    if (!this.#alive) return;
    this.#alive = false;
    for (const run of this.#ends) run();
  }

  assertAlive(): void {
    assert(this.#alive, 'a process that lives: a dead one runs nothing');
  }
}
