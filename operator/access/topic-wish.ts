/** How a topic becomes what it is to be, as changes of what it is. Pure. */
import type { TopicDetails, TopicWish } from '../../client/mod.ts';
import type { TopicSettings } from './cluster-access.ts';

/** What it decides is on disk: a broker refuses to set it again, even to what it is. */
const FIXED = ['queue.type', 'cleanup.policy'];

/** Attributes that differ are set, those too many are taken away, those that are right left out. */
export function topicWish(topic: TopicSettings, before: TopicDetails | undefined): TopicWish {
  const current = before?.attributes ?? new Map<string, string>();
  const set = Object.entries(topic.attributes).filter(([name, value]) => {
    return current.get(name) !== value;
  });
  const removed = [...current.keys()]
    .filter((name) => !Object.hasOwn(topic.attributes, name) && !FIXED.includes(name))
    .map((name) => [name, undefined] as const);
  return { ...topic, attributes: Object.fromEntries([...set, ...removed]) };
}
