/** What is to be done for a `Topic`: as for any entity, and its queues shrink in two steps. Pure. */
import type { TopicSettings } from '../access/mod.ts';
import type { TopicStatus } from '../api/status/entities.ts';
import type { StatedCondition } from '../api/vocabulary/conditions.ts';
import { type EntityPlan, type Observed, planEntity } from '../entity/plan.ts';
import { differences } from './settings.ts';
import type { Shrink } from './shrink.ts';

export interface TopicPlan extends EntityPlan<TopicSettings> {
  readonly extra: readonly StatedCondition[];
  readonly shrink: TopicStatus['shrink'];
}

const SHRINK_LOOK_MS = 10_000;

export function planTopic(observed: Observed<TopicSettings>, shrink: Shrink): TopicPlan {
  const plan = planEntity(observed, { settingsFor: shrink.settingsFor, differences });
  const hasAnswers = observed.brokers.some(({ found }) => found !== undefined);
  if (plan.phase === 'Failed' || plan.phase === 'Deleting' || !hasAnswers) {
    return { ...plan, extra: [], shrink: undefined };
  }
  if (shrink.status === undefined) {
    const message = 'there are as many queues as the spec says';
    return { ...plan, shrink: undefined, extra: [condition('False', 'Done', message)] };
  }
  const { readQueues, since, blockers = [] } = shrink.status;
  // The API server does not keep a list that becomes empty.
  const status = { readQueues, since, ...(blockers.length > 0 && { blockers }) };
  const what = `queues are read up to ${readQueues} since ${since}`;
  const message = blockers.length > 0 ? `${what}: ${blockers.join('; ')}` : what;
  const extra = condition('True', 'WaitingForConsumers', message);
  // While brokers are told, that is what is going on.
  if (!plan.isSynced) return { ...plan, shrink: status, extra: [extra] };
  const serves = `all ${observed.brokers.length} broker groups serve it; queues are being taken away`;
  return {
    ...plan,
    phase: 'Updating',
    conditions: [
      { type: 'Ready', status: 'True', reason: 'Synced', message: serves },
      { type: 'Reconciling', status: 'True', reason: 'QueueShrink', message },
    ],
    isSynced: false,
    requeueAfterMs: SHRINK_LOOK_MS,
    shrink: status,
    extra: [extra],
  };
}

function condition(
  status: 'True' | 'False',
  reason: 'WaitingForConsumers' | 'Done',
  message: string,
): StatedCondition {
  return { type: 'QueueShrink', status, reason, message };
}
