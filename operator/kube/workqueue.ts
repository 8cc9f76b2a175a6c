/**
 * The objects of one kind that are to be looked at: a set, so that a hundred changes of one object
 * are one reconcile, and one object is never in two workers' hands.
 *
 * An item is waiting, being worked on, or both: then it comes again when the work is done. Waiting
 * is in memory alone, for what is to be done is in the objects. Bounded by how many objects there
 * are: an item is a key.
 */
import type { Clock, Random } from '../../runtime/mod.ts';
import { type BackOff, backOffMs } from './back-off.ts';
import { Delayed } from './delayed.ts';
import { FairLines, type Priority, priorities } from './fair-lines.ts';

export interface WorkqueueHooks {
  readonly onAdded?: () => void;
  readonly onTaken?: (waitedMs: number) => void;
  readonly onDone?: (workedMs: number) => void;
  readonly onRetried?: () => void;
  /** Resolves when an item may be given out; absent: always. */
  readonly room?: () => Promise<void>;
}

const RETRY: BackOff = { baseMs: 100, maxMs: 60_000, jitter: 0.2 };

export class Workqueue {
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #groupOf: (item: string) => string;
  readonly #hooks: WorkqueueHooks;
  readonly #lines = new FairLines();
  readonly #delayed: Delayed;
  readonly #addedMs = new Map<string, number>();
  /** Being worked on, since when. */
  readonly #working = new Map<string, number>();
  /** Added while being worked on. */
  readonly #again = new Map<string, Priority>();
  readonly #failures = new Map<string, number>();
  /** Workers that wait for an item to come. */
  readonly #takers: (() => void)[] = [];
  #onIdle: (() => void)[] = [];
  #isShut = false;

  /** `groupOf`: who shares a turn, the cluster of an object. */
  constructor(
    { clock, random }: { readonly clock: Clock; readonly random: Random },
    groupOf: (item: string) => string = () => '',
    hooks: WorkqueueHooks = {},
  ) {
    this.#clock = clock;
    this.#random = random;
    this.#groupOf = groupOf;
    this.#hooks = hooks;
    this.#delayed = new Delayed(clock, (item) => this.add(item, priorities.periodic));
  }

  /** Waiting to be taken, those that are due later apart. */
  get depth(): number {
    return this.#lines.size;
  }

  /** How long each has been worked on that is. */
  get workingMs(): readonly number[] {
    const nowMs = this.#clock.monotonicMs();
    return Array.from(this.#working.values(), (sinceMs) => nowMs - sinceMs);
  }

  add(item: string, priority: Priority = priorities.urgent): void {
    if (this.#isShut) return;
    if (this.#working.has(item)) {
      const known = this.#again.get(item) ?? priority;
      this.#again.set(item, known < priority ? known : priority);
      return;
    }
    if (this.#lines.add(item, this.#groupOf(item), priority)) {
      this.#addedMs.set(item, this.#clock.monotonicMs());
      this.#hooks.onAdded?.();
    }
    this.#takers.shift()?.();
  }

  /** Of two times the earlier holds. */
  addAfter(item: string, delayMs: number): void {
    if (this.#isShut) return;
    if (delayMs <= 0) this.add(item, priorities.periodic);
    else this.#delayed.add(item, delayMs);
  }

  /** After a failure: later each time, until `forget`. */
  addRateLimited(item: string): void {
    if (this.#isShut) return;
    const failures = this.failuresOf(item) + 1;
    this.#failures.set(item, failures);
    this.#hooks.onRetried?.();
    this.#delayed.add(item, backOffMs(this.#random, RETRY, failures));
  }

  forget(item: string): void {
    this.#failures.delete(item);
  }

  failuresOf(item: string): number {
    return this.#failures.get(item) ?? 0;
  }

  /** The next item, as soon as there is one; it is the caller's until `done`. Undefined: shut. */
  async take(): Promise<string | undefined> {
    while (!this.#isShut) {
      if (this.#lines.size === 0) {
        await new Promise<void>((resolve) => {
          this.#takers.push(resolve);
        });
        continue;
      }
      await this.#hooks.room?.();
      // What is most urgent by now; somebody else may have taken it.
      const item = this.#takeNow();
      if (item !== undefined) return item;
    }
    return undefined;
  }

  done(item: string): void {
    const sinceMs = this.#working.get(item);
    if (sinceMs === undefined) return;
    this.#working.delete(item);
    this.#hooks.onDone?.(this.#clock.monotonicMs() - sinceMs);
    const again = this.#again.get(item);
    this.#again.delete(item);
    if (again !== undefined) this.add(item, again);
    if (this.#working.size === 0) this.#tellIdle();
  }

  /** Nothing is given out any more; resolves when all that was has been done. */
  shutDown(): Promise<void> {
    this.#isShut = true;
    this.#lines.clear();
    this.#delayed.clear();
    this.#again.clear();
    this.#addedMs.clear();
    for (const wake of this.#takers.splice(0)) wake();
    if (this.#working.size === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.#onIdle.push(resolve);
    });
  }

  #takeNow(): string | undefined {
    const item = this.#lines.take();
    if (item === undefined) return undefined;
    const nowMs = this.#clock.monotonicMs();
    this.#hooks.onTaken?.(nowMs - (this.#addedMs.get(item) ?? nowMs));
    this.#addedMs.delete(item);
    this.#working.set(item, nowMs);
    // What it was to be looked at for later is looked at now; the work says when to look again.
    this.#delayed.remove(item);
    return item;
  }

  #tellIdle(): void {
    const told = this.#onIdle;
    this.#onIdle = [];
    for (const tell of told) tell();
  }
}
