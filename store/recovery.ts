/**
 * Finds out what a store holds when it is opened: where the log ends, and what queues and index
 * lack. Idempotent: a crash in the middle of it changes nothing about the result.
 *
 * The scan begins at the durable point of the checkpoint, so it is short however large the store
 * is. Without one (another broker wrote last) it begins where RocketMQ would begin.
 *
 * After a crash nothing behind the durable point is trusted to be on the disk because it can be
 * read: when a sync failed, the system shows pages that it will not write any more, and calls the
 * next sync a success. So the scan writes what it takes over again, for the sync that follows. What
 * the checkpoint leaves behind is some hundred MiB; without one it is bounded.
 */
import type { Log } from '../runtime/mod.ts';
import type { Checkpoint, DurablePoint } from './checkpoint.ts';
import type { ConsumeQueue } from './consume-queue.ts';
import type { Dispatch } from './dispatch.ts';
import { type DispatchNotes, type Found, Placed } from './dispatch-notes.ts';
import { LogScan, type ScannedRecord } from './log-scan.ts';
import type { MessageIndex } from './message-index.ts';
import { PropertyWalk } from './property-walk.ts';
import type { Queues } from './queues.ts';
import { hasQueuePlace } from './record-layout.ts';
import type { Segments } from './segments.ts';

/** At most so much of the log's end, or its two last files, is written again. */
const REWRITE_BYTES_MAX = 1024 * 1024 * 1024;

export type StartMode = 'afterStop' | 'afterCrash';

export interface RecoveryParts {
  readonly log: Log;
  readonly segments: Segments;
  readonly checkpoint: Checkpoint;
  readonly queues: Queues;
  readonly index: MessageIndex | undefined;
  readonly dispatch: Dispatch;
  readonly notes: DispatchNotes;
}

export interface Recovered {
  /** Where the scan began: what lies below was durable. */
  readonly start: number;
  /** Where the log ends. */
  readonly end: number;
  /** Store time of the last message that the scan met; 0 when it met none. */
  readonly lastTimestamp: number;
  readonly scannedBytes: number;
}

/** Messages of a queue are missing between its files and what the log goes on with. */
class QueueGap extends Error {}

export function recover(parts: RecoveryParts, mode: StartMode): Recovered {
  const { queues, segments } = parts;
  queues.logMin = segments.start;
  const start = findStart(parts, mode);
  if (mode === 'afterCrash') {
    queues.trustedEnd = start ?? Number.POSITIVE_INFINITY;
    // Each is looked up now, while it is known what to trust.
    queues.openAll();
  }
  const rewriteFrom =
    mode === 'afterCrash' ? findRewriteStart(parts, start) : Number.POSITIVE_INFINITY;
  const recovered = scanOrRebuild(parts, start, rewriteFrom);
  queues.trustedEnd = undefined;
  return recovered;
}

function scanOrRebuild(
  parts: RecoveryParts,
  start: number | undefined,
  rewriteFrom: number,
): Recovered {
  if (start === undefined) return rebuild(parts, rewriteFrom);
  try {
    return new Replay(parts, false).run(start, rewriteFrom);
  } catch (error) {
    if (!(error instanceof QueueGap)) throw error;
    parts.log.warn('Queues lack messages that the log has: making them again', {
      reason: error.message,
    });
    return rebuild(parts, rewriteFrom);
  }
}

/** Makes all queues and the index again from the whole log. */
function rebuild(parts: RecoveryParts, rewriteFrom: number): Recovered {
  const { dispatch, index, queues, segments } = parts;
  dispatch.clear();
  index?.clear();
  const before = [...queues.all()].map((queue) => ({ queue, end: queue.maxOffset }));
  for (const { queue } of before) queue.clear(0);
  const recovered = new Replay(parts, true).run(segments.start, rewriteFrom);
  // All messages of such a queue have expired; its offsets go on nevertheless.
  for (const { queue, end } of before) if (queue.nextOffset === 0) queue.clear(end);
  return recovered;
}

/** Where to scan from; undefined: queues are gone or cannot be trusted, make all of them again. */
function findStart(parts: RecoveryParts, mode: StartMode): number | undefined {
  const { checkpoint, index, queues, segments } = parts;
  const { point } = checkpoint;
  if (point === undefined || point.logOffset < segments.start || point.logOffset > segments.end) {
    if (mode === 'afterCrash') index?.loadUpTo(checkpoint.indexMs);
    else index?.load();
    return mode === 'afterCrash' ? startByTime(parts) : startByQueues(parts);
  }
  if (!loadIndex(index, point, mode)) return undefined;
  if (queues.countFolders() < point.topics) return undefined;
  return point.logOffset;
}

