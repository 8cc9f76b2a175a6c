/**
 * One pull on its way to an answer: at once when there is one, else when messages come or its time
 * is up. Answers exactly once.
 */

import { responseCodes } from '../../protocol/mod.ts';
import type { ServerConnection } from '../../remoting/mod.ts';
import { DiskError } from '../../runtime/mod.ts';
import {
  type ConsumeQueue,
  type MessageStore,
  QueueQuery,
  QueueRead,
  queueOffset,
} from '../../store/mod.ts';
import type { ConsumerOffsets } from '../offsets/consumer-offsets.ts';
import type { Topic } from '../topics/topic.ts';
import { HeldPull, type LongPolling } from './long-polling.ts';
import { codeOf, type PullStatus, sendPullFailure, sendPullHeader } from './pull-answer.ts';
import { type PullBodyParts, sendMessages } from './pull-body.ts';
import type { PullCounts } from './pull-counts.ts';

/** One for all pulls: each is read and answered before the next one is. */
const query = new QueueQuery();
const read = new QueueRead();

/** With more on its way to a client, it gets one message at a time. */
const UNSENT_BYTES_MAX = 4_194_304;

export interface PullParts extends PullBodyParts {
  readonly store: Pick<MessageStore, 'read' | 'lend' | 'lendLog'>;
  readonly offsets: ConsumerOffsets;
  readonly polling: LongPolling;
  readonly counts: PullCounts;
}

export interface PullFacts {
  readonly connection: ServerConnection;
  readonly opaque: number;
  readonly isBinary: boolean;
  readonly topic: Topic;
  readonly group: string;
  readonly groupSysFlag: number;
  readonly queue: ConsumeQueue;
  readonly offset: number;
  readonly messagesMax: number;
  readonly bytesMax: number;
  /** By the hash of tags; undefined: all messages. */
  readonly matches: ((tagsHash: number) => boolean) | undefined;
  /** 0: may not wait. */
  readonly deadlineMs: number;
}

export class ActivePull extends HeldPull {
  readonly #parts: PullParts;
  readonly #facts: PullFacts;
  /** Everything before was looked at and is not wanted. */
  #offset: number;
  #status: PullStatus = 'NO_MESSAGE_IN_QUEUE';

  constructor(parts: PullParts, facts: PullFacts) {
    super(facts.queue, facts.deadlineMs);
    this.#parts = parts;
    this.#facts = facts;
    this.#offset = facts.offset;
  }

  override get isAbandoned(): boolean {
    return this.#facts.connection.closed;
  }

  /** Answers now, or begins to wait. */
  start(maySuspend: boolean): void {
    this.#select();
    const isNothing = codeOf(this.#status, this.#offset) === responseCodes.PULL_NOT_FOUND;
    if (maySuspend && isNothing && this.#parts.polling.hold(this)) return;
    this.#answer();
  }

  override attempt(): boolean {
    try {
      this.#select();
      const code = codeOf(this.#status, this.#offset);
      if (code === responseCodes.PULL_NOT_FOUND) return false;
      if (this.#status === 'NO_MATCHED_MESSAGE' && read.nextOffset >= read.maxOffset) {
        // Nothing in it for this consumer: do not look at it again.
        this.#offset = read.nextOffset;
        return false;
      }
      this.#answer();
    } catch (error) {
      this.#refuse(error);
    }
    return true;
  }

  override giveUp(): void {
    try {
      this.#select();
      this.#answer();
    } catch (error) {
      this.#refuse(error);
    }
  }

  /** The log cannot be read: nothing of an answer has been sent. Its dispatch is long over. */
  #refuse(error: unknown): void {
    if (!(error instanceof DiskError)) throw error;
    const { connection, opaque, isBinary } = this.#facts;
    sendPullFailure({ connection, opaque, isBinary }, error.message);
  }

  #select(): void {
    const { offsets, store } = this.#parts;
    const { topic, group, queue, connection } = this.#facts;
    const reset = offsets.takeReset(topic.name, group, queue.queueId);
    if (reset !== undefined) {
      this.#status = 'OFFSET_RESET';
      read.clear();
      read.nextOffset = queueOffset(reset);
      read.minOffset = queue.minOffset;
      read.maxOffset = queue.maxOffset;
      return;
    }
    const isClogged = connection.waitingBytes > UNSENT_BYTES_MAX;
    query.queue = queue;
    query.offset = this.#offset;
    query.messagesMax = isClogged ? 1 : this.#facts.messagesMax;
    query.bytesMax = this.#facts.bytesMax;
    query.matches = this.#facts.matches;
    store.read(query, read);
    this.#status = read.status;
  }

  #answer(): void {
    const { offsets, counts } = this.#parts;
    const { topic, group, queue, offset } = this.#facts;
    // What was looked at while waiting, and not wanted, need not be looked at again.
    const hasPassed = this.#status === 'OFFSET_OVERFLOW_ONE' && this.#offset > offset;
    const status = hasPassed ? 'NO_MATCHED_MESSAGE' : this.#status;
    const { nextOffset, minOffset, maxOffset, messages, bytes } = read;
    offsets.notePulled(topic.name, group, queue.queueId, nextOffset);
    counts.pulled(topic.name, group, read);
    const asked = { ...this.#facts, topicSysFlag: topic.config.topicSysFlag };
    const sendHeader = (): void =>
      sendPullHeader(asked, { status, nextOffset, minOffset, maxOffset }, bytes);
    if (messages > 0) sendMessages(asked.connection, read, this.#parts, sendHeader);
    else sendHeader();
  }
}
