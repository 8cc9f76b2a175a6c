/**
 * Makes the log durable: a sync every few milliseconds while there is something to sync, or, when
 * senders wait for it, one after the other, each taking in all that gathered during the last.
 *
 * Many small syncs keep the disk's queue short: the slowest writes are ten times faster with a
 * sync every 10 ms than with one every 500 ms. Never two at once.
 */
import type { Clock, Timer } from '../runtime/mod.ts';
import type { CommitLog } from './commit-log.ts';

export type FlushMode = 'ASYNC_FLUSH' | 'SYNC_FLUSH';

export interface FlusherOptions {
  readonly mode: FlushMode;
  readonly intervalMs: number;
}

export class Flusher {
  readonly #clock: Clock;
  readonly #log: CommitLog;
  readonly #options: FlusherOptions;
  readonly #onFlushed: () => void;
  #timer: Timer | undefined;
  #isSyncing = false;
  #isStopped = false;

  constructor(clock: Clock, log: CommitLog, options: FlusherOptions, onFlushed: () => void) {
    this.#clock = clock;
    this.#log = log;
    this.#options = options;
    this.#onFlushed = onFlushed;
  }

  /** Something was written. */
  onWritten(): void {
    if (this.#isSyncing || this.#timer !== undefined || this.#isStopped) return;
    if (this.#options.mode === 'SYNC_FLUSH') this.#sync();
    else this.#timer = this.#clock.after(this.#options.intervalMs, this.#sync);
  }

  /** No sync begins from now on; one that runs may end. */
  stop(): void {
    this.#isStopped = true;
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  readonly #sync = (): void => {
    this.#timer = undefined;
    if (!this.#log.hasUnsynced || this.#isStopped) return;
    this.#isSyncing = true;
    this.#log.sync(() => {
      this.#isSyncing = false;
      if (this.#isStopped) return;
      if (this.#log.hasUnsynced) this.onWritten();
      this.#onFlushed();
    });
  };
}
