/** Events of what became different: said once, when the status that says it is written. */
import type { BrokerSetStatus } from '../api/status/broker-set.ts';
import type { Condition } from '../api/status/conditions.ts';
import type { ConditionType } from '../api/vocabulary/conditions.ts';
import type { Context, KubeObject } from '../kube/mod.ts';
import { tell } from '../workload/tell.ts';
import type { Plan } from './plan.ts';

interface Change {
  readonly before: BrokerSetStatus | undefined;
  readonly after: BrokerSetStatus;
  readonly plan: Plan;
}

export function reportChanges(
  context: Pick<Context, 'events'>,
  object: KubeObject,
  { before, after, plan }: Change,
): void {
  const say = sayer(context, object);
  const [wasReady, ready] = [find(before, 'Ready'), find(after, 'Ready')];
  if (ready?.status === 'True' && wasReady?.status !== 'True') say('Ready', ready.message);
  if (ready?.status === 'False' && wasReady?.status === 'True') say('NotReady', ready.message);
  const [wasStalled, stalled] = [find(before, 'Stalled'), find(after, 'Stalled')];
  if (stalled !== undefined && wasStalled?.reason !== stalled.reason) {
    say('Stalled', stalled.message);
  }
  if (stalled === undefined && wasStalled !== undefined) say('Recovered', 'it goes on');
  reportWork(say, { before, after, plan });
}

type Say = ReturnType<typeof sayer>;

function reportWork(say: Say, { before, after, plan }: Change): void {
  const [wasAtRisk, risk] = [find(before, 'AvailabilityRisk'), find(after, 'AvailabilityRisk')];
  if (risk?.status === 'True' && wasAtRisk?.status !== 'True') say('RollStarted', risk.message);
  if (risk?.status === 'False' && wasAtRisk?.status === 'True') {
    say('RollFinished', 'every pod is current');
  }
  const [wasPaused, paused] = [find(before, 'Paused'), find(after, 'Paused')];
  if (paused?.reason === 'RollFailed' && wasPaused?.reason !== 'RollFailed') {
    say('RollPaused', paused.message);
  }
  const [wasBlocked, blocked] = [find(before, 'DrainBlocked'), find(after, 'DrainBlocked')];
  if (blocked?.status === 'True' && wasBlocked?.reason !== blocked.reason) {
    say('DrainBlocked', blocked.message);
  }
  const said = find(before, 'Reconciling')?.message ?? '';
  for (const { gate, message } of plan.roll.gates) {
    if (!said.includes(gate)) say('GateHeld', `${gate}: ${message}`);
  }
  for (const gate of plan.roll.skipped) say('GateSkipped', `${gate} is passed by annotation`);
  for (const name of openedGroups(before, after)) say('ScaledOut', `group ${name} takes messages`);
}

/** Groups that were made for a set that served already. */
function openedGroups(before: BrokerSetStatus | undefined, after: BrokerSetStatus): string[] {
  if ((before?.readyGroups ?? 0) === 0) return [];
  return (after.groupStatus ?? [])
    .filter(({ phase }) => phase === 'Ready')
    .map(({ name }) => name)
    .filter((name) =>
      before?.groupStatus?.some((group) => group.name === name && group.phase === 'Creating'),
    );
}

function sayer(context: Pick<Context, 'events'>, object: KubeObject) {
  return (reason: Parameters<typeof tell>[2]['reason'], message: string): void => {
    tell(context, object, { reason, action: 'Reconcile', message });
  };
}

function find(status: BrokerSetStatus | undefined, type: ConditionType): Condition | undefined {
  return status?.conditions?.find((condition) => condition.type === type);
}
