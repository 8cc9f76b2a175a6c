/** Whether the broker takes messages at all at this moment. */
import { Failure } from '../../protocol/mod.ts';
import type { Clock } from '../../runtime/mod.ts';

export class Admission {
  readonly #clock: Clock;
  readonly #startMs: number;
  #isStopping = false;
  /** The fast path's question; false also when it is worth a closer look. */
  isOpen = false;

  /** `startMs`: the wall time before which nothing is taken. */
  constructor(clock: Clock, startMs: number) {
    this.#clock = clock;
    this.#startMs = startMs;
    this.isOpen = clock.wallMs() >= startMs;
  }

  /** Throws when no message is taken. */
  require(): void {
    if (this.isOpen) return;
    if (this.#isStopping) {
      throw new Failure('ServiceNotAvailable', 'Cannot store the message: the broker is stopping');
    }
    if (this.#clock.wallMs() < this.#startMs) {
      throw new Failure(
        'InternalError',
        `broker unable to service, until ${new Date(this.#startMs).toISOString()}`,
      );
    }
    this.isOpen = true;
  }

  /** From now on nothing is taken. */
  stop(): void {
    this.#isStopping = true;
    this.isOpen = false;
  }
}
