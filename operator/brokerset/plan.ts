/**
 * The next steps from a broker set as it was found to the one its spec asks for. Pure: no call, no
 * clock; the state machines of rolling, volumes, scaling and settings each plan their part, and
 * here they are brought together.
 *
 * Invariants: at most one disruptive action; none while changes are paused; every group that is
 * wanted keeps its pod unless that action takes it; what does not go on has a gate or a reason.
 */

import { formatAddress } from '../../runtime/mod.ts';
import { clusterName } from '../api/broker-set.ts';
import { annotations } from '../api/vocabulary/annotations.ts';
import { brokerProperties } from '../config/broker-properties.ts';
import type { KeyTable, Properties } from '../config/key-table.ts';
import { BROKER_PORT, type GroupShape } from '../resources/broker-set.ts';
import { dataOwner } from '../resources/labels.ts';
import { plainTemplates } from '../workload/claim-templates.ts';
import { parseDurationMs } from '../workload/duration.ts';
import { type HeldGate, listedNames, skippedGates } from '../workload/gates.ts';
import { findLostPod } from '../workload/rolling/lost-pod.ts';
import { planRoll, type RollPlan } from '../workload/rolling/plan.ts';
import { judgeProperties, planSettings } from '../workload/settings/plan.ts';
import { planVolumes, type VolumePlan } from '../workload/volumes/plan.ts';
import type { Action, DisruptiveAction, QuietAction } from './actions.ts';
import { isRunning, isThere, type Observed, type ObservedGroup } from './observed.ts';
import { planScaling, type ScalingPlan } from './scaling/plan.ts';

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
  readonly isPaused: boolean;
}

export function plan(observed: Observed, keys: KeyTable): Plan {
  const { brokerSet, groups, nowMs } = observed;
  const { spec, metadata } = brokerSet;
  const isPaused = metadata.annotations[annotations.paused.name] === 'true';
  const scaling = planScaling({ groups, spec, nowMs });
  const volumes = planVolumes(
    groups.filter(({ foreign }) => foreign === undefined).map(volumeOwnerOf(observed)),
    { storage: spec.storage, nowMs, isExpandable: observed.isExpandable },
  );
  const roll = rollOf(observed, { isPaused, scaling, volumes });
  const disruptive = isPaused ? undefined : disruptiveAction(observed, { volumes, scaling, roll });
  const files = filesOf(observed, scaling, keys);
  const told = toldOf(observed, files.properties, keys);
  return {
    groups: groups.flatMap((group) => {
      const properties = files.properties.get(group.name);
      return properties === undefined
        ? []
        : [shapeOf(group, observed, { properties, disruptive, roll })];
    }),
    quiet: isPaused ? [] : quietActions(observed, { volumes, scaling, told }),
    disruptive,
    roll,
    volumes,
    scaling,
    refusedKeys: files.refused,
    settingsHashes: told.hashes,
    isPaused,
  };
}

/** Whether `action` takes something away that clients may be using. */
export function isDisruptive(action: Action): action is DisruptiveAction {
  return DISRUPTIVE.has(action.kind);
}

const DISRUPTIVE: ReadonlySet<string> = new Set<DisruptiveAction['kind']>([
  'DeletePod',
  'ForceDeletePod',
  'OrphanStatefulSet',
  'RemoveGroup',
  'StopGroup',
]);

interface Parts {
  readonly volumes: VolumePlan;
  readonly scaling: ScalingPlan;
}

/** What is lost goes first, then what is broken, then what is to go, and what is outdated last. */
function disruptiveAction(
  { groups, brokerSet: { spec } }: Observed,
  { volumes, scaling, roll }: Parts & { readonly roll: RollPlan },
): DisruptiveAction | undefined {
  const lost = spec.recovery.forceDeletePodsOfDeletedNodes ? findLostPod(groups) : undefined;
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

function rollOf(
  { brokerSet, groups, nowMs, conditions }: Observed,
  { isPaused, scaling, volumes }: Parts & { readonly isPaused: boolean },
): RollPlan {
  const { spec, metadata } = brokerSet;
  const held: HeldGate[] = [];
  if (isPaused) {
    held.push({ gate: 'NotPaused', message: `the annotation ${annotations.paused.name} is set` });
  }
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
          answers: group.answers,
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
      isAnnounced: conditions.some(
        ({ type, status }) => type === 'AvailabilityRisk' && status === 'True',
      ),
      wasRolling: groups.some(({ was }) => was?.operation?.kind === 'Roll'),
    },
  );
}

