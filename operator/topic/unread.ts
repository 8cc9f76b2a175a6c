/** Which messages of a topic somebody still has to read, and who. Pure. */
import { type Found, readersOf, type TopicContents, unreadBy } from '../access/mod.ts';

/** Every group that has read the topic on any broker: it reads what is left as well. */
export function readersAnywhere(contents: Iterable<Found<TopicContents>>): string[] {
  const queues = [...contents].flatMap((found) => (typeof found === 'object' ? found.queues : []));
  return [...readersOf(queues)].toSorted();
}

/** Brokers other than `except` that do not say who reads the topic: somebody may. */
export function unheardOf(
  contents: ReadonlyMap<string, Found<TopicContents>>,
  ...except: readonly string[]
): string[] {
  return [...contents]
    .filter(([broker, found]) => found === undefined && !except.includes(broker))
    .map(([broker]) => `${broker} does not say who reads the topic`);
}

interface Place {
  /** The broker group. */
  readonly broker: string;
  /** The first queue that is looked at. */
  readonly fromQueue: number;
}

/** What of a broker's queues is unread, each for a person; none when nothing is. */
export function unreadOf(
  { broker, fromQueue }: Place,
  contents: Found<TopicContents>,
  readers: readonly string[],
): string[] {
  if (typeof contents !== 'object') return [`${broker} does not say what is in its queues`];
  return contents.queues
    .filter(({ queueId }) => queueId >= fromQueue)
    .flatMap((queue) => {
      const { queueId, offsetMin, offsetMax } = queue;
      if (offsetMax <= offsetMin) return [];
      const place = `queue ${queueId} of ${broker}`;
      if (readers.length === 0) {
        return [`nobody has read the ${offsetMax - offsetMin} messages in ${place}`];
      }
      return readers.flatMap((group) => {
        const left = unreadBy(group, queue);
        return left > 0 ? [`${group} has ${left} messages to read in ${place}`] : [];
      });
    });
}
