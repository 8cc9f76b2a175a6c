/** What the status of a broker set says, from what was found, what is planned and what was refused. Pure. */
import type { BrokerSetStatus, GroupStatus, MemberStatus } from '../api/status/broker-set.ts';
import type { Phase } from '../api/status/shared.ts';
import type { StatedCondition } from '../api/vocabulary/conditions.ts';
import { stampConditions, timeText } from '../kube/mod.ts';
import { selectorOf, selectorText } from '../resources/labels.ts';
import { commonVersion } from '../workload/pod-facts.ts';
import { gateNames } from '../workload/rolling/conditions.ts';
import { attemptOf } from '../workload/rolling/replaced.ts';
import { showBytes } from '../workload/volumes/plan.ts';
import { conditionsOf } from './conditions.ts';
import { showLosses } from './losses.ts';
import { isNew, isServing, type Observed, type ObservedGroup } from './observed.ts';
import type { Plan } from './plan.ts';
import { isReadyGroup } from './readiness.ts';
import type { StatusFacts } from './status-facts.ts';

export function statusOf(facts: StatusFacts): BrokerSetStatus {
  const { observed, plan, generation } = facts;
  const { brokerSet, groups, nowMs, version } = observed;
  const { spec, metadata } = brokerSet;
  const conditions = conditionsOf(facts);
  const present = groups.flatMap(({ pod }) => (pod === undefined || pod.isGoing ? [] : [pod]));
  const updated = groups.filter(
    ({ set, pod }) => pod !== undefined && pod.revision === set?.updateRevision,
  );
  const running = commonVersion(present);
  const { floorBytes } = plan.volumes;
  const masters = groups.flatMap((group) => (isServing(group) && group.pod?.name) || []);
  return {
    observedGeneration: generation,
    phase: phaseOf(facts, conditions),
    conditions: stampConditions(conditions, { generation, nowMs }),
    ...gateNames(plan.roll),
    selector: selectorText(selectorOf({ component: 'broker', metadata, version })),
    groups: groups.filter(({ set }) => set !== undefined).length,
    readyGroups: groups.filter((group) => group.isWanted && isReadyGroup(group, plan)).length,
    ...(masters.length > 0 && { masters: masters.join(',').slice(0, MASTERS_CHARACTERS_MAX) }),
    replicas: present.length,
    readyReplicas: present.filter(({ isReady }) => isReady).length,
    updatedReplicas: updated.length,
    ...(running !== undefined && { version: running }),
    targetVersion: spec.version ?? version,
    ...(floorBytes !== undefined && { volumeFloor: showBytes(floorBytes) }),
    groupStatus: groups.map((group) => groupStatus(group, facts)),
  };
}

/** As many as the status holds: of a very large set not all are shown. */
const MASTERS_CHARACTERS_MAX = 8192;

function groupStatus(group: ObservedGroup, { observed, plan }: StatusFacts): GroupStatus {
  const { index, name, pod } = group;
  const recreate = recreateOf(group, plan);
  const drain = plan.scaling.drains.get(name);
  const losses = plan.losses.get(name);
  const operation = operationOf(group, plan, observed.nowMs);
  return {
    index,
    name,
    phase: groupPhase(group, observed, plan),
    ...(pod !== undefined && isServing(group) && { master: masterOf(pod.name, group.brokerId) }),
    inSync: isServing(group) ? 1 : 0,
    ...(pod?.revision !== undefined && { revision: pod.revision }),
    ...(recreate !== undefined && { pendingRecreate: recreate }),
    ...(operation !== undefined && { operation }),
    ...(losses !== undefined && { losses: showLosses(losses) }),
    ...(drain !== undefined && {
      drain: {
        step: drain.step,
        since: timeText(drain.sinceMs),
        blockers: [...drain.blockers],
      },
    }),
    members: pod === undefined ? [] : [memberOf(group, pod)],
  };
}

