/** What is stored on a broker, put together from what it answers. Pure. */
import type { CommittedOffset, QueueStatus } from '../../client/mod.ts';
import type { TopicContents } from './cluster-access.ts';

/** By topic, by queue, by group. */
export type CommittedOffsets = ReadonlyMap<
  string,
  ReadonlyMap<number, ReadonlyMap<string, number>>
>;

export function offsetsByTopic(offsets: readonly CommittedOffset[]): CommittedOffsets {
  const topics = new Map<string, Map<number, Map<string, number>>>();
  for (const { topic, queueId, group, offset } of offsets) {
    const queues = topics.get(topic) ?? new Map<number, Map<string, number>>();
    const groups = queues.get(queueId) ?? new Map<string, number>();
    topics.set(topic, queues.set(queueId, groups.set(group, offset)));
  }
  return topics;
}

interface StoredTopic {
  readonly topic: string;
  readonly kind: TopicContents['kind'];
  readonly queues: readonly QueueStatus[];
}

export function contentsOf(
  { topic, kind, queues }: StoredTopic,
  offsets: CommittedOffsets,
): TopicContents {
  const committed = offsets.get(topic);
  return {
    topic,
    kind,
    queues: queues.map(({ queueId, offsetMin, offsetMax }) => {
      const consumerOffsets = committed?.get(queueId) ?? new Map<string, number>();
      return { queueId, offsetMin, offsetMax, consumerOffsets };
    }),
  };
}
