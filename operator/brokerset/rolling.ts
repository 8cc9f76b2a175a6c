/** The groups of a set as units to be rolled, and what else keeps the next pod of theirs. Pure. */
import { parseDurationMs } from '../workload/duration.ts';
import { type HeldGate, pauseGates, skippedGates } from '../workload/gates.ts';
import { isRiskAnnounced } from '../workload/rolling/conditions.ts';
import { planRoll, type RollPlan } from '../workload/rolling/plan.ts';
import { replacedBefore } from '../workload/rolling/replaced.ts';
import type { VolumePlan } from '../workload/volumes/plan.ts';
import type { Observed } from './observed.ts';
import type { ScalingPlan } from './scaling/plan.ts';

interface OtherWork {
  readonly volumes: VolumePlan;
  readonly scaling: ScalingPlan;
  readonly isPaused: boolean;
}

export function rollOf(
  { brokerSet, groups, nowMs, conditions }: Observed,
  { isPaused, scaling, volumes }: OtherWork,
): RollPlan {
  const { spec, metadata } = brokerSet;
  const held: HeldGate[] = pauseGates(isPaused);
  if (scaling.disruptive !== undefined) {
    const message = `group ${scaling.disruptive.group} is being taken away`;
    held.push({ gate: 'NoOtherOperation', message });
  }
  if (volumes.recreate.size > 0) {
    const names = [...volumes.recreate.keys()].join(', ');
    held.push({ gate: 'NoOtherOperation', message: `StatefulSets are made anew: ${names}` });
  }
  const units = groups.filter(({ isWanted, foreign }) => isWanted && foreign === undefined);
  return planRoll(
    spec.suspend
      ? []
      : units.map((group) => ({
          name: group.name,
          pod: group.pod,
          updateRevision: group.set?.updateRevision,
          replaced: replacedBefore(group.pod, group.was?.operation),
          answers: group.answers,
          node: group.node,
          ...(volumes.restart.has(group.name) && { restart: 'its file system has to grow' }),
        })),
    {
      nowMs,
      unavailableMax: spec.update.maxUnavailableGroups,
      settleMs: parseDurationMs(spec.update.settle),
      progressDeadlineMs: parseDurationMs(spec.update.progressDeadline),
      skip: skippedGates(metadata.annotations),
      othersGate: 'OtherGroupsHealthy',
      held,
      mustAnswer: 'Itself',
      isAnnounced: isRiskAnnounced(conditions),
      wasRolling: groups.some(({ was }) => was?.operation?.kind === 'Roll'),
    },
  );
}
