/**
 * How far a queue has been consumed: the offset below which every message is done. What is being
 * worked on holds it back, so that a restart delivers it again: at least once.
 */
export class Progress {
  readonly #open = new Set<number>();
  #next: number;

  constructor(offset: number) {
    this.#next = offset;
  }

  /** May be committed. */
  get offset(): number {
    return this.#open.size === 0 ? this.#next : Math.min(...this.#open);
  }

  /** Messages with these offsets have come; the next pull starts at `next`. */
  begin(offsets: Iterable<number>, next: number): void {
    for (const offset of offsets) this.#open.add(offset);
    this.#next = next;
  }

  done(offset: number): void {
    this.#open.delete(offset);
  }

  /** The queue goes on elsewhere: the broker says that it has no such offset. */
  moveTo(offset: number): void {
    this.#open.clear();
    this.#next = offset;
  }
}