/** From where on the log may be readable and not on the disk. */
function findRewriteStart(
  { checkpoint, segments }: RecoveryParts,
  start: number | undefined,
): number {
  const { logOffset } = checkpoint.point ?? {};
  // Queues that must be made again say nothing about the log.
  const isKnown =
    logOffset !== undefined && logOffset >= segments.start && logOffset <= segments.end;
  const bytesMax = Math.max(REWRITE_BYTES_MAX, 2 * segments.fileBytes);
  return Math.max(isKnown ? logOffset : (start ?? segments.start), segments.end - bytesMax);
}

function loadIndex(index: MessageIndex | undefined, point: DurablePoint, mode: StartMode): boolean {
  if (index === undefined) return true;
  if (mode === 'afterStop') {
    index.load();
    return !index.isEmpty || point.index === undefined;
  }
  if (point.index !== undefined) return index.loadAt(point.index);
  index.clear();
  return true;
}

/** After a stop: what the queues do not reach was never dispatched. */
function startByQueues({ queues, segments }: RecoveryParts): number | undefined {
  let end = -1;
  for (const queue of queues.all()) end = Math.max(end, queue.logEnd);
  return end >= segments.start && end <= segments.end ? end : undefined;
}

/** After a crash: the newest file whose first message is older than what is known to be durable. */
function startByTime({ checkpoint, segments }: RecoveryParts): number {
  const scan = new LogScan(segments);
  for (const start of segments.starts.toReversed()) {
    const time = scan.find(start)?.storeTimestamp ?? 0;
    if (time > 0 && time <= checkpoint.trustedMs) return start;
  }
  return segments.start;
}

/** Goes through the log from some offset and brings what it meets into queues and index. */
class Replay {
  readonly #parts: RecoveryParts;
  readonly #isRebuild: boolean;
  readonly #placed = new Placed();
  readonly #found: Found = { buffer: Buffer.alloc(0), walk: new PropertyWalk() };
  #lastTimestamp = 0;

  constructor(parts: RecoveryParts, isRebuild: boolean) {
    this.#parts = parts;
    this.#isRebuild = isRebuild;
  }

  run(start: number, rewriteFrom: number): Recovered {
    const { dispatch, segments } = this.#parts;
    dispatch.end = start;
    const end = new LogScan(segments).run(start, (record) => this.#visit(record), rewriteFrom);
    return { start, end, lastTimestamp: this.#lastTimestamp, scannedBytes: end - start };
  }

  #visit(record: ScannedRecord): void {
    const { dispatch, queues } = this.#parts;
    const { buffer } = record;
    const topic = queues.topic(buffer.toString('utf8', record.topicStart, record.topicEnd));
    const queue = topic.queue(record.queueId);
    this.#lastTimestamp = Math.max(this.#lastTimestamp, record.storeTimestamp);
    const isQueued = hasQueuePlace(record.sysFlag);
    if (isQueued && !this.#accept(queue, record)) return;
    if (isQueued) queue.nextOffset++;
    const placed = this.#placed;
    placed.sysFlag = record.sysFlag;
    placed.logEnd = record.end;
    placed.size = record.size;
    placed.storeTimestamp = record.storeTimestamp;
    this.#found.buffer = buffer;
    this.#found.walk.run(buffer, record.propertiesStart, record.propertiesEnd);
    this.#parts.notes.add(queue.reference, topic, placed, this.#found);
    dispatch.advance(record.end);
  }

  /** Whether the record is the queue's next one; makes the queue fit where the log allows it. */
  #accept(queue: ConsumeQueue, { queueOffset, logOffset }: ScannedRecord): boolean {
    const next = queue.nextOffset;
    if (queueOffset === next) return true;
    if (queueOffset > next) {
      if (queue.hasFiles && !this.#isRebuild) {
        throw new QueueGap(
          `${queue.topic.name}/${queue.queueId} ends at ${next}, the log goes on with ${queueOffset}`,
        );
      }
      // Its first messages have expired, or the topic was removed and has begun again.
      queue.skipTo(queueOffset);
      return true;
    }
    if (queueOffset === 0) {
      // The topic was removed and made again.
      queue.clear(0);
      return true;
    }
    this.#parts.log.warn('A message has a place in its queue that is taken: it is left out', {
      topic: queue.topic.name,
      queueId: queue.queueId,
      queueOffset,
      logOffset,
    });
    return false;
  }
}
