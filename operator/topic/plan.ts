/**
 * What is to be done for a `Topic`: as for any entity; besides, queues and broker groups that it is
 * to lose go when they are read. Pure.
 */
import type { TopicSettings } from '../access/mod.ts';
import type { TopicStatus } from '../api/status/entities.ts';
import type { StatedCondition } from '../api/vocabulary/conditions.ts';
import type { Observed } from '../entity/observed.ts';
import { planEntity } from '../entity/plan.ts';
import type { EntityPlan } from '../entity/planned.ts';
import type { LeavingPlan } from './leaving.ts';
import { differences } from './settings.ts';
import type { Shrink } from './shrink.ts';

export interface TopicPlan extends EntityPlan<TopicSettings> {
  readonly extra: readonly StatedCondition[];
  readonly shrink: TopicStatus['shrink'];
  readonly leaving: LeavingPlan;
}

type WithShrink = Omit<TopicPlan, 'leaving'>;

const SOON_MS = 1_000;
/** How often it is looked whether consumers have got on. */
const READ_LOOK_MS = 10_000;

export function planTopic(
  observed: Observed<TopicSettings>,
  { shrink, leaving }: { readonly shrink: Shrink; readonly leaving: LeavingPlan },
): TopicPlan {
  const plan = planShrinking(observed, shrink);
  const { actions, status } = leaving;
  if (plan.phase === 'Failed' || plan.phase === 'Deleting' || status.length === 0) {
    return { ...plan, leaving };
  }
  const lookMs = actions.length > 0 ? SOON_MS : READ_LOOK_MS;
  return {
    ...plan,
    ...(plan.isSynced && leavingState(leaving)),
    actions: [...plan.actions, ...actions],
    requeueAfterMs: Math.min(lookMs, plan.requeueAfterMs ?? lookMs),
    leaving,
  };
}

/** Told only when nothing else is. */
function leavingState({ status }: LeavingPlan): Partial<TopicPlan> {
  const groups = status.map(({ name, step, blockers = [] }) => {
    const what = step === 'Removing' ? 'it is being removed' : 'it is closed for writing';
    return [`${name}: ${what}`, ...blockers].join('; ');
  });
  const message = `it is being taken from ${groups.join(', ')}`;
  const serves = 'all broker groups that are to have it serve it';
  return {
    phase: 'Updating',
    conditions: [
      { type: 'Ready', status: 'True', reason: 'Synced', message: serves },
      { type: 'Reconciling', status: 'True', reason: 'LeavingSets', message },
    ],
    isSynced: false,
  };
}

function planShrinking(observed: Observed<TopicSettings>, shrink: Shrink): WithShrink {
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
    requeueAfterMs: READ_LOOK_MS,
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
