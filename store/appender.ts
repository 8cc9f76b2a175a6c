/**
 * Appends a message: encodes it, gives it its place in log and queue at once, and notes it for
 * dispatch. The hottest code of the store: no allocation, no string, one copy of each byte.
 */
import { assert, type Clock } from '../runtime/mod.ts';
import type { Append, Appended, AppendStatus } from './append.ts';
import type { CommitLog } from './commit-log.ts';
import type { ConsumeQueue } from './consume-queue.ts';
import type { Dispatch } from './dispatch.ts';
import { type DispatchNotes, type Found, Placed } from './dispatch-notes.ts';
import type { Chunk } from './log-tail.ts';
import { logOffset, queueOffset } from './offsets.ts';
import { hasQueuePlace } from './record-layout.ts';
import type { RecordWriter } from './record-writer.ts';
import type { StoredTopic } from './stored-topic.ts';

export interface AppenderParts {
  readonly clock: Pick<Clock, 'wallMs'>;
  readonly log: CommitLog;
  readonly dispatch: Dispatch;
  readonly notes: DispatchNotes;
  readonly writer: RecordWriter;
}

export class Appender {
  readonly #clock: Pick<Clock, 'wallMs'>;
  readonly #log: CommitLog;
  readonly #dispatch: Dispatch;
  readonly #notes: DispatchNotes;
  readonly #writer: RecordWriter;
  readonly #placed = new Placed();
  readonly #found: Found;
  /** Store time of the messages of this turn; 0 at its beginning. */
  #turnMs = 0;
  /** Store time never falls, whatever the clock does. */
  #lastMs: number;

  constructor({ clock, log, dispatch, notes, writer }: AppenderParts, lastTimestamp: number) {
    this.#clock = clock;
    this.#log = log;
    this.#dispatch = dispatch;
    this.#notes = notes;
    this.#writer = writer;
    this.#found = { buffer: Buffer.alloc(0), walk: writer.walk };
    this.#lastMs = lastTimestamp;
  }

  /** The next append belongs to a new turn and takes a new time. */
  endTurn(): void {
    this.#turnMs = 0;
  }

  append(input: Append, output: Appended): void {
    const { topic } = input;
    assert(topic !== undefined, 'an append with a topic');
    if (topic.isRemoved) {
      output.status = 'topicRemoved';
      return;
    }
    if (this.#dispatch.pending.isFull) {
      output.status = 'busy';
      return;
    }
    let chunk = this.#log.chunkFor(this.#writer.boundOf(input));
    let status = this.#writer.write(input, topic, chunk);
    if (status === 'stored' && !this.#log.fits(this.#writer.size)) {
      status = this.#rollFor(this.#writer.size);
      if (status === 'stored') {
        chunk = this.#log.chunkFor(this.#writer.boundOf(input));
        status = this.#writer.write(input, topic, chunk);
      }
    }
    output.status = status;
    if (status === 'stored') this.#place(topic, topic.queue(input.queueId), chunk, output);
  }

  /** Makes room in one file for records of `bytes` in all, so that a batch is not torn apart. */
  keepTogether(bytes: number): void {
    if (this.#log.mayHold(bytes) && !this.#log.fits(bytes)) this.#log.roll();
  }

  #rollFor(bytes: number): AppendStatus {
    if (!this.#log.mayHold(bytes)) return 'recordTooLarge';
    this.#log.roll();
    return 'stored';
  }

  #place(topic: StoredTopic, queue: ConsumeQueue, chunk: Chunk, output: Appended): void {
    const writer = this.#writer;
    const { walk, size, sysFlag } = writer;
    const place = hasQueuePlace(sysFlag) ? queue.nextOffset++ : 0;
    if (this.#turnMs === 0) this.#turnMs = this.#now();
    writer.stamp(chunk, place, this.#turnMs);

    output.logOffset = logOffset(chunk.start + chunk.used);
    output.logEnd = logOffset(output.logOffset + size);
    output.queueOffset = queueOffset(place);
    output.storeTimestamp = this.#turnMs;
    output.uniqueKey = chunk.buffer;
    output.uniqueKeyStart = walk.uniqueKeyStart;
    output.uniqueKeyEnd = walk.uniqueKeyEnd;
    output.waits = walk.waits;

    const placed = this.#placed;
    placed.sysFlag = sysFlag;
    placed.logEnd = output.logEnd;
    placed.size = size;
    placed.storeTimestamp = this.#turnMs;
    this.#found.buffer = chunk.buffer;
    this.#notes.add(queue.reference, topic, placed, this.#found);
    this.#log.take(chunk, size);
  }

  #now(): number {
    this.#lastMs = Math.max(this.#lastMs, this.#clock.wallMs());
    return this.#lastMs;
  }
}