interface Files {
  readonly properties: ReadonlyMap<string, Properties>;
  readonly refused: ReadonlyMap<string, string>;
}

/** The file of every group that can have one: not of a foreign one, not without name servers. */
function filesOf(
  { brokerSet, groups, nameServers }: Observed,
  { access, disruptive }: ScalingPlan,
  keys: KeyTable,
): Files {
  const properties = new Map<string, Properties>();
  const refused = new Map<string, string>();
  for (const group of groups) {
    const { name, file } = group;
    const isRemoved = disruptive?.kind === 'RemoveGroup' && disruptive.group === name;
    const known = nameServers ?? file?.['namesrvAddr']?.split(';');
    if (!isRendered(group) || known === undefined || isRemoved) continue;
    const wanted = brokerProperties(brokerSet, {
      group: name,
      nameServers: known,
      access: access.get(name),
    });
    const judged = judgeProperties(wanted, file, keys);
    properties.set(name, judged.properties);
    for (const [key, why] of judged.refused) refused.set(key, why);
  }
  return { properties, refused };
}

/** What is somebody else's is left alone; what is not wanted and not there stays away. */
function isRendered(group: ObservedGroup): boolean {
  return group.foreign === undefined && (group.isWanted || isThere(group));
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

interface Told {
  readonly actions: readonly QuietAction[];
  readonly hashes: ReadonlyMap<string, string>;
}

function toldOf(
  { brokerSet, groups }: Observed,
  files: ReadonlyMap<string, Properties>,
  keys: KeyTable,
): Told {
  const unmanaged = listedNames(brokerSet.metadata.annotations[annotations.unmanagedConfig.name]);
  const actions: QuietAction[] = [];
  const hashes = new Map<string, string>();
  for (const group of groups) {
    const properties = files.get(group.name);
    if (properties === undefined || !isRunning(group) || group.settings === undefined) continue;
    const { pod, settings, name } = group;
    const { changes, hash } = planSettings(settings, properties, { keys, unmanaged });
    hashes.set(name, hash);
    const address = formatAddress({ host: pod.ip, port: BROKER_PORT });
    const isTold = Object.keys(changes).length === 0;
    if (!isTold) actions.push({ kind: 'TellSettings', group: name, address, changes });
    const role = group.brokerId === undefined ? pod.roleLabel : roleOf(group.brokerId);
    const configApplied = isTold ? hash : pod.configApplied;
    if (role !== pod.roleLabel || configApplied !== pod.configApplied) {
      actions.push({ kind: 'MarkPod', pod: pod.name, uid: pod.uid, role, configApplied });
    }
  }
  return { actions, hashes };
}

function roleOf(brokerId: number): string {
  return brokerId === 0 ? 'master' : 'slave';
}

function quietActions(
  observed: Observed,
  { volumes, scaling, told }: Parts & { readonly told: Told },
): QuietAction[] {
  return [
    ...claimMarks(observed),
    ...(volumes.change === undefined ? [] : [volumes.change]),
    ...told.actions,
    ...(scaling.copy === undefined ? [] : [scaling.copy]),
    ...(scaling.mark === undefined ? [] : [scaling.mark]),
  ];
}

/** A claim that nobody has marked is ours when a pod of ours uses it; one in use is not drained. */
function claimMarks(observed: Observed): QuietAction[] {
  return observed.groups.flatMap((group) => {
    const { dataOwner: owner } = volumeOwnerOf(observed)(group);
    if (!group.isWanted || group.foreign !== undefined || group.set === undefined) return [];
    return group.claims
      .filter((claim) => !claim.isGoing && (claim.owner === undefined || claim.drainedAt))
      .filter((claim) => claim.owner === undefined || claim.owner === owner)
      .map(({ name, uid }) => ({ kind: 'MarkClaim', claim: name, uid, owner }) as const);
  });
}

function volumeOwnerOf({ brokerSet, version }: Observed) {
  return ({ name, set, claims }: ObservedGroup) => ({
    name,
    set,
    claims,
    dataOwner: brokerDataOwner(brokerSet, name, version),
  });
}

export function brokerDataOwner(
  brokerSet: Observed['brokerSet'],
  group: string,
  version: string,
): string {
  const { metadata } = brokerSet;
  const cluster = clusterName(brokerSet);
  return dataOwner({ component: 'broker', metadata, version, group, clusterName: cluster });
}
