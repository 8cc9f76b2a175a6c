/** What keeps a group from being taken away, and what others need of it before. Pure. */
import type { TopicSettings } from '../../access/mod.ts';
import type { ReasonOf } from '../../api/vocabulary/conditions.ts';
import { isServing, type ObservedGroup } from '../observed.ts';
import type { CopyMetadata } from './actions.ts';
import { blockersOf, showBlocker } from './emptiness.ts';
import { isOpen } from './filling.ts';
import type { Situation } from './situation.ts';

export interface DrainBlock {
  readonly reason: Exclude<ReasonOf<'DrainBlocked'>, 'NotBlocked'>;
  readonly message: string;
}

export interface Block extends DrainBlock {
  readonly blockers: readonly string[];
}

const BLOCKERS_SHOWN = 5;

/** What forbids to take `victim` away, as far as anybody can tell. */
export function findBlock(victim: ObservedGroup, situation: Situation): Block | undefined {
  const { spec, clusterName } = situation;
  const { noSubscriberTopics: unclaimed } = spec.drain;
  const { name, contents, topics } = victim;
  const stays = (reason: DrainBlock['reason'], why: string, blockers: readonly string[] = []) => {
    return { reason, message: `${name} stays: ${why}`, blockers };
  };
  if (spec.drain.policy === 'Forbid') return stays('Forbidden', 'drain.policy is Forbid');
  if (spec.suspend) return stays('Unknown', 'the set is suspended, nobody can tell what it holds');
  const homes = homesOf(situation);
  if (homes.length === 0) {
    return stays('LastGroup', 'no other group of the cluster takes messages');
  }
  if (contents === undefined || topics === undefined) {
    return stays('Unknown', 'its broker cannot be asked what it holds');
  }
  if (homes.every((home) => home.topics === undefined)) {
    return stays('Unknown', 'no other group can be asked which topics it has');
  }
  const inOrder = spec.drain.orderedTopics === 'Block' ? topics.filter(isOrdered) : [];
  const blockers = [
    ...inOrder.map(({ topic }) => `"${topic}" is ordered: its queues cannot move`),
    ...blockersOf(contents, { unclaimed, namesakes: [clusterName, name] }).map(showBlocker),
  ].slice(0, BLOCKERS_SHOWN);
  return blockers.length === 0 ? undefined : stays('NotEmpty', blockers.join('; '), blockers);
}

/** A group that takes messages in place of one that goes. */
interface Home {
  readonly set: string;
  readonly name: string;
  readonly topics: readonly TopicSettings[] | undefined;
}

/** Of this set while one of its groups stays, else of the others. */
function homesOf({ groups, neighbours }: Situation): Home[] {
  const own = groups.filter((group) => isOpen(group) && isServing(group));
  if (own.length > 0) return own.map(({ name, topics }) => ({ set: '', name, topics }));
  return neighbours.filter(({ takesMessages }) => takesMessages);
}

/**
 * Topics would vanish with the group that alone has them: another set is given them before, on all
 * of its groups, as topics are. One that a set has already is somebody's choice, and stays there.
 */
export function findLonelyTopics(
  victim: ObservedGroup,
  situation: Situation,
): CopyMetadata | undefined {
  const homes = homesOf(situation).flatMap(({ topics, ...home }) =>
    topics === undefined ? [] : [{ ...home, topics: new Set(topics.map(({ topic }) => topic)) }],
  );
  const movable = (victim.topics ?? []).filter((one) => !isOrdered(one));
  const sets = Map.groupBy(homes, ({ set }) => set);
  const lonely = movable.filter(
    ({ topic }) => ![...sets.values()].some((set) => set.every(({ topics }) => topics.has(topic))),
  );
  const [first = []] = sets.values();
  for (const { name, topics } of first) {
    if (lonely.every(({ topic }) => topics.has(topic))) continue;
    const moved = new Set(lonely.map(({ topic }) => topic));
    const exceptTopics = [
      ...topics,
      ...movable
        .map(({ topic }) => topic)
        .filter((topic) => !moved.has(topic) && !topics.has(topic)),
    ];
    return { kind: 'CopyMetadata', from: victim.name, to: name, exceptTopics, thenOpen: false };
  }
  return undefined;
}

function isOrdered({ order, attributes }: TopicSettings): boolean {
  return order || attributes['message.type'] === 'FIFO';
}
