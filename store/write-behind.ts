/**
 * When what queues and index hold in memory is written: a little at a time, and from time to time
 * all of it is made durable and the checkpoint says so.
 *
 * A round: note where dispatch stands (`round-mark.ts`); write everything; wait until the log is
 * flushed up to there; sync every file and folder that was touched (`touched-files.ts`); then, and
 * only then, the checkpoint names the mark.
 */
import { type Clock, DiskError, type Timer } from '../runtime/mod.ts';
import type { CommitLog } from './commit-log.ts';
import { syncOrEnd } from './fatal-sync.ts';
import { type MarkParts, type RoundMark, setMark, takeMark } from './round-mark.ts';
import { TouchedFiles, type TouchedParts } from './touched-files.ts';

/** How long entries stay in memory alone. */
const WRITE_DELAY_MS = 200;
/** Between two slices of work that belong together. */
const SLICE_DELAY_MS = 5;
const RETRY_DELAY_MS = 1000;
/** A slice: small enough not to be noticed by a message. */
const SLICE_QUEUES = 64;
const SLICE_INDEX_BYTES = 256 * 1024;
/** So much log makes a round due however little time has passed. */
const ROUND_BYTES = 256 * 1024 * 1024;

export interface WriteBehindParts extends MarkParts, TouchedParts {
  readonly clock: Clock;
  readonly log: CommitLog;
  readonly onFailure: (error: DiskError) => void;
}

export class WriteBehind {
  readonly #parts: WriteBehindParts;
  readonly #intervalMs: number;
  readonly #touched: TouchedFiles;
  #timer: Timer | undefined;
  #round: RoundMark | undefined;
  #roundEndMs: number;
  /** Log offset that the checkpoint names. */
  #durable: number;
  #isSyncing = false;
  #isStopped = false;

  constructor(parts: WriteBehindParts, intervalMs: number) {
    this.#parts = parts;
    this.#intervalMs = intervalMs;
    this.#touched = new TouchedFiles(parts);
    this.#roundEndMs = parts.clock.monotonicMs();
    this.#durable = parts.checkpoint.point?.logOffset ?? -1;
  }

  /** Log offset up to which a start after a crash relies on the files. */
  get durableEnd(): number {
    return this.#durable;
  }

  /** Dispatch has moved on. */
  onDispatched(): void {
    if (this.#timer === undefined && !this.#isSyncing && !this.#isStopped) {
      this.#arm(WRITE_DELAY_MS);
    }
  }

  /** Nothing is written from now on. */
  stop(): void {
    this.#isStopped = true;
    this.#touched.stop();
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  /** All that is left, at once, for a start or a stop. */
  finishNow(): void {
    const { checkpoint, dispatch, index, log } = this.#parts;
    while (!this.#writeSlice());
    while (index?.writeSome(Number.POSITIVE_INFINITY) === false);
    const mark = takeMark(this.#parts);
    if (mark.index !== undefined) index?.writeHeader(mark.index);
    log.syncNow();
    this.#touched.syncNow();
    this.#name({ ...mark, logOffset: dispatch.end });
    syncOrEnd(() => checkpoint.syncNow());
  }

  /** A topic's queues are gone: were the process to die now, that must not look like damage. */
  noteTopicRemoved(): void {
    const { checkpoint, queues } = this.#parts;
    const { point } = checkpoint;
    if (point !== undefined) checkpoint.setPoint({ ...point, topics: queues.countFolders() });
  }

  #arm(delayMs: number): void {
    if (!this.#isStopped) this.#timer = this.#parts.clock.after(delayMs, this.#tick);
  }

  readonly #tick = (): void => {
    this.#timer = undefined;
    try {
      this.#step();
    } catch (error) {
      this.#retry(error);
    }
  };

  /** Nothing is lost yet: what was to be written or synced is still noted. */
  #retry(error: unknown): void {
    if (!(error instanceof DiskError)) throw error;
    this.#parts.onFailure(error);
    this.#arm(RETRY_DELAY_MS);
  }

  #step(): void {
    const { clock, dispatch, index, log } = this.#parts;
    if (!this.#writeSlice()) {
      this.#arm(SLICE_DELAY_MS);
      return;
    }
    index?.writeEntries();
    if (this.#round === undefined) {
      const isDue =
        clock.monotonicMs() - this.#roundEndMs >= this.#intervalMs ||
        dispatch.end - this.#durable >= ROUND_BYTES;
      if (dispatch.end === this.#durable) return;
      if (isDue) this.#round = takeMark(this.#parts);
      this.#arm(isDue ? SLICE_DELAY_MS : WRITE_DELAY_MS);
      return;
    }
    const isWritten = index?.writeSome(SLICE_INDEX_BYTES) !== false;
    if (!isWritten || log.flushedEnd < this.#round.logOffset) {
      this.#arm(SLICE_DELAY_MS);
      return;
    }
    this.#syncRound(this.#round);
  }

  /** Writes out some queues; true when none is left. */
  #writeSlice(): boolean {
    const { dirty } = this.#parts.dispatch;
    for (let count = 0; count < SLICE_QUEUES; count++) {
      const queue = dirty.at(-1);
      if (queue === undefined) return true;
      if (!queue.isRemoved) queue.writeOut();
      queue.isDirty = false;
      dirty.pop();
    }
    return dirty.length === 0;
  }

  #syncRound(mark: RoundMark): void {
    const { index } = this.#parts;
    this.#isSyncing = true;
    if (mark.index !== undefined) index?.writeHeader(mark.index);
    this.#touched.syncLater({
      done: () => {
        this.#name(mark);
        this.#syncCheckpoint(mark);
      },
      failed: (error) => this.#retry(error),
    });
  }

  #syncCheckpoint(mark: RoundMark): void {
    const { checkpoint, clock, dispatch } = this.#parts;
    checkpoint.sync(() => {
      this.#isSyncing = false;
      this.#round = undefined;
      this.#roundEndMs = clock.monotonicMs();
      if (dispatch.end !== mark.logOffset) this.onDispatched();
    });
  }

  #name(mark: RoundMark): void {
    setMark(this.#parts, mark);
    this.#durable = mark.logOffset;
  }
}
