/** What follows from the answers of one broker, and what the names of topics and groups say. */
import type { ConsumerOffsetTable } from '../protocol/bodies/mod.ts';
import { isDerivedTopic, isRetryTopic, isSystemGroup, isSystemTopic } from '../protocol/mod.ts';

/** The next message that a group wants of a queue. */
export interface CommittedOffset {
  readonly topic: string;
  readonly group: string;
  readonly queueId: number;
  readonly offset: number;
}

/** The keys of the table are `topic@group`; neither has an `@` in it. */
export function committedOffsets({ offsetTable }: ConsumerOffsetTable): CommittedOffset[] {
  return [...offsetTable].flatMap(([key, queues]) => {
    const [topic = '', group = ''] = key.split('@');
    return Array.from(queues, ([queueId, offset]) => ({ topic, group, queueId, offset }));
  });
}

export type TopicKind = 'user' | 'retry' | 'deadLetter' | 'system';

/** Whose a topic is; `own` are those that its broker calls its own. */
export function topicKind(topic: string, own: readonly string[]): TopicKind {
  if (isRetryTopic(topic)) return 'retry';
  if (isDerivedTopic(topic)) return 'deadLetter';
  return isSystemTopic(topic) || own.includes(topic) ? 'system' : 'user';
}

/** Whether a group is one that its broker has for itself. */
export function isOwnGroup(group: string): boolean {
  return isSystemGroup(group);
}
