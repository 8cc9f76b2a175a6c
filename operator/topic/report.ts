/** Events of what a topic loses: when it begins and when it has ended. */
import type { EventReason } from '../api/vocabulary/events.ts';
import type { Context } from '../kube/mod.ts';
import type { TopicPlan } from './plan.ts';
import { departedGroups, type TopicFacts } from './status.ts';

type Told = readonly [reason: EventReason, message: string];

export function reportLosses(facts: TopicFacts, plan: TopicPlan, { events }: Context): void {
  const { status: _status, ...object } = facts.object;
  for (const [reason, message] of [...shrinkTold(facts, plan), ...leavingTold(facts, plan)]) {
    events.record(object, { type: 'Normal', reason, action: 'SyncTopic', message });
  }
}

function shrinkTold({ object }: TopicFacts, { shrink }: TopicPlan): Told[] {
  const was = object.status?.shrink;
  if (was === undefined && shrink !== undefined) {
    const message = `Of ${shrink.readQueues} queues those that are too many are closed for writing`;
    return [['QueueShrinkStarted', message]];
  }
  if (was === undefined || shrink !== undefined) return [];
  return [['QueueShrinkFinished', `Of ${was.readQueues} queues those that are too many are gone`]];
}

function leavingTold(facts: TopicFacts, { leaving }: TopicPlan): Told[] {
  const { object, name } = facts;
  const known = (object.status?.leaving ?? []).map(({ name: group }) => group);
  const begun = leaving.status.filter((one) => !known.includes(one.name));
  const kept = `The topic "${name}" is not managed any more`;
  return [
    ...begun.map(({ name: group }): Told => {
      return ['LeavingSet', `The topic "${name}" goes from ${group} when all of it is read`];
    }),
    ...leaving.released.map((group): Told => ['Released', `${kept} on ${group}, which keeps it`]),
    ...leaving.removed.map((group): Told => ['Removed', `The topic "${name}": gone from ${group}`]),
    ...departedGroups(facts).map((group): Told => {
      return ['Released', `${kept} on ${group}: it has left the cluster`];
    }),
  ];
}
