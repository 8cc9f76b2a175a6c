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
export function findBlock(victim: ObservedGroup, { groups, spec }: Situation): Block | undefined {
  const { name, contents, topics } = victim;
  if (spec.drain.policy === 'Forbid') {
    return { reason: 'Forbidden', message: `${name} stays: drain.policy is Forbid`, blockers: [] };
  }
  if (!groups.some((group) => isOpen(group) && isServing(group))) {
    const message = `${name} stays: no other group of the set takes messages`;
    return { reason: 'LastGroup', message, blockers: [] };
  }
  if (contents === undefined || topics === undefined) {
    const message = `${name} stays: its broker cannot be asked what it holds`;
    return { reason: 'Unknown', message, blockers: [] };
  }
  const inOrder = spec.drain.orderedTopics === 'Block' ? topics.filter(isOrdered) : [];
  const blockers = [
    ...inOrder.map(({ topic }) => `"${topic}" is ordered: its queues cannot move`),
    ...blockersOf(contents, { unclaimed: spec.drain.noSubscriberTopics }).map(showBlocker),
  ].slice(0, BLOCKERS_SHOWN);
  if (blockers.length === 0) return undefined;
  return { reason: 'NotEmpty', message: `${name} stays: ${blockers.join('; ')}`, blockers };
}

/** Topics would vanish with the group that alone has them: another one is given them before. */
export function findLonelyTopics(
  victim: ObservedGroup,
  { groups }: Situation,
): CopyMetadata | undefined {
  for (const { name, topics, isWanted } of groups) {
    if (!isWanted || topics === undefined) continue;
    const known = new Set(topics.map(({ topic }) => topic));
    const missing = victim.topics?.some((one) => !isOrdered(one) && !known.has(one.topic));
    if (missing !== true) continue;
    const exceptTopics = [...known];
    return { kind: 'CopyMetadata', from: victim.name, to: name, exceptTopics, thenOpen: false };
  }
  return undefined;
}

function isOrdered({ order, attributes }: TopicSettings): boolean {
  return order || attributes['message.type'] === 'FIFO';
}
