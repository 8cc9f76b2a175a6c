/** Time: what it is, and being called back when it has passed. */

export interface Timer {
  /** Idempotent; a cancelled timer never runs again. */
  cancel(): void;
}

export interface Clock {
  /** Milliseconds since an arbitrary start; never steps back. For durations and deadlines. */
  monotonicMs(): number;
  /** Milliseconds since the epoch, whole; may step. For what is stored or shown, never for waiting. */
  wallMs(): number;
  /** Runs once, `delayMs` from now. */
  after(delayMs: number, run: () => void): Timer;
  /** Runs every `periodMs`, first one period from now. A slow run delays the next, none pile up. */
  every(periodMs: number, run: () => void): Timer;
  /**
   * Runs once when all input that is ready in this turn of the event loop has been handled: the
   * point where a batch is written. Callbacks run in the order they were given.
   */
  endOfTurn(run: () => void): void;
}

/** Resolves after `delayMs`; rejects with the signal's reason when it is aborted first. */
export function sleep(clock: Clock, delayMs: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(signal.reason as Error);
      return;
    }
    const abort = (): void => {
      timer.cancel();
      reject(signal?.reason as Error);
    };
    const timer = clock.after(delayMs, () => {
      signal?.removeEventListener('abort', abort);
      resolve();
    });
    signal?.addEventListener('abort', abort, { once: true });
  });
}
