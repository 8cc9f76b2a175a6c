/**
 * What `Reconciling` says: the first step that is under way, in the order in which they matter. It
 * is said with the first status of a generation already: who waits for a change looks at it. Pure.
 */
import type { ReasonOf, StatedCondition } from '../api/vocabulary/conditions.ts';
import { rollingCondition } from '../workload/rolling/conditions.ts';
import { unseenCondition } from '../workload/unseen.ts';
import type { VolumeProblem } from '../workload/volumes/plan.ts';
import { isNew, isServing, type Observed } from './observed.ts';
import type { Plan } from './plan.ts';
import { whyNotReady } from './readiness.ts';

interface Work {
  readonly observed: Observed;
  readonly plan: Plan;
  readonly unsettled: readonly string[];
}

/** Undefined when nothing is under way. */
export function reconcilingCondition(work: Work): StatedCondition | undefined {
  if (work.plan.isPaused) return undefined;
  if (work.observed.brokerSet.spec.suspend) return suspending(work);
  return (
    repairing(work) ??
    draining(work) ??
    rollingCondition(work.plan.roll) ??
    scalingOut(work) ??
    coming(work) ??
    unseenCondition(
      work.unsettled,
      work.observed.groups.map(({ set }) => set),
    ) ??
    expanding(work) ??
    telling(work)
  );
}

function state(reason: ReasonOf<'Reconciling'>, message: string): StatedCondition {
  return { type: 'Reconciling', status: 'True', reason, message };
}

function suspending({ observed: { groups } }: Work): StatedCondition | undefined {
  const pods = groups.flatMap(({ pod }) => pod?.name ?? []);
  return pods.length === 0 ? undefined : state('Suspending', `stopping ${pods.join(', ')}`);
}

function repairing({ plan: { disruptive } }: Work): StatedCondition | undefined {
  const isRepair =
    disruptive?.kind === 'ForceDeletePod' ||
    (disruptive?.kind === 'DeletePod' && disruptive.reason === 'Broken');
  return isRepair ? state('Repairing', disruptive.message) : undefined;
}

function draining({ plan: { scaling } }: Work): StatedCondition | undefined {
  if (scaling.drains.size === 0 || scaling.blocked !== undefined) return undefined;
  return state('Draining', scaling.waiting.join('; '));
}

function scalingOut({ plan: { scaling } }: Work): StatedCondition | undefined {
  if (scaling.waiting.length === 0 || scaling.blocked !== undefined) return undefined;
  return state('ScaleOut', scaling.waiting.join('; '));
}

function coming({ observed: { groups } }: Work): StatedCondition | undefined {
  const wanted = groups.filter(({ isWanted }) => isWanted);
  const down = wanted.filter((group) => !isServing(group));
  if (down.length === 0) return undefined;
  const isScaleOut = down.length < wanted.length && down.every(isNew);
  return state(isScaleOut ? 'ScaleOut' : 'Creating', down.map(whyNotReady).join('; '));
}

function expanding({ plan: { volumes } }: Work): StatedCondition | undefined {
  if (volumes.change !== undefined) return state('ExpandingVolumes', volumes.change.message);
  if (volumes.recreate.size > 0) {
    const names = [...volumes.recreate.keys()].join(', ');
    return state('ExpandingVolumes', `StatefulSets are made anew: ${names}`);
  }
  const growing = volumes.problems.filter(({ reason }) => IN_TIME.includes(reason));
  if (growing.length === 0) return undefined;
  return state('ExpandingVolumes', growing.map(({ message }) => message).join('; '));
}

/** What is wrong with a claim until time has mended it. */
const IN_TIME: readonly VolumeProblem['reason'][] = ['Expanding', 'FileSystemResizePending'];

function telling({ observed, plan }: Work): StatedCondition | undefined {
  const { brokerSet, nameServers, groups } = observed;
  if (nameServers === undefined) {
    const name = brokerSet.spec.nameServers.ref?.name;
    return state('ApplyingConfig', `NameServer "${name}" does not exist`);
  }
  const untold = groups.filter(
    ({ isWanted, name, pod }) => isWanted && pod?.configApplied !== plan.settingsHashes.get(name),
  );
  if (untold.length === 0) return undefined;
  const names = untold.map(({ name }) => name).join(', ');
  return state('ApplyingConfig', `brokers are told their settings: ${names}`);
}
