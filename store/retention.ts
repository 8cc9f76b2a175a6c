/**
 * Removes what has expired: files of the log, then what in queues and index points into them.
 *
 * A file has expired when the last message in it is older than the retention time: the store time
 * of the first message in the next file tells. (RocketMQ asks the file's modification time, which
 * a copy of the store changes.) The file being written always stays.
 *
 * What the disk refuses to remove is told in the log, counted, and tried again at the next pass. It holds up
 * nothing else: neither the other queues nor what is stored.
 */
import { type Clock, DiskError, type Log, type Timer } from '../runtime/mod.ts';
import type { CommitLog } from './commit-log.ts';
import type { ConsumeQueue } from './consume-queue.ts';
import type { DiskGuard } from './disk-guard.ts';
import { LogScan } from './log-scan.ts';
import type { MessageIndex } from './message-index.ts';
import type { Queues } from './queues.ts';

const HOUR_MS = 3_600_000;
/** Queues corrected between two turns of the event loop. */
const SLICE_QUEUES = 64;
const SLICE_DELAY_MS = 5;
const FILES_MAX = 10;

export interface RetentionOptions {
  readonly reservedHours: number;
  /** Hours of the day, local time, in which expired files go. */
  readonly deleteHours: readonly number[];
  readonly mayCleanForcibly: boolean;
}

export interface RetentionParts {
  readonly clock: Clock;
  readonly logger: Log;
  readonly log: CommitLog;
  readonly queues: Queues;
  readonly index: MessageIndex | undefined;
  readonly guard: DiskGuard;
  /** Nothing from here on may go: replicas or dispatch still need it. */
  readonly keepFrom: () => number;
}

export class Retention {
  readonly #parts: RetentionParts;
  options: RetentionOptions;
  #isCorrecting = false;
  /** The pass over the queues that is running left something to the next one. */
  #hasFailed = false;
  #timer: Timer | undefined;
  #failures = 0;
  /** Where queues were last corrected to. */
  #corrected: number;

  constructor(parts: RetentionParts, options: RetentionOptions) {
    this.#parts = parts;
    this.options = options;
    this.#corrected = parts.log.minOffset;
  }

  /** How often the disk has refused to remove something. */
  get failures(): number {
    return this.#failures;
  }

  /** One pass. `isAsked`: an administrator wants expired files gone now. */
  run(isAsked = false): void {
    const { guard } = this.#parts;
    const { cleanForciblyRatio, cleanRatio } = guard.levels;
    const isForcible = guard.ratio > cleanForciblyRatio && this.options.mayCleanForcibly;
    const isTime = isAsked || this.#isHour() || guard.ratio > cleanRatio || guard.isFull;
    if (isForcible || isTime) this.#attempt(() => this.#removeFiles(isForcible));
    this.#correctQueues();
  }

  /** Nothing is removed from now on. */
  stop(): void {
    this.#timer?.cancel();
  }

  #removeFiles(isForcible: boolean): void {
    const { log, logger } = this.#parts;
    let removed = 0;
    try {
      while (removed < FILES_MAX && this.#mayRemoveFirst(isForcible)) {
        log.segments.removeFirst();
        removed++;
      }
    } finally {
      if (removed > 0) {
        const facts = { files: removed, minOffset: log.minOffset, isForcible };
        logger.info('Removed the oldest files of the log', facts);
      }
    }
  }

  #mayRemoveFirst(isForcible: boolean): boolean {
    const { clock, keepFrom, log } = this.#parts;
    const { segments } = log;
    const next = segments.start + segments.fileBytes;
    if (segments.count < 2 || next > Math.min(keepFrom(), log.flushedEnd)) return false;
    if (isForcible) return true;
    const finishedMs = new LogScan(segments).find(next)?.storeTimestamp;
    if (finishedMs === undefined) return false;
    return finishedMs + this.options.reservedHours * HOUR_MS <= clock.wallMs();
  }

  #isHour(): boolean {
    const hour = new Date(this.#parts.clock.wallMs()).getHours();
    return this.options.deleteHours.includes(hour);
  }

  /** Brings queues and index up to where the log begins now, some at a time. */
  #correctQueues(): void {
    const { index, log, queues } = this.#parts;
    if (this.#isCorrecting || log.minOffset === this.#corrected) return;
    const target = log.minOffset;
    queues.logMin = target;
    this.#isCorrecting = true;
    this.#hasFailed = false;
    this.#attempt(() => index?.removeExpired(target));
    this.#correctSome(queues.all(), target);
  }

  #correctSome(rest: Generator<ConsumeQueue>, target: number): void {
    for (let count = 0; count < SLICE_QUEUES; count++) {
      // A walk that the disk has ended has no next queue either.
      const queue = this.#attempt(() => rest.next().value as ConsumeQueue | undefined);
      if (queue === undefined) {
        this.#isCorrecting = false;
        if (!this.#hasFailed) this.#corrected = target;
        return;
      }
      if (!queue.isRemoved) this.#attempt(() => queue.removeExpired(target));
    }
    this.#timer = this.#parts.clock.after(SLICE_DELAY_MS, () => this.#correctSome(rest, target));
  }

  /** What `action` gives; undefined when the disk refuses, which is left to the next pass. */
  #attempt<T>(action: () => T): T | undefined {
    try {
      return action();
    } catch (error) {
      if (!(error instanceof DiskError)) throw error;
      this.#hasFailed = true;
      this.#failures++;
      this.#parts.logger.warn('Cannot remove what has expired: the next pass tries again', {
        error,
      });
      return undefined;
    }
  }
}
