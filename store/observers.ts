/** Who is told what happens in the store. Several parts of a broker listen. */
import type { ConsumeQueue } from './consume-queue.ts';
import type { LogOffset } from './offsets.ts';

/** What the store tells its owner. No callback may append. */
export interface StoreObserver {
  /** The queue has new confirmed messages; once a round however many. */
  onArrival?(queue: ConsumeQueue): void;
  /** One of the watermarks has moved. */
  onWatermark?(): void;
  /** What was appended at `from` and behind it is not stored: it could not be written, or was cut. */
  onLost?(from: LogOffset): void;
}

export class Observers {
  readonly #observers: StoreObserver[] = [];

  add(observer: StoreObserver): void {
    this.#observers.push(observer);
  }

  arrival(queue: ConsumeQueue): void {
    for (const observer of this.#observers) observer.onArrival?.(queue);
  }

  watermark(): void {
    for (const observer of this.#observers) observer.onWatermark?.();
  }

  lost(from: LogOffset): void {
    for (const observer of this.#observers) observer.onLost?.(from);
  }
}
