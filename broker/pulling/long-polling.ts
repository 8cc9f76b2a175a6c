/**
 * Pulls that found nothing and wait: per queue, until it grows or their time is up.
 *
 * A queue that grew wakes its pulls once, at the end of the turn. Deadlines are kept by a coarse
 * wheel with one timer for all of them, which stands still while nobody waits. The number of held
 * pulls is bounded; what exceeds it is not held but answered.
 */
import type { Clock, Timer } from '../../runtime/mod.ts';

const TICK_MS = 100;
const SLOTS = 512;

/** Where pulls wait: a consume queue. It belongs to the store, which does not look at `waiters`. */
export interface PolledQueue {
  waiters: unknown;
}

export abstract class HeldPull {
  readonly queue: PolledQueue;
  readonly deadlineMs: number;
  /** The wheel's: neighbours in the slot, and whether it is still held. */
  next: HeldPull | undefined = undefined;
  previous: HeldPull | undefined = undefined;
  slot = -1;

  constructor(queue: PolledQueue, deadlineMs: number) {
    this.queue = queue;
    this.deadlineMs = deadlineMs;
  }

  /** Nobody wants the answer any more. */
  abstract get isAbandoned(): boolean;
  /** The queue has grown: answers if there is something for this pull, else false. */
  abstract attempt(): boolean;
  /** Answers with what there is, be it nothing. */
  abstract giveUp(): void;
}

export class LongPolling {
  readonly #clock: Clock;
  readonly #heldMax: number;
  readonly #slots: (HeldPull | undefined)[] = Array.from({ length: SLOTS }, () => undefined);
  #timer: Timer | undefined;
  /** The last tick that has been dealt with. */
  #tick = 0;
  #held = 0;
  #isStopped = false;

  constructor(clock: Clock, heldMax: number) {
    this.#clock = clock;
    this.#heldMax = heldMax;
  }

  get held(): number {
    return this.#held;
  }

  /** False when too many wait already or the broker stops: the pull must be answered now. */
  hold(pull: HeldPull): boolean {
    if (this.#isStopped || this.#held >= this.#heldMax) return false;
    const waiters = waitersOf(pull.queue);
    if (waiters === undefined) pull.queue.waiters = [pull];
    else waiters.push(pull);
    this.#start();
    this.#insert(pull);
    return true;
  }

  /** Called once a turn for each queue that grew. */
  onArrival(queue: PolledQueue): void {
    const waiters = waitersOf(queue);
    if (waiters === undefined) return;
    queue.waiters = undefined;
    const kept: HeldPull[] = [];
    for (const pull of waiters) {
      if (pull.isAbandoned || pull.attempt()) this.#remove(pull);
      else kept.push(pull);
    }
    if (kept.length > 0) queue.waiters = kept;
    this.#rest();
  }

  /** Answers every pull and holds none any more: the broker stops. */
  giveUpAll(): void {
    this.#isStopped = true;
    for (const first of this.#slots) {
      for (let pull = first; pull !== undefined; pull = pull.next) {
        pull.queue.waiters = undefined;
        if (!pull.isAbandoned) pull.giveUp();
        this.#held--;
      }
    }
    this.#slots.fill(undefined);
    this.#rest();
  }

  #start(): void {
    if (this.#timer !== undefined) return;
    this.#tick = Math.floor(this.#clock.monotonicMs() / TICK_MS);
    this.#timer = this.#clock.every(TICK_MS, () => this.#advance());
  }

  #rest(): void {
    if (this.#held > 0) return;
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #advance(): void {
    const now = this.#clock.monotonicMs();
    const until = Math.min(Math.floor(now / TICK_MS), this.#tick + SLOTS);
    for (; this.#tick < until; this.#tick++) {
      let pull = this.#slots[(this.#tick + 1) % SLOTS];
      while (pull !== undefined) {
        const next: HeldPull | undefined = pull.next;
        if (pull.isAbandoned || pull.deadlineMs <= now) this.#expire(pull);
        pull = next;
      }
    }
    this.#rest();
  }

  #expire(pull: HeldPull): void {
    this.#remove(pull);
    const waiters = waitersOf(pull.queue)?.filter((other) => other !== pull) ?? [];
    pull.queue.waiters = waiters.length > 0 ? waiters : undefined;
    if (!pull.isAbandoned) pull.giveUp();
  }

  /** A deadline beyond one turn of the wheel is looked at again in each. */
  #insert(pull: HeldPull): void {
    const tick = Math.max(this.#tick + 1, Math.ceil(pull.deadlineMs / TICK_MS));
    const slot = tick % SLOTS;
    const first = this.#slots[slot];
    pull.slot = slot;
    pull.next = first;
    if (first !== undefined) first.previous = pull;
    this.#slots[slot] = pull;
    this.#held++;
  }

  #remove(pull: HeldPull): void {
    const { next, previous } = pull;
    if (previous === undefined) this.#slots[pull.slot] = next;
    else previous.next = next;
    if (next !== undefined) next.previous = previous;
    pull.next = undefined;
    pull.previous = undefined;
    this.#held--;
  }
}

function waitersOf(queue: PolledQueue): HeldPull[] | undefined {
  // Only this file writes the member.
  return queue.waiters as HeldPull[] | undefined;
}