/** A set that was deleted around its pods stays noted until the new one is there. */
function recreateOf(
  { name, set, was }: ObservedGroup,
  { volumes }: Plan,
): GroupStatus['pendingRecreate'] {
  const uid = volumes.recreate.get(name);
  if (uid !== undefined) return { uid };
  return set === undefined ? was?.pendingRecreate : undefined;
}

function masterOf(pod: string, brokerId: number | undefined): NonNullable<GroupStatus['master']> {
  return { pod, ...(brokerId !== undefined && { brokerId }) };
}

function memberOf(
  group: ObservedGroup,
  { name, uid, isReady, revision, node }: NonNullable<ObservedGroup['pod']>,
): MemberStatus {
  const [claim] = group.claims;
  const { brokerId } = group;
  return {
    pod: name,
    uid,
    ...(brokerId !== undefined && { brokerId }),
    role: brokerId === undefined ? 'Unknown' : brokerId === 0 ? 'Master' : 'Slave',
    ready: isReady,
    ...(revision !== undefined && { revision }),
    ...(claim !== undefined && { volume: claim.name }),
    ...(node !== undefined && { node }),
  };
}

/** Its roll is noted from the deletion of its pod until the new one has settled. */
function operationOf(
  { name, pod, was }: ObservedGroup,
  { disruptive, roll }: Plan,
  nowMs: number,
): GroupStatus['operation'] {
  const before = was?.operation;
  if (disruptive?.kind === 'DeletePod' && disruptive.unit === name) {
    return {
      kind: disruptive.reason === 'Broken' ? 'Repair' : 'Roll',
      step: 'PodReplaced',
      pod: disruptive.pod,
      podUid: disruptive.uid,
      startedAt: timeText(nowMs),
      attempt: attemptOf(before, disruptive),
    };
  }
  if (before === undefined) return undefined;
  const isCurrent = !roll.busy.has(name) && !roll.outdated.includes(name);
  const isOver = pod?.isReady === true && pod.uid !== before.podUid && isCurrent;
  return isOver ? undefined : before;
}

function groupPhase(group: ObservedGroup, observed: Observed, plan: Plan): Phase {
  const { name, foreign, was, isWanted } = group;
  if (foreign !== undefined) return 'Failed';
  if (!isWanted) return 'Draining';
  if (observed.brokerSet.spec.suspend) return 'Suspended';
  if (plan.scaling.access.get(name) === 'Closed') return 'Creating';
  if (isReadyGroup(group, plan)) return 'Ready';
  if (isNew(group)) return 'Creating';
  return was?.operation === undefined ? 'Degraded' : 'Updating';
}

const PHASES_OF_WORK: Partial<Record<StatedCondition['reason'], Phase>> = {
  Applying: 'Updating',
  RollingUpdate: 'Updating',
  Repairing: 'Updating',
  ScaleOut: 'Scaling',
};

function phaseOf({ observed, plan }: StatusFacts, conditions: readonly StatedCondition[]): Phase {
  const { groups, brokerSet } = observed;
  if (observed.isGoing) return 'Deleting';
  const wanted = groups.filter(({ isWanted }) => isWanted);
  const phases = new Set(wanted.map((group) => groupPhase(group, observed, plan)));
  const isOnly = (phase: Phase): boolean => phases.size === 1 && phases.has(phase);
  const work = conditions.find(({ type }) => type === 'Reconciling');
  if (conditions.some(({ type }) => type === 'Stalled')) return 'Failed';
  if (brokerSet.spec.suspend) return 'Suspended';
  if (isOnly('Creating')) return 'Creating';
  if (wanted.length < groups.length) return 'Draining';
  const ofWork = work && PHASES_OF_WORK[work.reason];
  if (ofWork !== undefined) return ofWork;
  if (phases.has('Degraded')) return 'Degraded';
  return phases.size === 0 || isOnly('Ready') ? 'Ready' : 'Updating';
}
