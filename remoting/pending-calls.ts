/**
 * Requests that left on one connection and wait for their answers, by opaque id.
 *
 * Bounded: a call beyond `CALLS_MAX` is refused at once. Every call ends exactly once: answered,
 * timed out, aborted, or failed with its connection.
 */
import type { Command } from '../protocol/mod.ts';
import { type Clock, NetworkError, type Timer } from '../runtime/mod.ts';

const CALLS_MAX = 16_384;

interface PendingCall {
  readonly resolve: (answer: Command) => void;
  readonly reject: (error: Error) => void;
  /** Stops the timer and the listening for an abort. */
  readonly disarm: () => void;
}

export interface CallLimits {
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
  /** The call has timed out: the connection may want to know. */
  readonly onTimeout?: (() => void) | undefined;
}

export class PendingCalls {
  readonly #clock: Clock;
  readonly #calls = new Map<number, PendingCall>();
  #opaque = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get size(): number {
    return this.#calls.size;
  }

  /** An id for the next request; signed 32 bits, as Java's counter. */
  nextOpaque(): number {
    this.#opaque = (this.#opaque + 1) | 0;
    return this.#opaque;
  }

  /** Settles with the answer to `opaque`. `what` names the call in errors. */
  wait(opaque: number, what: string, limits: CallLimits): Promise<Command> {
    const { timeoutMs, signal, onTimeout } = limits;
    if (signal?.aborted === true) return Promise.reject(signal.reason as Error);
    if (this.#calls.size >= CALLS_MAX) {
      const message = `Cannot call ${what}: ${CALLS_MAX} calls wait for answers already`;
      return Promise.reject(new NetworkError('Other', message));
    }
    return new Promise((resolve, reject) => {
      const abort = (): void => this.#fail(opaque, signal?.reason as Error);
      const timer: Timer = this.#clock.after(timeoutMs, () => {
        const message = `Cannot call ${what}: no answer within ${Math.round(timeoutMs)} ms`;
        this.#fail(opaque, new NetworkError('TimedOut', message));
        onTimeout?.();
      });
      const disarm = (): void => {
        timer.cancel();
        signal?.removeEventListener('abort', abort);
      };
      signal?.addEventListener('abort', abort, { once: true });
      this.#calls.set(opaque, { resolve, reject, disarm });
    });
  }

  /** False when nobody waits for it: it came too late, or was never asked for. */
  settle(answer: Command): boolean {
    const call = this.#take(answer.opaque);
    call?.resolve(answer);
    return call !== undefined;
  }

  failAll(error: Error): void {
    for (const opaque of this.#calls.keys()) this.#fail(opaque, error);
  }

  #fail(opaque: number, error: Error): void {
    this.#take(opaque)?.reject(error);
  }

  #take(opaque: number): PendingCall | undefined {
    const call = this.#calls.get(opaque);
    if (call === undefined) return undefined;
    this.#calls.delete(opaque);
    call.disarm();
    return call;
  }
}
