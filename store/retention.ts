/**
 * Removes what has expired: files of the log, then what in queues and index points into them.
 *
 * A file has expired when the last message in it is older than the retention time: the store time
 * of the first message in the next file tells. (RocketMQ asks the file's modification time, which
 * a copy of the store changes.) The file being written always stays.
 */
import type { Clock, Log, Timer } from '../runtime/mod.ts';
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
  #timer: Timer | undefined;
  /** Where queues were last corrected to. */
  #corrected: number;

  constructor(parts: RetentionParts, options: RetentionOptions) {
    this.#parts = parts;
    this.options = options;
    this.#corrected = parts.log.minOffset;
  }

  /** One pass. `isAsked`: an administrator wants expired files gone now. */
  run(isAsked = false): void {
    const { guard, log, logger } = this.#parts;
    const { cleanForciblyRatio, cleanRatio } = guard.levels;
    const isForcible = guard.ratio > cleanForciblyRatio && this.options.mayCleanForcibly;
    const isTime = isAsked || this.#isHour() || guard.ratio > cleanRatio || guard.isFull;
    if (isForcible || isTime) {
      let removed = 0;
      while (removed < FILES_MAX && this.#mayRemoveFirst(isForcible)) {
        log.segments.removeFirst();
        removed++;
      }
      if (removed > 0) {
        const facts = { files: removed, minOffset: log.minOffset, isForcible };
        logger.info('Removed the oldest files of the log', facts);
      }
    }
    this.#correctQueues();
  }

  /** Nothing is removed from now on. */
  stop(): void {
    this.#timer?.cancel();
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
    index?.removeExpired(target);
    this.#correctSome(queues.all(), target);
  }

  #correctSome(rest: Generator<ConsumeQueue>, target: number): void {
    for (let count = 0; count < SLICE_QUEUES; count++) {
      const { done, value } = rest.next();
      if (done === true) {
        this.#isCorrecting = false;
        this.#corrected = target;
        return;
      }
      if (!value.isRemoved) value.removeExpired(target);
    }
    this.#timer = this.#parts.clock.after(SLICE_DELAY_MS, () => this.#correctSome(rest, target));
  }
}
