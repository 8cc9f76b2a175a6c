/**
 * Topics that come into being by being used: by a send to an unknown topic, and for the retries
 * and dead letters of a group.
 */
import { AUTO_CREATE_TOPIC, PERMISSION } from '../../protocol/mod.ts';
import type { Topic } from './topic.ts';
import { newTopic } from './topic-config.ts';
import type { Topics } from './topics.ts';

export interface Wish {
  readonly topic: string;
  /** The topic to be like; usually TBW102. */
  readonly defaultTopic: string;
  /** Most queues the producer wants. */
  readonly queues: number;
  readonly topicSysFlag: number;
}

/** The new topic, as its producer and the default topic agree; undefined when they do not. */
export function createForSend(
  topics: Topics,
  wish: Wish,
  autoCreateTopicEnable: boolean,
): Topic | undefined {
  const model = topics.find(wish.defaultTopic);
  if (model === undefined) return undefined;
  if (model.name === AUTO_CREATE_TOPIC && !autoCreateTopicEnable) return undefined;
  if (!model.may(PERMISSION.inherit)) return undefined;
  const queues = Math.max(0, Math.min(wish.queues, model.config.writeQueueNums));
  return topics.create({
    ...newTopic(wish.topic, queues, model.config.perm & ~PERMISSION.inherit),
    topicFilterType: model.config.topicFilterType,
    topicSysFlag: wish.topicSysFlag,
  });
}

/** The topic of a group's retries or dead letters, made now if it is missing. */
export function createForGroup(topics: Topics, name: string, queues: number): Topic {
  const { read, write } = PERMISSION;
  return topics.find(name) ?? topics.create(newTopic(name, queues, read | write));
}
