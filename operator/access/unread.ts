/**
 * What readers of a topic have still to read. Pure. Who has read one queue of a topic reads them
 * all: where a group has no offset, it has read nothing.
 */
import type { QueueContents } from './cluster-access.ts';

/** Every group that has read any of `queues`. */
export function readersOf(queues: readonly QueueContents[]): ReadonlySet<string> {
  return new Set(queues.flatMap(({ consumerOffsets }) => [...consumerOffsets.keys()]));
}

/** Messages in the queue that `group` has not read. */
export function unreadBy(
  group: string,
  { offsetMin, offsetMax, consumerOffsets }: QueueContents,
): number {
  return Math.max(0, offsetMax - Math.max(consumerOffsets.get(group) ?? 0, offsetMin));
}
