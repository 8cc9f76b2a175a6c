/**
 * Keeps one name server informed: everything at first and every period, changed topics at once,
 * and everything again as soon as the connection broke or an attempt failed.
 *
 * One attempt at a time; what changes meanwhile goes into the next. Name servers know nothing of
 * each other, so each has a link of its own and none waits for another.
 */
import {
  type Address,
  AssertionError,
  type Clock,
  formatAddress,
  type Log,
  NetworkError,
  type Random,
  type Timer,
} from '../../runtime/mod.ts';

const RETRY_MS_MIN = 200;
const RETRY_MS_MAX = 10_000;

/** Tells the name server: the named topics only, or everything. Rejects when that failed. */
export type Register = (address: Address, topics: ReadonlySet<string> | 'all') => Promise<void>;

export interface LinkParts {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly register: Register;
  readonly periodMs: number;
  readonly onRegistered: () => void;
}

export class NameServerLink {
  readonly address: Address;
  readonly #parts: LinkParts;
  /** What it must still be told; undefined when it knows everything. */
  #owed: Set<string> | 'all' | undefined = 'all';
  #failures = 0;
  #isBusy = false;
  #timer: Timer | undefined;
  #isStopped = false;
  isRegistered = false;

  constructor(address: Address, parts: LinkParts) {
    this.address = address;
    this.#parts = parts;
  }

  start(): void {
    this.#attempt();
  }

  /** Topics are new or different. */
  changed(topics: Iterable<string>): void {
    if (this.#owed !== 'all') this.#owed = new Set([...(this.#owed ?? []), ...topics]);
    // After a failure the retry says everything.
    if (this.#failures === 0) this.#attempt();
  }

  /** The name server may have forgotten: it was restarted, or the broker's permission changed. */
  refresh(): void {
    this.#owed = 'all';
    if (this.#failures === 0) this.#attempt();
  }

  /** No attempt begins any more. */
  stop(): void {
    this.#isStopped = true;
    this.#timer?.cancel();
  }

  #attempt(): void {
    if (this.#isBusy || this.#isStopped) return;
    this.#timer?.cancel();
    const told = this.#owed ?? 'all';
    this.#owed = undefined;
    this.#isBusy = true;
    void this.#parts.register(this.address, this.isRegistered ? told : 'all').then(
      () => this.#succeeded(),
      (error: unknown) => this.#failed(error),
    );
  }

  #succeeded(): void {
    const { log, onRegistered, clock, periodMs } = this.#parts;
    this.#isBusy = false;
    this.#failures = 0;
    if (!this.isRegistered) {
      this.isRegistered = true;
      log.info('Registered with a name server', { nameServer: formatAddress(this.address) });
      onRegistered();
    }
    if (this.#isStopped) return;
    if (this.#owed !== undefined) this.#attempt();
    else this.#timer = clock.after(periodMs, () => this.refresh());
  }

  #failed(error: unknown): void {
    if (error instanceof AssertionError) throw error;
    const { log, clock, random } = this.#parts;
    this.#isBusy = false;
    this.#owed = 'all';
    this.#failures++;
    if (this.#isStopped) return;
    const boundMs = Math.min(RETRY_MS_MAX, RETRY_MS_MIN * 2 ** Math.min(this.#failures, 10));
    // Brokers that lost their name server together must not come back together.
    const delayMs = boundMs / 2 + random.below(boundMs / 2);
    if (this.#failures === 1) {
      const nameServer = formatAddress(this.address);
      log.warn('Cannot register with a name server; trying again', {
        nameServer,
        error: toldAs(error),
      });
    }
    this.isRegistered = false;
    this.#timer = clock.after(delayMs, () => this.#attempt());
  }
}

/** A name server that is not there needs no stack: both may have been started just now. */
function toldAs(error: unknown): unknown {
  return error instanceof NetworkError ? error.message : error;
}
