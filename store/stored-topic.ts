/**
 * A topic as the store knows it: the handle through which messages are appended and queues are
 * found, looked up once by name and then held on to. Everything that can be computed from the name
 * is computed here, once.
 */
import { javaHash } from '../protocol/mod.ts';
import type { ConsumeQueue } from './consume-queue.ts';

export class StoredTopic {
  readonly name: string;
  readonly nameBytes: Buffer;
  /** Java's hash of `name#`, which the hash of an index key goes on from. */
  readonly keyHashSeed: number;
  /** In RocketMQ's delay topic the tags code of a message is the time of its delivery. */
  readonly isDelayTopic: boolean;
  readonly #openQueue: (topic: StoredTopic, queueId: number) => ConsumeQueue;
  readonly #queues = new Map<number, ConsumeQueue>();
  /** Set once the topic was removed: its owner must drop the handle. */
  isRemoved = false;

  constructor(name: string, openQueue: (topic: StoredTopic, queueId: number) => ConsumeQueue) {
    this.name = name;
    this.nameBytes = Buffer.from(name);
    this.keyHashSeed = javaHash(`${name}#`);
    this.isDelayTopic = name === 'SCHEDULE_TOPIC_XXXX';
    this.#openQueue = openQueue;
  }

  /** The queue, looked up on disk at the first call; one without messages takes no space there. */
  queue(queueId: number): ConsumeQueue {
    return this.#queues.get(queueId) ?? this.#open(queueId);
  }

  /** The queues that were asked for since the store was opened. */
  openQueues(): ConsumeQueue[] {
    return [...this.#queues.values()];
  }

  #open(queueId: number): ConsumeQueue {
    const queue = this.#openQueue(this, queueId);
    this.#queues.set(queueId, queue);
    return queue;
  }
}
