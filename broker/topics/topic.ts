/**
 * A topic as the broker works with it: its settings, what follows from them for the send path,
 * and its counters. One object per topic for as long as it exists: sends, queues and metrics hold
 * on to it instead of to its name.
 */

import { isDeadLetterTopic, isRetryTopic, mayBeSentTo } from './names.ts';
import type { TopicConfig } from './topic-config.ts';

/** Longer names need the second form of the record and are checked one by one. */
const PLAIN_NAME_BYTES_MAX = 127;

export class Topic {
  readonly name: string;
  readonly bytes: Buffer;
  /** `hashBytes` of the name. */
  readonly hash: number;
  /** Replaced as a whole when an operator changes the topic. */
  config: TopicConfig;
  /** A send needs no look at the topic beyond its queue number: the fast path may store to it. */
  isPlain: boolean;
  /** Queue numbers of sends are below this. */
  queuesMax: number;

  messagesIn = 0;
  bytesIn = 0;

  constructor(config: TopicConfig) {
    this.name = config.topicName;
    this.bytes = Buffer.from(config.topicName);
    this.hash = hashBytes(this.bytes, 0, this.bytes.length);
    this.config = config;
    this.isPlain = isPlain(config, this.bytes.length);
    this.queuesMax = Math.max(config.readQueueNums, config.writeQueueNums);
  }

  update(config: TopicConfig): void {
    this.config = config;
    this.isPlain = isPlain(config, this.bytes.length);
    this.queuesMax = Math.max(config.readQueueNums, config.writeQueueNums);
  }

  may(permission: number): boolean {
    return (this.config.perm & permission) === permission;
  }
}

/** The hash that `Topics` finds names by: cheap, over bytes as they come in a frame. */
export function hashBytes(buffer: Buffer, start: number, end: number): number {
  let hash = 0;
  for (let at = start; at < end; at++) hash = (hash * 31 + (buffer[at] ?? 0)) | 0;
  return hash;
}

function isPlain({ topicName, order }: TopicConfig, nameBytes: number): boolean {
  return (
    nameBytes <= PLAIN_NAME_BYTES_MAX &&
    !order &&
    !isRetryTopic(topicName) &&
    !isDeadLetterTopic(topicName) &&
    mayBeSentTo(topicName)
  );
}
