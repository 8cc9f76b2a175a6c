/**
 * Consumer groups and topics from one broker to another, before the other takes part.
 *
 * Invariant: what is there already and the same is left alone, so that doing it again does
 * nothing; the number returned is of those that the other broker says it has.
 */
import { type DirectAdmin, type GroupConfig, isOwnGroup } from '../../client/mod.ts';
import { groupSettingsOf } from './answers.ts';
import type { TopicSettings } from './cluster-access.ts';
import { topicWish } from './topic-wish.ts';

type Signal = AbortSignal | undefined;

export async function copyGroups(
  admin: DirectAdmin,
  { from, to }: { readonly from: string; readonly to: string },
  signal: Signal,
): Promise<number> {
  const wanted = (await admin.groupConfigs(from, { signal })).filter(
    ({ groupName }) => !isOwnGroup(groupName),
  );
  const present = byName(await admin.groupConfigs(to, { signal }));
  const missing = wanted.filter((group) => !isSameGroup(group, present.get(group.groupName)));
  if (missing.length > 0) await admin.putGroups(to, missing, { signal });
  const after = byName(await admin.groupConfigs(to, { signal }));
  return wanted.filter((group) => isSameGroup(group, after.get(group.groupName))).length;
}

/** Ordered topics stay where they are: more queues would break the order of their messages. */
export async function copyTopics(
  admin: DirectAdmin,
  { to, topics }: { readonly to: string; readonly topics: readonly TopicSettings[] },
  signal: Signal,
): Promise<number> {
  const wanted = topics.filter((topic) => !isOrdered(topic));
  const present = new Map(
    (await admin.topicConfigs(to, { signal })).map((topic) => [topic.topic, topic] as const),
  );
  for (const topic of wanted) {
    const before = present.get(topic.topic);
    const wish = topicWish(topic, before);
    const isSame =
      before?.readQueues === topic.readQueues &&
      before.writeQueues === topic.writeQueues &&
      before.perm === topic.perm &&
      before.order === topic.order &&
      Object.keys(wish.attributes).length === 0;
    if (!isSame) await admin.putTopic(to, wish, { signal });
  }
  const after = new Set((await admin.topicConfigs(to, { signal })).map(({ topic }) => topic));
  return wanted.filter(({ topic }) => after.has(topic)).length;
}

function isOrdered({ order, attributes }: TopicSettings): boolean {
  return order || attributes['message.type'] === 'FIFO';
}

function byName(groups: readonly GroupConfig[]): Map<string, GroupConfig> {
  return new Map(groups.map((group) => [group.groupName, group]));
}

function isSameGroup(group: GroupConfig, other: GroupConfig | undefined): boolean {
  if (other === undefined) return false;
  const wanted = Object.entries(groupSettingsOf(group));
  const there = new Map<string, unknown>(Object.entries(groupSettingsOf(other)));
  return wanted.every(([name, value]) => there.get(name) === value);
}
