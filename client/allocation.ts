/**
 * Shares the queues of a topic among the consumers of a group (RocketMQ's AVG): consecutive runs,
 * as equal as can be. Every member computes it alone, so both lists must be in the same order
 * everywhere: this function sorts them.
 */
import type { MessageQueue } from './message.ts';

/** The queues of `own`; none when it is not among `members`. */
export function averageShare(
  queues: readonly MessageQueue[],
  members: readonly string[],
  own: string,
): MessageQueue[] {
  const sorted = queues.toSorted(compareQueues);
  const place = members.toSorted().indexOf(own);
  if (place < 0) return [];
  const rest = sorted.length % members.length;
  const share = Math.floor(sorted.length / members.length);
  const start = place * share + Math.min(place, rest);
  return sorted.slice(start, start + share + (place < rest ? 1 : 0));
}

/** By topic, broker and number: Java's `MessageQueue.compareTo`. */
function compareQueues(left: MessageQueue, right: MessageQueue): number {
  if (left.topic !== right.topic) return left.topic < right.topic ? -1 : 1;
  if (left.brokerName !== right.brokerName) return left.brokerName < right.brokerName ? -1 : 1;
  return left.queueId - right.queueId;
}
