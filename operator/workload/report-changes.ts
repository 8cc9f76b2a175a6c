/** Events of what became different between two statuses: said once, when it is. */
import type { Condition } from '../api/status/conditions.ts';
import type { ConditionType } from '../api/vocabulary/conditions.ts';
import type { EventReason } from '../api/vocabulary/events.ts';
import type { Context, KubeObject } from '../kube/mod.ts';
import type { HeldGate } from './gates.ts';
import { report } from './report.ts';

interface WithConditions {
  readonly conditions?: readonly Condition[];
  /** Names of those that hold the next step. */
  readonly gates?: readonly string[];
}

export interface Change {
  readonly before: WithConditions | undefined;
  readonly after: WithConditions;
  readonly gates: readonly HeldGate[];
  readonly skipped: readonly string[];
}

/** What a condition's change is worth saying. */
interface Row {
  readonly type: ConditionType;
  readonly isSaid: (before: Condition | undefined, after: Condition | undefined) => boolean;
  readonly reason: EventReason;
}

const ROWS: readonly Row[] = [
  { type: 'Ready', isSaid: (before, after) => isTrue(after) && !isTrue(before), reason: 'Ready' },
  {
    type: 'Ready',
    isSaid: (before, after) => !isTrue(after) && isTrue(before),
    reason: 'NotReady',
  },
  {
    type: 'Stalled',
    isSaid: (before, after) => isTrue(after) && after?.reason !== before?.reason,
    reason: 'Stalled',
  },
  {
    type: 'Stalled',
    isSaid: (before, after) => isTrue(before) && !isTrue(after),
    reason: 'Recovered',
  },
  {
    type: 'AvailabilityRisk',
    isSaid: (before, after) => isTrue(after) && !isTrue(before),
    reason: 'RollStarted',
  },
  {
    type: 'AvailabilityRisk',
    isSaid: (before, after) => !isTrue(after) && isTrue(before),
    reason: 'RollFinished',
  },
  {
    type: 'Paused',
    isSaid: (before, after) => isRollFailed(after) && !isRollFailed(before),
    reason: 'RollPaused',
  },
  {
    type: 'DrainBlocked',
    isSaid: (before, after) => isTrue(after) && after?.reason !== before?.reason,
    reason: 'DrainBlocked',
  },
];

export function reportChanges(
  context: Pick<Context, 'events'>,
  object: KubeObject,
  { before, after, gates, skipped }: Change,
): void {
  const say = (reason: EventReason, message: string): void =>
    report(context, object, { reason, action: 'Reconcile', message });
  for (const { type, isSaid, reason } of ROWS) {
    const [was, is] = [find(before, type), find(after, type)];
    if (isSaid(was, is)) say(reason, is?.message ?? 'it goes on');
  }
  const said = before?.gates ?? [];
  for (const { gate, message } of gates) {
    if (!said.includes(gate)) say('GateHeld', `${gate}: ${message}`);
  }
  for (const gate of skipped) say('GateSkipped', `${gate} is passed, as the annotation says`);
}

function isTrue(condition: Condition | undefined): boolean {
  return condition?.status === 'True';
}

function isRollFailed(condition: Condition | undefined): boolean {
  return condition?.reason === 'RollFailed';
}

function find(status: WithConditions | undefined, type: ConditionType): Condition | undefined {
  return status?.conditions?.find((condition) => condition.type === type);
}
