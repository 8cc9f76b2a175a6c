/**
 * What a `Topic` tells of itself, from the plan. Pure.
 *
 * `brokerStatus` is also the memory of who was told of the topic: an entry goes only when the topic
 * has gone from there, or is nobody's, and not because a broker is silent at the moment.
 */
import type { TopicSettings } from '../access/mod.ts';
import type { TopicStatus } from '../api/status/entities.ts';
import type { Seen } from '../entity/observe.ts';
import { entityStatus } from '../entity/status.ts';
import { isDeciding, type LiveTopic, toldGroups } from './observe.ts';
import type { TopicPlan } from './plan.ts';

export interface TopicFacts {
  readonly object: LiveTopic;
  /** Among clients. */
  readonly name: string;
  readonly seen: Seen<TopicSettings>;
  readonly isClaimed: boolean;
}

type BrokerEntry = NonNullable<TopicStatus['brokerStatus']>[number];

const ENTRIES_MAX = 128;

export function topicStatus(facts: TopicFacts, plan: TopicPlan, nowMs: number): object {
  const { object, name, seen } = facts;
  const { extra, shrink, actions, leaving } = plan;
  const isOurs = facts.isClaimed || actions.some((action) => action.kind === 'Claim');
  // What is not ours is not noted, lest it be taken for ours once it is.
  const brokers = isOurs ? brokerEntries(facts, plan) : [];
  return {
    ...entityStatus(object, plan, { extra, nowMs }),
    ...(isOurs ? { topicName: name } : {}),
    ...(shrink === undefined ? {} : { shrink }),
    brokers: seen.observed.brokers.filter(({ found }) => typeof found === 'object').length,
    // The API server does not keep a list that becomes empty: it would be written once more.
    ...(brokers.length === 0 ? {} : { brokerStatus: brokers }),
    ...(leaving.status.length === 0 ? {} : { leaving: leaving.status }),
  };
}

/** Broker groups that were told of the topic and are not in the cluster any more. */
export function departedGroups({ object, seen }: TopicFacts): readonly string[] {
  const { groups } = seen.cluster;
  // A cluster without a single group is one of which nobody knows what it has.
  if (!isDeciding(seen) || groups.length === 0) return [];
  return toldGroups(object).filter((name) => !groups.some(({ group }) => group === name));
}

function brokerEntries(facts: TopicFacts, { actions, leaving }: TopicPlan): BrokerEntry[] {
  const { object, seen } = facts;
  const gone = [
    ...departedGroups(facts),
    ...leaving.released,
    ...leaving.removed,
    ...leaving.status.map(({ name }) => name),
  ];
  const entries = new Map(
    (object.status?.brokerStatus ?? [])
      .filter(({ name }) => !gone.includes(name))
      .map((entry) => [entry.name, entry]),
  );
  for (const { group, found } of seen.observed.brokers) {
    const put = actions.find((action) => action.kind === 'Put' && action.group === group);
    const made = put?.kind === 'Put' && put.why === 'create' ? put.settings : undefined;
    const is = typeof found === 'object' ? found : made;
    if (is !== undefined) entries.set(group, entryOf(group, is));
  }
  return [...entries.values()]
    .toSorted((left, right) => (left.name < right.name ? -1 : 1))
    .slice(0, ENTRIES_MAX);
}

function entryOf(name: string, { readQueues, writeQueues }: TopicSettings): BrokerEntry {
  return { name, readQueues, writeQueues };
}
