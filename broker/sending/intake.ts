/**
 * The end of every send, whichever way it came: the message goes into the log, and its answer
 * waits until the log says that it is safe.
 *
 * Once a turn (`endTurn`) all that was appended is written in one go; then the answers are made.
 * A message whose sender wants the disk to have it waits in a ring of its own, so that those who
 * do not are not held up.
 */
import type { ServerConnection } from '../../remoting/mod.ts';
import { assert, type Clock, type Timer } from '../../runtime/mod.ts';
import {
  Append,
  Appended,
  type AppendStatus,
  type LogOffset,
  type MessageStore,
  STAGED_BYTES_MAX,
} from '../../store/mod.ts';
import type { Topic } from '../topics/topic.ts';
import { Acknowledgements, type SpecialAnswer, type Stored } from './acknowledgements.ts';
import { KEY_BYTES_MAX, type SendAnswer } from './send-answer.ts';
import type { SendCounts } from './send-counts.ts';

/** Sends that may wait for the disk at a time; a power of two. */
const WAITING_MAX = 16_384;
const EXPIRY_CHECKS_MS = 100;
const LOST = 'service not available now: the message could not be written';

/** What of the store a send needs. */
export type SendLog = Pick<
  MessageStore,
  'append' | 'appendedEnd' | 'commit' | 'keepTogether' | 'takeBack' | 'writtenEnd'
>;

export interface IntakeParts {
  readonly clock: Clock;
  readonly log: SendLog;
  readonly answer: SendAnswer;
  readonly counts: SendCounts;
  /** Whether answers wait until the disk has the message. */
  readonly isSyncFlush: boolean;
  readonly syncFlushTimeoutMs: () => number;
  /** Asks for the end of this turn. */
  readonly schedule: () => void;
}

export class Intake {
  /** Filled in by whoever sends, for one `append` at a time. */
  readonly input: Append = new Append();
  readonly output: Appended = new Appended();
  readonly #parts: IntakeParts;
  readonly #log: SendLog;
  readonly #counts: SendCounts;
  /** Both rings are one and the same when nobody waits for the disk. */
  readonly #written: Acknowledgements;
  readonly #flushed: Acknowledgements;
  readonly #stored: Stored;
  #expiry: Timer | undefined;
  /** The time of this turn's first message: close enough for a time-out of seconds. */
  #turnMs = 0;
  #isTurnOpen = false;

