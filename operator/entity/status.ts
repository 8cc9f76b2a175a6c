/** The part of a status that topics and consumer groups share, from the plan. Pure. */
import type { StatedCondition } from '../api/vocabulary/conditions.ts';
import { stampConditions, timeText } from '../kube/mod.ts';
import type { EntityStatus, LiveEntity } from './kind.ts';
import { stalled } from './plan.ts';
import type { EntityPlan } from './planned.ts';

/** What brokers refused becomes what the object is stalled by. */
export function withRefusals<Settings>(
  plan: EntityPlan<Settings>,
  refusals: readonly string[],
): EntityPlan<Settings> {
  if (refusals.length === 0) return plan;
  return stalled('InvalidConfig', `a broker refused it: ${refusals.join('; ')}`);
}

/** `extra` are conditions of one kind alone. */
export function entityStatus(
  { metadata, status }: LiveEntity,
  plan: EntityPlan<unknown>,
  { extra, nowMs }: { readonly extra: readonly StatedCondition[]; readonly nowMs: number },
): EntityStatus & Readonly<Record<string, unknown>> {
  const now = timeText(nowMs);
  const { generation = 0 } = metadata;
  // The time does not move while all stays well: a converged object is not written to.
  const known = status?.observedGeneration === generation ? status.syncedAt : undefined;
  const syncedAt = plan.isSynced ? (known ?? now) : status?.syncedAt;
  return {
    observedGeneration: generation,
    phase: plan.phase,
    conditions: stampConditions([...plan.conditions, ...extra], { generation, nowMs }),
    ...(syncedAt === undefined ? {} : { syncedAt }),
  };
}
