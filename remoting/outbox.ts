/**
 * What waits to be written to one connection.
 *
 * Answers are encoded straight into `output` at `outputEnd`; foreign buffers (the log's bytes in a
 * pull answer) are lent and leave in between, uncopied. `flush`, once a turn, hands all of it to
 * the connection in one write.
 *
 * Invariant: `output[0, outputEnd)` belongs to this turn. A buffer the connection has not finished
 * with is never written to: it is put aside until it has left, and a fresh one takes its place.
 * Nothing is allocated before the first answer, and `trim` gives everything back when it is quiet.
 */
import type { Connection } from '../runtime/mod.ts';
import type { Flushable, Turn } from './turn.ts';

const OUTPUT_BYTES_MIN = 4096;
/** A buffer that grew larger than this is not kept for the next turn. */
const OUTPUT_BYTES_KEPT = 1_048_576;
const NOTHING = Buffer.alloc(0);

export abstract class Outbox implements Flushable {
  /** Where answers are encoded; replaced by `reserve`, so read it after. */
  output: Buffer = NOTHING;
  /** The end of what has been encoded: the caller of `reserve` moves it. */
  outputEnd = 0;

  protected readonly connection: Connection;
  protected readonly turn: Turn;
  #marked = false;
  /** What leaves in this turn before `output[#segmentStart, outputEnd)`, once something was lent. */
  #segments: Buffer[] | undefined;
  #segmentStart = 0;
  #lentBytes = 0;
  #unsentBytes = 0;
  #aside: Buffer | undefined;
  /** Owners of lent buffers: those of this turn, and those whose bytes are on their way. */
  #lenders: (() => void)[] = [];
  #lendersUnsent: (() => void)[] = [];

  constructor(connection: Connection, turn: Turn) {
    this.connection = connection;
    this.turn = turn;
  }

  /** Nothing can be written any more. */
  protected abstract readonly isDead: boolean;
  abstract readOn(): void;
  /** Called whenever everything written has left. */
  protected abstract emptied(): void;

  /** Bytes encoded, lent or written that have not left. */
  get waitingBytes(): number {
    return this.outputEnd - this.#segmentStart + this.#lentBytes + this.#unsentBytes;
  }

  /** Makes room for `bytes` more in `output`, to be written this turn; returns `outputEnd`. */
  reserve(bytes: number): number {
    if (this.output.length - this.outputEnd < bytes) this.#grow(bytes);
    if (!this.#marked) this.mark();
    return this.outputEnd;
  }

  /**
   * Queues foreign buffers after what is in `output`, uncopied. They must not change until
   * `onLeft`, which is called exactly once: when they have left, or never will.
   */
  lend(buffers: readonly Buffer[], onLeft?: () => void): void {
    this.#segments ??= [];
    this.#endSegment(this.#segments);
    for (const buffer of buffers) {
      this.#segments.push(buffer);
      this.#lentBytes += buffer.length;
    }
    if (onLeft !== undefined) this.#lenders.push(onLeft);
    if (!this.#marked) this.mark();
  }

  /** Writes what this turn gathered. Called by the turn. */
  flush(): void {
    this.#marked = false;
    if (this.isDead) {
      this.#dropTurn();
      return;
    }
    if (this.outputEnd === 0 && this.#segments === undefined) return;
    const left = this.#write();
    this.#segments = undefined;
    this.#segmentStart = 0;
    this.#lentBytes = 0;
    this.outputEnd = 0;
    if (this.#lenders.length > 0) {
      this.#lendersUnsent.push(...this.#lenders);
      this.#lenders.length = 0;
    }
    if (this.output.length > OUTPUT_BYTES_KEPT) this.output = NOTHING;
    if (left) {
      this.#allLeft();
      return;
    }
    this.#unsentBytes = this.connection.unsentBytes;
    this.#aside = this.output;
    this.output = NOTHING;
  }

  /** Has `flush` called at the end of this turn. */
  protected mark(): void {
    if (this.#marked) return;
    this.#marked = true;
    this.turn.mark(this);
  }

  /** Everything written has left. Called on the connection's drain. */
  protected drained(): void {
    if (this.output.length === 0 && this.#aside !== undefined) this.output = this.#aside;
    this.#aside = undefined;
    this.#allLeft();
  }

  /** Drops everything: the connection has ended. */
  protected discard(): void {
    this.#dropTurn();
    this.#unsentBytes = 0;
    this.#aside = undefined;
    const lenders = this.#lendersUnsent;
    this.#lendersUnsent = [];
    release(lenders);
  }

  /** Gives the buffer back to the heap when nothing is in it. */
  protected trimOutput(): void {
    if (this.outputEnd === 0 && this.#segments === undefined) this.output = NOTHING;
  }

  #write(): boolean {
    if (this.#segments === undefined) {
      const whole = this.outputEnd === this.output.length;
      return this.connection.write(whole ? this.output : this.output.subarray(0, this.outputEnd));
    }
    this.#endSegment(this.#segments);
    return this.connection.writeAll(this.#segments);
  }

  #endSegment(segments: Buffer[]): void {
    if (this.outputEnd > this.#segmentStart) {
      segments.push(this.output.subarray(this.#segmentStart, this.outputEnd));
      this.#lentBytes += this.outputEnd - this.#segmentStart;
    }
    this.#segmentStart = this.outputEnd;
  }

  /** Segments keep the old buffer; what is not in one yet moves to the start of the new. */
  #grow(bytes: number): void {
    const kept = this.outputEnd - this.#segmentStart;
    const size = Math.max(OUTPUT_BYTES_MIN, 2 * this.output.length, kept + bytes);
    const grown = Buffer.allocUnsafeSlow(size);
    this.output.copy(grown, 0, this.#segmentStart, this.outputEnd);
    this.output = grown;
    this.outputEnd = kept;
    this.#segmentStart = 0;
  }

  /** Drops what this turn gathered; what was written before may still be on its way. */
  #dropTurn(): void {
    this.output = NOTHING;
    this.outputEnd = 0;
    this.#segments = undefined;
    this.#segmentStart = 0;
    this.#lentBytes = 0;
    const lenders = this.#lenders;
    this.#lenders = [];
    release(lenders);
  }

  #allLeft(): void {
    this.#unsentBytes = 0;
    if (this.#lendersUnsent.length > 0) {
      const lenders = this.#lendersUnsent;
      this.#lendersUnsent = [];
      release(lenders);
    }
    this.emptied();
  }
}

function release(lenders: readonly (() => void)[]): void {
  for (const onLeft of lenders) onLeft();
}