  constructor(parts: IntakeParts) {
    this.#parts = parts;
    this.#log = parts.log;
    this.#counts = parts.counts;
    this.#written = new Acknowledgements(parts.answer, WAITING_MAX);
    this.#flushed = parts.isSyncFlush
      ? new Acknowledgements(parts.answer, WAITING_MAX)
      : this.#written;
    this.#stored = {
      connection: undefined,
      isBinary: false,
      opaque: 0,
      queueId: 0,
      queueOffset: 0,
      logOffset: 0,
      logEnd: 0,
      keys: Buffer.alloc(0),
      keyStart: 0,
      keyBytes: 0,
      special: undefined,
    };
  }

  /** Sends that are stored and not yet answered. */
  get waiting(): number {
    const { waiting } = this.#written;
    return this.#flushed === this.#written ? waiting : waiting + this.#flushed.waiting;
  }

  /** Stores `input`, of `topic`. Anything but `stored` has left no trace. */
  append(topic: Topic): AppendStatus {
    if (this.#written.isFull || this.#flushed.isFull) return 'busy';
    const { output } = this;
    this.#log.append(this.input, output);
    if (output.status !== 'stored') return output.status;
    this.#counts.stored(topic, output.logEnd - output.logOffset);
    if (!this.#isTurnOpen) this.#openTurn();
    return 'stored';
  }

  /**
   * Before a batch, whose records have `bytes` in all, at most `STAGED_BYTES_MAX`: they will leave
   * in one write, so that all of them are stored or none.
   */
  beginBatch(bytes: number): void {
    const log = this.#log;
    // Else the store would write in the middle, for want of memory.
    if (log.appendedEnd - log.writtenEnd + bytes > STAGED_BYTES_MAX) log.commit();
    log.keepTogether(bytes);
  }

  /** Undoes what was appended from `from` on and acknowledged to nobody: half a batch. */
  takeBack(from: LogOffset): void {
    const { writtenEnd, appendedEnd } = this.#log;
    assert(from >= writtenEnd, 'a batch of which nothing is written');
    // What a failed write has dropped is gone.
    if (from < appendedEnd) this.#log.takeBack(from);
  }

  /** Answers the sender of what was appended last, once that is safe. */
  acknowledge(
    connection: ServerConnection,
    opaque: number,
    isBinary: boolean,
    special?: SpecialAnswer,
  ): void {
    const stored = this.#stored;
    const { output } = this;
    const keyBytes = output.uniqueKeyEnd - output.uniqueKeyStart;
    stored.connection = connection;
    stored.opaque = opaque;
    stored.isBinary = isBinary;
    stored.queueId = this.input.queueId;
    stored.queueOffset = output.queueOffset;
    stored.logOffset = output.logOffset;
    stored.logEnd = output.logEnd;
    stored.keys = output.uniqueKey;
    stored.keyStart = output.uniqueKeyStart;
    stored.keyBytes = keyBytes;
    stored.special = special;
    if (special === undefined && !this.#isKeyPlain(isBinary)) {
      stored.special = { fields: this.#parts.answer.fields(stored) };
    }
    if (stored.special !== undefined) stored.keyBytes = 0;
    const ring = output.waits ? this.#flushed : this.#written;
    ring.push(stored, this.#turnMs);
  }

  /** The log has been written, and perhaps synced, up to here. */
  release(writtenEnd: number, flushedEnd: number): void {
    this.#isTurnOpen = false;
    this.#written.release(writtenEnd);
    if (this.#flushed === this.#written) return;
    this.#flushed.release(flushedEnd);
    this.#watchExpiry();
  }

  /** The log has lost what it held at and behind `logOffset`: nothing of that was acknowledged. */
  refuse(logOffset: number): void {
    this.#written.refuse(logOffset, LOST);
    if (this.#flushed !== this.#written) this.#flushed.refuse(logOffset, LOST);
  }

  stop(): void {
    this.#expiry?.cancel();
    this.#expiry = undefined;
  }

  /** Whether the baked pieces can carry the key as it is. */
  #isKeyPlain(isBinary: boolean): boolean {
    const { uniqueKey, uniqueKeyStart, uniqueKeyEnd } = this.output;
    if (uniqueKeyEnd - uniqueKeyStart > KEY_BYTES_MAX) return false;
    if (isBinary) return true;
    for (let at = uniqueKeyStart; at < uniqueKeyEnd; at++) {
      if (isSpecial[uniqueKey[at] as number] === 1) return false;
    }
    return true;
  }

  #openTurn(): void {
    this.#isTurnOpen = true;
    this.#turnMs = this.#parts.clock.monotonicMs();
    this.#parts.schedule();
  }

  /** A timer runs only while somebody waits for the disk. */
  #watchExpiry(): void {
    if (this.#flushed.waiting === 0) {
      this.stop();
      return;
    }
    this.#expiry ??= this.#parts.clock.every(EXPIRY_CHECKS_MS, () => {
      const { clock, syncFlushTimeoutMs } = this.#parts;
      this.#flushed.expire(clock.monotonicMs() - syncFlushTimeoutMs());
    });
  }
}

/** Bytes that JSON would have to escape. */
const isSpecial = new Uint8Array(256);
isSpecial.fill(1, 0, 0x20);
isSpecial['"'.charCodeAt(0)] = 1;
isSpecial['\\'.charCodeAt(0)] = 1;
