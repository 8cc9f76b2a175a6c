/**
 * Whether a broker group holds anything that somebody may still want. Pure; an answer that could
 * not be had is not judged here: unknown is not empty.
 */
import { readersOf, type TopicContents, unreadBy } from '../../access/mod.ts';

export interface Blocker {
  readonly topic: string;
  readonly messages: number;
  readonly why: string;
}

export interface EmptinessOptions {
  /** Messages that nobody subscribes to and dead letters: wait for retention, or ignore them. */
  readonly unclaimed: 'Wait' | 'Ignore';
  /** Names of the cluster and the group: brokers have topics of these names, and so may users. */
  readonly namesakes: readonly string[];
}

/** What is in the way, the largest first. */
export function blockersOf(
  contents: readonly TopicContents[],
  options: EmptinessOptions,
): Blocker[] {
  return contents
    .flatMap((topic) => blockersOfTopic(topic, options))
    .sort((left, right) => right.messages - left.messages);
}

function blockersOfTopic(topic: TopicContents, options: EmptinessOptions): Blocker[] {
  const readers = readersOf(topic.queues);
  const lags = new Map<string, number>();
  let unclaimedMessages = 0;
  for (const queue of topic.queues) {
    if (readers.size === 0) unclaimedMessages += Math.max(0, queue.offsetMax - queue.offsetMin);
    for (const group of readers) {
      const lag = unreadBy(group, queue);
      if (lag > 0) lags.set(group, (lags.get(group) ?? 0) + lag);
    }
  }
  const blockers = [...lags].map(([group, messages]) => ({
    topic: topic.topic,
    messages,
    why: `group ${group} has not read them`,
  }));
  const why = whyUnclaimedCount(topic, options);
  if (unclaimedMessages === 0 || why === undefined) return blockers;
  return [...blockers, { topic: topic.topic, messages: unclaimedMessages, why }];
}

/** Why messages without a reader count; undefined where they do not. */
function whyUnclaimedCount(
  { topic, kind }: TopicContents,
  { unclaimed, namesakes }: EmptinessOptions,
): string | undefined {
  switch (kind === 'system' && namesakes.includes(topic) ? 'user' : kind) {
    case 'retry':
      return 'they are to be delivered again';
    case 'system':
      return isAtWork(topic) ? 'the broker has still to deal with them' : undefined;
    case 'deadLetter':
      return unclaimed === 'Wait' ? 'they are dead letters; they go with retention' : undefined;
    case 'user':
      return unclaimed === 'Wait' ? 'nobody has read them; they go with retention' : undefined;
  }
}

/** System topics whose messages are on their way to somebody: delayed, half, popped. */
function isAtWork(topic: string): boolean {
  return (
    topic === 'SCHEDULE_TOPIC_XXXX' ||
    topic === 'rmq_sys_wheel_timer' ||
    topic === 'RMQ_SYS_TRANS_HALF_TOPIC' ||
    topic.startsWith('rmq_sys_REVIVE_LOG_')
  );
}

export function showBlocker({ topic, messages, why }: Blocker): string {
  return `${messages} ${messages === 1 ? 'message' : 'messages'} of "${topic}": ${why}`;
}
