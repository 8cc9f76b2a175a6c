/**
 * The numbers by which rings refer to queues. That of a queue that was removed goes to a new one as
 * soon as no message that waits for its queue can have it, so the table is never longer than the
 * most queues that were open at a time, and some that were removed lately.
 */
import type { ConsumeQueue } from './consume-queue.ts';
import type { PendingRing } from './pending-ring.ts';

interface Released {
  readonly reference: number;
  /** No message that was noted at this count or later belongs to the queue. */
  readonly atCount: number;
}

export class QueueTable {
  readonly #queues: ConsumeQueue[];
  readonly #pending: PendingRing;
  /** Oldest first. */
  readonly #released: Released[] = [];

  /** `queues` is the table itself, which its reader indexes. */
  constructor(queues: ConsumeQueue[], pending: PendingRing) {
    this.#queues = queues;
    this.#pending = pending;
  }

  /** Adds the queue that `make` makes for the number it gets. */
  add(make: (reference: number) => ConsumeQueue): ConsumeQueue {
    const [oldest] = this.#released;
    const isFree = oldest !== undefined && oldest.atCount <= this.#pending.takenCount;
    const reference = isFree ? oldest.reference : this.#queues.length;
    const queue = make(reference);
    if (isFree) this.#released.shift();
    this.#queues[reference] = queue;
    return queue;
  }

  /** The queue takes nothing more; messages that wait may still refer to it. */
  release({ reference }: ConsumeQueue): void {
    this.#released.push({ reference, atCount: this.#pending.addedCount });
  }
}
