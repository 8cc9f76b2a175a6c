/**
 * How every kind of workload goes from a plan to its status: objects first, then what is quiet, then
 * the one step that disrupts; each with its own failure. The status is written after the actions
 * that it speaks of, and what failed is thrown when all is said.
 */

import type { Unusable } from '../api/read-object.ts';
import type { Condition } from '../api/status/conditions.ts';
import {
  type Context,
  type Desired,
  type KubeObject,
  resourceOf,
  writeStatus,
} from '../kube/mod.ts';
import type { ApiProblem } from './api-problem.ts';
import { allRefusals, type Refusals } from './refusals.ts';
import { reportChanges } from './report-changes.ts';
import type { RollPlan } from './rolling/plan.ts';
import { actAll, applyAll, type Stages, throwFailure, unsettledOf } from './stages.ts';
import { unusableStatus } from './unusable.ts';

/** What doing it has shown, for the status. */
export interface Findings {
  readonly refusals: Refusals;
  /** What the API server refused for good. */
  readonly problems: readonly ApiProblem[];
  /** What was told or tried just now, each for a person: its effect is yet to be seen. */
  readonly unsettled: readonly string[];
  readonly generation: number;
}

interface Steps<Action> {
  readonly quiet: readonly Action[];
  /** Never more than one. */
  readonly disruptive: Action | undefined;
  readonly roll: Pick<RollPlan, 'gates' | 'skipped'>;
  readonly isPaused: boolean;
}

interface WithConditions {
  readonly conditions?: readonly Condition[];
}

interface WorkloadObject<Status extends WithConditions> extends KubeObject {
  readonly status?: Status;
}

export interface Work<Action, Status> {
  readonly plan: Steps<Action>;
  /** What is to be there; nothing of it is touched while changes are paused. */
  readonly desired: readonly Desired[];
  readonly act: (action: Action) => Promise<Refusals>;
  readonly statusOf: (findings: Findings) => Status;
  /** Reports what only this kind knows. */
  readonly reportMore?: (status: Status) => void;
}

export async function carryOut<
  Action extends { readonly kind: string },
  Status extends WithConditions,
>(
  object: WorkloadObject<Status>,
  context: Context,
  { plan, desired, act, statusOf, reportMore }: Work<Action, Status>,
): Promise<Status> {
  const stages: Stages = { object, context, failures: [] };
  const applied = await applyAll(stages, plan.isPaused ? [] : desired);
  const status = statusOf({
    refusals: allRefusals(await actAll(stages, actionsOf(plan), act)),
    problems: applied.problems,
    unsettled: unsettledOf(stages, applied),
    generation: object.metadata.generation ?? 0,
  });
  await writeStatus(context, resourceOf(object), object, status);
  const { gates, skipped } = plan.roll;
  reportChanges(context, object, { before: object.status, after: status, gates, skipped });
  reportMore?.(status);
  throwFailure(stages);
  return status;
}

export function actionsOf<Action>({
  quiet,
  disruptive,
}: Pick<Steps<Action>, 'quiet' | 'disruptive'>): readonly Action[] {
  return disruptive === undefined ? quiet : [...quiet, disruptive];
}

/** Says why nothing is done for an object that cannot be read. */
export async function sayUnusable(
  object: WorkloadObject<WithConditions>,
  context: Context,
  unusable: Unusable,
): Promise<void> {
  const status = unusableStatus(object, unusable, context.clock.wallMs());
  await writeStatus(context, resourceOf(object), object, status);
}
