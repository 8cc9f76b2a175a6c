/**
 * The next steps from a broker set as it was found to the one its spec asks for. Pure: no call, no
 * clock; the state machines of rolling, volumes, scaling and settings each plan their part, and
 * here they are brought together.
 *
 * Invariants: at most one disruptive action; none while changes are paused; every group that is
 * wanted keeps its pod unless that action takes it; what does not go on has a gate or a reason.
 */
import { clusterName } from '../api/broker-set.ts';
import { annotations } from '../api/vocabulary/annotations.ts';
import type { KeyTable, Properties } from '../config/key-table.ts';
import type { GroupShape } from '../resources/broker-set.ts';
import { plainTemplates } from '../workload/claim-templates.ts';
import { findLostPod } from '../workload/rolling/lost-pod.ts';
import type { RollPlan } from '../workload/rolling/plan.ts';
import type { Telling } from '../workload/settings/telling.ts';
import { planVolumes, type VolumePlan } from '../workload/volumes/plan.ts';
import type { DisruptiveAction, QuietAction } from './actions.ts';
import { claimMarks, volumeOwnerOf } from './claims.ts';
import { filesOf } from './files.ts';
import { type Losses, lossesOf } from './losses.ts';
import type { Observed, ObservedGroup } from './observed.ts';
import { rollOf } from './rolling.ts';
import { planScaling, type ScalingPlan } from './scaling/plan.ts';
import { tellingsOf } from './telling.ts';

export interface PlannedGroup extends GroupShape {
  readonly index: number;
}

export interface Plan {
  /** What is to be in Kubernetes, group by group. */
  readonly groups: readonly PlannedGroup[];
  readonly quiet: readonly QuietAction[];
  readonly disruptive: DisruptiveAction | undefined;
  readonly roll: RollPlan;
  readonly volumes: VolumePlan;
  readonly scaling: ScalingPlan;
  /** Keys of `config` that brokers would refuse, with the reason. */
  readonly refusedKeys: ReadonlyMap<string, string>;
  /** Of the live settings that each group's process is to have. */
  readonly settingsHashes: ReadonlyMap<string, string>;
  readonly losses: ReadonlyMap<string, Losses>;
  readonly isPaused: boolean;
}

export function plan(observed: Observed, keys: KeyTable): Plan {
  const { brokerSet, groups, nowMs } = observed;
  const { spec, metadata } = brokerSet;
  const isPaused = metadata.annotations[annotations.paused.name] === 'true';
  const scaling = planScaling({
    groups,
    neighbours: observed.neighbours,
    spec,
    clusterName: clusterName(brokerSet),
    nowMs,
  });
  const volumes = planVolumes(
    groups.filter(({ foreign }) => foreign === undefined).map(volumeOwnerOf(observed)),
    { storage: spec.storage, nowMs, isExpandable: observed.isExpandable },
  );
  const roll = rollOf(observed, { isPaused, scaling, volumes });
  const disruptive = isPaused ? undefined : disruptiveAction(observed, { volumes, scaling, roll });
  const files = filesOf(observed, scaling, keys);
  const tellings = tellingsOf(observed, files.properties, keys);
  return {
    groups: groups.flatMap((group) => {
      const properties = files.properties.get(group.name);
      return properties === undefined
        ? []
        : [shapeOf(group, observed, { properties, disruptive, roll })];
    }),
    quiet: isPaused ? [] : quietActions(observed, { volumes, scaling, tellings }),
    disruptive,
    roll,
    volumes,
    scaling,
    refusedKeys: files.refused,
    settingsHashes: new Map([...tellings].map(([name, { hash }]) => [name, hash])),
    losses: lossesOf(observed),
    isPaused,
  };
}

interface Parts {
  readonly volumes: VolumePlan;
  readonly scaling: ScalingPlan;
}

/** What is lost goes first, then what is broken, then what is to go, and what is outdated last. */
function disruptiveAction(
  { groups, brokerSet: { spec } }: Observed,
  { volumes, scaling, roll }: Parts & { readonly roll: RollPlan },
): DisruptiveAction | undefined {
  const ours = groups.filter(({ foreign }) => foreign === undefined);
  const lost = spec.recovery.forceDeletePodsOfDeletedNodes ? findLostPod(ours) : undefined;
  if (lost !== undefined) return lost;
  if (roll.action?.reason === 'Broken') return roll.action;
  return scaling.disruptive ?? notedRecreate(groups, volumes) ?? roll.action;
}

/** A set is made anew only when the status already says so: who finds none must know why. */
function notedRecreate(
  groups: readonly ObservedGroup[],
  { recreate }: VolumePlan,
): DisruptiveAction | undefined {
  for (const { name, isWanted, set, was } of groups) {
    const uid = recreate.get(name);
    const isNoted = uid !== undefined && was?.pendingRecreate?.uid === uid;
    if (!isWanted || !isNoted || set === undefined) continue;
    return { kind: 'OrphanStatefulSet', set: name, uid };
  }
  return undefined;
}

interface ShapeParts {
  readonly properties: Properties;
  readonly disruptive: DisruptiveAction | undefined;
  readonly roll: RollPlan;
}

function shapeOf(
  { index, name, isWanted, set, was }: ObservedGroup,
  { brokerSet: { spec } }: Observed,
  { properties, disruptive, roll }: ShapeParts,
): PlannedGroup {
  const isLeaving = !isWanted && was?.drain?.step === 'Stopping';
  const isStopped = isLeaving && (set?.replicas === 0 || isStopping(disruptive, name));
  const { whenScaled } = spec.storage.retention;
  return {
    index,
    name,
    properties,
    replicas: spec.suspend || isStopped ? 0 : spec.replicas,
    isEvictable: !roll.busy.has(name),
    claimTemplates: plainTemplates(set),
    // It is removed as a whole, and what becomes of its claims is what scaling says.
    retention: isLeaving ? { whenScaled, whenDeleted: whenScaled } : undefined,
  };
}

function isStopping(action: DisruptiveAction | undefined, group: string): boolean {
  return action?.kind === 'StopGroup' && action.group === group;
}

interface QuietParts extends Parts {
  readonly tellings: ReadonlyMap<string, Telling>;
}

function quietActions(
  observed: Observed,
  { volumes, scaling, tellings }: QuietParts,
): QuietAction[] {
  return [
    ...claimMarks(observed),
    ...(volumes.change === undefined ? [] : [volumes.change]),
    ...[...tellings.values()].flatMap(({ actions }) => actions),
    ...(scaling.copy === undefined ? [] : [scaling.copy]),
    ...(scaling.mark === undefined ? [] : [scaling.mark]),
  ];
}
