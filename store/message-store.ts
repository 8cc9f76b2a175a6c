/**
 * The store: one append-only log of all messages, and what is derived from it, queues and index.
 * The door of this folder.
 *
 * One thread, no locks: `append` as often as there is something to append, `commit` once a turn.
 * Watermarks: `appendedEnd ≥ writtenEnd ≥ flushedEnd`, and `confirmedEnd ≤ writtenEnd`, below which
 * messages are visible to consumers and never cut off.
 */
import { assert, DiskError, type Timer } from '../runtime/mod.ts';
import type { Append, Appended } from './append.ts';
import type { ConsumeQueue } from './consume-queue.ts';
import { Flusher } from './flusher.ts';
import { LentBytes } from './lent-bytes.ts';
import type { KeyQuery } from './message-index.ts';
import type { StoreObserver } from './observers.ts';
import { type LogOffset, logOffset, type QueueOffset } from './offsets.ts';
import { openParts, type StoreParts, type StoreRuntime } from './opening.ts';
import { type QueueQuery, type QueueRead, QueueReader } from './reading.ts';
import { RecordReader } from './record-reader.ts';
import { Retention } from './retention.ts';
import { removeAbort } from './store-files.ts';
import type { StoreOptions } from './store-options.ts';
import type { StoredTopic } from './stored-topic.ts';
import { type Boundary, offsetByTime } from './time-search.ts';
import { WriteBehind } from './write-behind.ts';

/** An append that comes when more than this is staged is preceded by a write. */
export const STAGED_BYTES_MAX = 8 * 1024 * 1024;
/** How soon a disk that was full is looked at again. */
const PROBE_INTERVAL_MS = 1000;

export interface Watermarks {
  readonly appendedEnd: LogOffset;
  readonly writtenEnd: LogOffset;
  readonly flushedEnd: LogOffset;
}

/** How far the log may be shown to consumers. Asked after each move of a watermark. */
export type ConfirmPolicy = (marks: Watermarks) => number;

export interface StoreFacts {
  readonly minOffset: LogOffset;
  readonly maxOffset: LogOffset;
  readonly confirmedEnd: LogOffset;
  readonly flushedEnd: LogOffset;
  /** Confirmed bytes that queues do not show yet. */
  readonly dispatchBehindBytes: number;
  /** When the oldest message was stored; undefined when there is none. */
  readonly earliestStoreTimestamp: number | undefined;
  readonly diskRatio: number;
  /** How often the disk has refused, since the start, to remove what has expired. */
  readonly cleanFailures: number;
  readonly isWritable: boolean;
  readonly wasCrash: boolean;
}

export class MessageStore implements AsyncDisposable {
  readonly #parts: StoreParts;
  readonly #flusher: Flusher;
  readonly #writeBehind: WriteBehind;
  readonly #retention: Retention;
  readonly #reader: QueueReader;
  readonly #records: RecordReader;
  readonly #cleaning: Timer;
  #probe: Timer | undefined;
  #confirmable: ConfirmPolicy;
  #confirmedEnd: number;
  #isFenced = false;
  #isClosed = false;

  /** Opens the store in `options.folder`, made when missing. Throws `StoreError` and `DiskError`. */
  static async open(runtime: StoreRuntime, options: StoreOptions): Promise<MessageStore> {
    return new MessageStore(await openParts(runtime, options));
  }

