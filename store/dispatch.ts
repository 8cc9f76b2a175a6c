/**
 * Brings confirmed messages from the log into their queues and the index.
 *
 * Invariant: queues and index hold exactly the messages that end at or before `end`, which never
 * passes what is confirmed; so nothing that consumers saw can be cut from the log later.
 */
import type { ConsumeQueue } from './consume-queue.ts';
import type { MessageIndex } from './message-index.ts';
import { NO_QUEUE, PendingRing } from './pending-ring.ts';

export class Dispatch {
  readonly pending: PendingRing;
  readonly #index: MessageIndex | undefined;
  readonly #onArrival: (queue: ConsumeQueue) => void;
  /** All queues, by their `reference`. */
  readonly queues: ConsumeQueue[] = [];
  /** Queues with entries that no file has. */
  readonly dirty: ConsumeQueue[] = [];
  readonly #grown: ConsumeQueue[] = [];
  /** Log offset behind the last message that queues and index hold. */
  end = 0;
  /** When that message was stored; 0 when none was. */
  lastTimestamp = 0;

  constructor(
    pendingMax: number,
    index: MessageIndex | undefined,
    onArrival: (queue: ConsumeQueue) => void,
  ) {
    this.pending = new PendingRing(pendingMax);
    this.#index = index;
    this.#onArrival = onArrival;
  }

  /** Moves what ends at or before `confirmed`; then names each queue that grew, once. */
  advance(confirmed: number): void {
    const { pending } = this;
    while (pending.firstEnd <= confirmed) this.#move();
    const grown = this.#grown;
    for (let index = 0; index < grown.length; index++) {
      const queue = grown[index] as ConsumeQueue;
      queue.hasGrown = false;
      this.#onArrival(queue);
    }
    grown.length = 0;
  }

  /** Forgets all that waits. */
  clear(): void {
    while (this.pending.popBehind(-1) !== undefined);
  }

  /** Forgets what was appended and ends behind `offset`; queue offsets are taken back. */
  takeBack(offset: number): void {
    for (;;) {
      const reference = this.pending.popBehind(offset);
      if (reference === undefined) return;
      if (reference !== NO_QUEUE) (this.queues[reference] as ConsumeQueue).nextOffset--;
    }
  }

  #move(): void {
    const { pending } = this;
    const end = pending.firstEnd;
    const start = end - pending.firstSize;
    const reference = pending.firstQueue;
    const time = pending.firstTime;
    if (reference !== NO_QUEUE) this.#addEntry(this.queues[reference] as ConsumeQueue, start);
    const keys = pending.firstKeyCount;
    for (let key = 0; key < keys; key++) this.#index?.add(pending.takeKey(), start, time);
    pending.shift();
    this.end = end;
    this.lastTimestamp = time;
  }

  #addEntry(queue: ConsumeQueue, start: number): void {
    if (queue.isRemoved) return;
    queue.add(start, this.pending.firstSize, this.pending.firstTagsCode);
    if (!queue.isDirty) {
      queue.isDirty = true;
      this.dirty.push(queue);
    }
    if (!queue.hasGrown) {
      queue.hasGrown = true;
      this.#grown.push(queue);
    }
  }
}
