/**
 * A topic as the broker works with it: its settings, what follows from them for the send path,
 * and its counters. One object per topic for as long as it exists: sends, queues and metrics hold
 * on to it instead of to its name.
 */

import type { HistogramSeries } from '../../metrics/mod.ts';
import type { TopicConfig } from '../../protocol/bodies/mod.ts';
import { isDerivedTopic, isOpenToProducers } from '../../protocol/mod.ts';
import type { StoredTopic } from '../../store/mod.ts';

/** Longer names need the second form of the record and are checked one by one. */
const PLAIN_NAME_BYTES_MAX = 127;

/** What of the store a topic needs. */
export interface StoredTopics {
  topic(name: string): StoredTopic;
}

export class Topic {
  readonly name: string;
  readonly bytes: Buffer;
  /** `hashBytes` of the name. */
  readonly hash: number;
  /** Replaced as a whole when an operator changes the topic. */
  config: TopicConfig;
  /** A send needs no look at the topic beyond its queue number: the fast path may store to it. */
  isPlain: boolean;
  /** False: its queues are of a kind that only RocketMQ knows. */
  isSupported: boolean;
  /** False: its creation is not on disk yet, and what is sent to it waits for that. */
  #isSaved = true;
  /** Queue numbers of sends are below this. */
  queuesMax: number;

  messagesIn = 0;
  bytesIn = 0;
  /** Messages by size; from the first message on. */
  sizes: HistogramSeries | undefined = undefined;
  #stored: StoredTopic | undefined;
  readonly #store: StoredTopics;

  constructor(config: TopicConfig, store: StoredTopics) {
    this.#store = store;
    this.name = config.topicName;
    this.bytes = Buffer.from(config.topicName);
    this.hash = hashBytes(this.bytes, 0, this.bytes.length);
    this.config = config;
    this.isSupported = isSupported(config);
    this.isPlain = this.#isPlain();
    this.queuesMax = Math.max(config.readQueueNums, config.writeQueueNums);
  }

  update(config: TopicConfig): void {
    this.config = config;
    this.isSupported = isSupported(config);
    this.isPlain = this.#isPlain();
    this.queuesMax = Math.max(config.readQueueNums, config.writeQueueNums);
  }

  /** Its queues, looked up when first needed: most topics of a broker lie idle. */
  get stored(): StoredTopic {
    if (this.#stored === undefined || this.#stored.isRemoved) {
      this.#stored = this.#store.topic(this.name);
    }
    return this.#stored;
  }

  get isSaved(): boolean {
    return this.#isSaved;
  }

  set isSaved(isSaved: boolean) {
    this.#isSaved = isSaved;
    this.isPlain = this.#isPlain();
  }

  may(permission: number): boolean {
    return (this.config.perm & permission) === permission;
  }

  #isPlain(): boolean {
    return this.isSupported && this.#isSaved && isPlain(this.config, this.bytes.length);
  }
}

/** The hash that `Topics` finds names by: cheap, over bytes as they come in a frame. */
export function hashBytes(buffer: Buffer, start: number, end: number): number {
  let hash = 0;
  for (let at = start; at < end; at++) {
    hash = (hash * 31 + (buffer[at] as number)) | 0;
  }
  return hash;
}

function isSupported({ attributes }: TopicConfig): boolean {
  return (
    (attributes.get('queue.type') ?? 'SimpleCQ') === 'SimpleCQ' &&
    (attributes.get('cleanup.policy') ?? 'DELETE') === 'DELETE'
  );
}

function isPlain({ topicName, order }: TopicConfig, nameBytes: number): boolean {
  return (
    nameBytes <= PLAIN_NAME_BYTES_MAX &&
    !order &&
    !isDerivedTopic(topicName) &&
    isOpenToProducers(topicName)
  );
}