  private constructor(parts: StoreParts) {
    const { runtime, options, log, dispatch, guard } = parts;
    const { clock } = runtime;
    this.#parts = parts;
    this.#confirmable =
      options.flushMode === 'SYNC_FLUSH'
        ? ({ flushedEnd }) => flushedEnd
        : ({ writtenEnd }) => writtenEnd;
    this.#confirmedEnd = log.writtenEnd;
    this.#flusher = new Flusher(
      clock,
      log,
      { mode: options.flushMode, intervalMs: options.flushIntervalMs },
      () => this.#onMoved(),
    );
    this.#writeBehind = new WriteBehind(
      { ...parts, clock, onFailure: (error) => this.#onFailure(error) },
      options.checkpointIntervalMs,
    );
    this.#retention = new Retention(
      {
        ...parts,
        clock,
        logger: runtime.log,
        keepFrom: () => Math.min(dispatch.end, this.#writeBehind.durableEnd),
      },
      options,
    );
    this.#reader = new QueueReader(options.readLimits);
    this.#records = new RecordReader(log);
    guard.look();
    this.#cleaning = clock.every(options.cleanIntervalMs, () => this.clean());
    this.#writeBehind.onDispatched();
  }

  observe(observer: StoreObserver): void {
    this.#parts.observers.add(observer);
  }

  // Watermarks

  get minOffset(): LogOffset {
    return this.#parts.log.minOffset;
  }

  get appendedEnd(): LogOffset {
    return this.#parts.log.appendedEnd;
  }

  get writtenEnd(): LogOffset {
    return this.#parts.log.writtenEnd;
  }

  get flushedEnd(): LogOffset {
    return this.#parts.log.flushedEnd;
  }

  get confirmedEnd(): LogOffset {
    return logOffset(this.#confirmedEnd);
  }

  /** Replaces what decides how far the log is confirmed, for instance by what replicas hold. */
  confirmBy(policy: ConfirmPolicy): void {
    this.#confirmable = policy;
    this.confirm();
  }

  /** Asks the policy again: something it depends on has changed. */
  confirm(): void {
    const { log, dispatch } = this.#parts;
    const confirmable = Math.min(this.#confirmable(log), log.writtenEnd);
    if (confirmable <= this.#confirmedEnd) return;
    this.#confirmedEnd = confirmable;
    dispatch.advance(confirmable);
    this.#writeBehind.onDispatched();
    this.#parts.observers.watermark();
  }

  // Writing

  get isWritable(): boolean {
    return !this.#isFenced && !this.#parts.guard.isFull && !this.#isClosed;
  }

  /** Refuses appends, or accepts them again: the owner's decision, apart from the disk's. */
  fence(isFenced: boolean): void {
    this.#isFenced = isFenced;
  }

  get bodyBytesMax(): number {
    return this.#parts.writer.bodyBytesMax;
  }

  set bodyBytesMax(bytes: number) {
    this.#parts.writer.bodyBytesMax = bytes;
  }

  /** Gives a message its place in log and queue. It is stored once `commit` has written it. */
  append(input: Append, output: Appended): void {
    if (this.#parts.log.stagedBytes > STAGED_BYTES_MAX) this.#writeStaged();
    if (this.isWritable) this.#parts.appender.append(input, output);
    else output.status = 'notWritable';
  }

  /** Before the appends of a batch: its records, `bytes` in all, are kept in one file. */
  keepTogether(bytes: number): void {
    if (this.isWritable) this.#parts.appender.keepTogether(bytes);
  }

  /** Undoes the appends of this turn from `from` on, for instance of half a batch. */
  takeBack(from: LogOffset): void {
    const { log, dispatch } = this.#parts;
    assert(from >= log.writtenEnd && from <= log.appendedEnd, `${from} to be staged`);
    dispatch.takeBack(from);
    log.takeBack(from);
  }

  /**
   * Writes what was appended: `writtenEnd` says what survives the process from now on. The first
   * half of `commit`, for who has senders to answer before consumers are told.
   */
  write(): void {
    const { appender, log } = this.#parts;
    appender.endTurn();
    if (log.stagedBytes > 0) this.#writeStaged();
  }

  /** Writes what was appended, confirms what may be, and tells whom it concerns. Once a turn. */
  commit(): void {
    this.write();
    if (this.#parts.log.writtenEnd > this.#confirmedEnd) this.#onMoved();
  }

  /** Cuts the log at `offset`, where a record begins and which is not confirmed. */
  truncate(offset: LogOffset): void {
    const { dispatch, log, observers } = this.#parts;
    assert(offset >= this.#confirmedEnd, `only what is not confirmed to be cut, not ${offset}`);
    dispatch.takeBack(offset);
    log.dropStaged();
    log.truncate(offset);
    observers.lost(offset);
    observers.watermark();
  }

  // Topics and queues

  /** The handle of a topic. It is made when missing, and takes no space before it has messages. */
  topic(name: string): StoredTopic {
    return this.#parts.queues.topic(name);
  }

  get topicNames(): ReadonlySet<string> {
    return this.#parts.queues.names;
  }

  /** The topic's queues that are on disk or were asked for. */
  queuesOf(topic: string): ConsumeQueue[] {
    return this.#parts.queues.queuesOf(topic);
  }

  /** Destroys the topic's queues; handles to it are void. */
  removeTopic(name: string): void {
    this.#parts.queues.remove(name);
    this.#writeBehind.noteTopicRemoved();
  }

  // Reading

  /** Which messages to send for `query`; they are fetched by `lend`. */
  read(query: QueueQuery, result: QueueRead): void {
    const { log } = this.#parts;
    this.#reader.read(query, { min: log.minOffset, max: log.writtenEnd }, result);
  }

  /** The bytes of the spans of `read`, to be given back once they have left. */
  lend({ spans, starts, lengths }: QueueRead): LentBytes {
    const lent = new LentBytes();
    for (let span = 0; span < spans; span++) {
      this.#parts.log.lend(starts[span] as number, lengths[span] as number, lent);
    }
    return lent;
  }

  /** Any written bytes of the log, for replicas. */
  lendLog(offset: LogOffset, bytes: number): LentBytes {
    const lent = new LentBytes();
    this.#parts.log.lend(offset, bytes, lent);
    return lent;
  }

  /** A copy of the record that begins at `offset`; undefined when none does. */
  findRecord(offset: number): Buffer | undefined {
    return this.#records.find(offset);
  }

  offsetByTime(queue: ConsumeQueue, timeMs: number, boundary: Boundary): QueueOffset {
    return offsetByTime(queue, timeMs, boundary, this.#records.storeTimeOf);
  }

  /** When the message at `offset` of the queue was stored; undefined when it is not there. */
  storeTimeOf(queue: ConsumeQueue, offset: number): number | undefined {
    return offset >= queue.minOffset
      ? this.#records.storeTimeOf(queue.logOffsetOf(offset))
      : undefined;
  }

  /** Log offsets of messages by key; a few others may be among them, whose key has the same hash. */
  findByKey(query: KeyQuery): LogOffset[] {
    return (this.#parts.index?.find(query) ?? []).map(logOffset);
  }

  /** The message that the index knows last. */
  get indexEnd(): { readonly logOffset: LogOffset; readonly timestamp: number } {
    const { index } = this.#parts;
    return { logOffset: logOffset(index?.endOffset ?? 0), timestamp: index?.endTime ?? 0 };
  }

  facts(): StoreFacts {
    const { dispatch, guard, log, wasCrash } = this.#parts;
    return {
      minOffset: log.minOffset,
      maxOffset: log.writtenEnd,
      confirmedEnd: this.confirmedEnd,
      flushedEnd: log.flushedEnd,
      dispatchBehindBytes: Math.max(0, this.#confirmedEnd - dispatch.end),
      earliestStoreTimestamp: this.#records.storeTimeOf(log.minOffset),
      diskRatio: guard.ratio,
      cleanFailures: this.#retention.failures,
      isWritable: this.isWritable,
      wasCrash,
    };
  }

  // Housekeeping

  /** Looks at the disk and removes what has expired; `isAsked` by an administrator. */
  clean(isAsked = false): void {
    try {
      this.#parts.guard.look();
      this.#retention.run(isAsked);
    } catch (error) {
      this.#onFailure(requireDiskError(error));
    }
  }

  /** Writes and syncs everything: the next start has nothing to recover. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.commit();
    this.#isClosed = true;
    this.#cleaning.cancel();
    this.#probe?.cancel();
    this.#retention.stop();
    this.#flusher.stop();
    this.#writeBehind.stop();
    const { checkpoint, discarded, files, lock, log, runtime, options } = this.#parts;
    log.stop();
    try {
      this.#writeBehind.finishNow();
      this.confirm();
      // With anything unconfirmed the next start must look at the log again.
      if (this.#confirmedEnd === log.writtenEnd) await removeAbort(runtime.disk, options.folder);
    } catch (error) {
      runtime.log.error('Cannot close the store properly: the next start recovers it', {
        error: requireDiskError(error),
      });
    }
    files.closeAll();
    checkpoint.close();
    for (const removed of discarded) await removed.settled();
    lock.release();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #onMoved(): void {
    const before = this.#confirmedEnd;
    this.confirm();
    if (this.#confirmedEnd === before) this.#parts.observers.watermark();
  }

  #writeStaged(): void {
    const { dispatch, log, observers } = this.#parts;
    try {
      log.write();
    } catch (error) {
      this.#onFailure(requireDiskError(error));
      const from = log.writtenEnd;
      dispatch.takeBack(from);
      log.dropStaged();
      observers.lost(from);
      return;
    }
    this.#flusher.onWritten();
  }

  #onFailure(error: DiskError): void {
    const { guard, runtime } = this.#parts;
    guard.onFailure(error);
    this.#probe ??= runtime.clock.after(PROBE_INTERVAL_MS, () => {
      this.#probe = undefined;
      this.clean();
      if (guard.isFull) this.#onFailure(error);
    });
  }
}

/** What is not the disk's fault is a bug, and nothing may go on after it. */
function requireDiskError(error: unknown): DiskError {
  if (error instanceof DiskError) return error;
  throw error;
}
