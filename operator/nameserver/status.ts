/** What the status of a NameServer says. Pure. */
import type { NameServerStatus } from '../api/status/name-server.ts';
import type { Phase } from '../api/status/shared.ts';
import type { ReasonOf, StatedCondition } from '../api/vocabulary/conditions.ts';
import { stampConditions, timeText } from '../kube/mod.ts';
import { selectorOf, selectorText } from '../resources/labels.ts';
import { nameServerAddresses } from '../resources/name-server.ts';
import type { Findings } from '../workload/carrying-out.ts';
import { creationProblem } from '../workload/creation-failure.ts';
import { commonVersion } from '../workload/pod-facts.ts';
import {
  gateNames,
  pausedCondition,
  riskCondition,
  rollingCondition,
} from '../workload/rolling/conditions.ts';
import { attemptOf } from '../workload/rolling/replaced.ts';
import { configCondition } from '../workload/settings/condition.ts';
import { stalledCondition } from '../workload/stall.ts';
import { unseenCondition } from '../workload/unseen.ts';
import { durableCondition, volumesCondition } from '../workload/volumes/condition.ts';
import { showBytes } from '../workload/volumes/plan.ts';
import type { Observed, ObservedServer } from './observed.ts';
import type { Plan } from './plan.ts';

export interface StatusFacts extends Findings {
  readonly observed: Observed;
  readonly plan: Plan;
}

export function statusOf(facts: StatusFacts): NameServerStatus {
  const { observed, plan, generation } = facts;
  const { nameServer, servers, set, nowMs, version } = observed;
  const { metadata, spec } = nameServer;
  const conditions = conditionsOf(facts);
  const pods = servers.flatMap(({ pod }) => (pod === undefined || pod.isGoing ? [] : [pod]));
  const running = commonVersion(pods);
  const { floorBytes } = plan.volumes;
  const pendingRecreate = recreateOf(facts);
  const operation = operationOf(facts);
  return {
    observedGeneration: generation,
    phase: phaseOf(facts, conditions),
    conditions: stampConditions(conditions, { generation, nowMs }),
    ...gateNames(plan.roll),
    selector: selectorText(selectorOf({ component: 'nameserver', metadata, version })),
    replicas: pods.length,
    readyReplicas: pods.filter(({ isReady }) => isReady).length,
    updatedReplicas: pods.filter(({ revision }) => revision === set?.updateRevision).length,
    addresses: nameServerAddresses(nameServer),
    ...(running !== undefined && { version: running }),
    targetVersion: spec.version ?? version,
    ...(set?.updateRevision !== undefined && { updateRevision: set.updateRevision }),
    ...(floorBytes !== undefined && { volumeFloor: showBytes(floorBytes) }),
    ...(operation !== undefined && { operation }),
    ...(pendingRecreate !== undefined && { pendingRecreate }),
  };
}

/** A set that was deleted around its pods stays noted until the new one is there. */
function recreateOf({ observed, plan }: StatusFacts): NameServerStatus['pendingRecreate'] {
  const [uid] = plan.volumes.recreate.values();
  if (uid !== undefined) return { uid };
  return observed.set === undefined ? observed.was?.pendingRecreate : undefined;
}

function operationOf({ observed, plan }: StatusFacts): NameServerStatus['operation'] {
  const { disruptive, roll } = plan;
  const before = observed.was?.operation;
  if (disruptive?.kind === 'DeletePod') {
    const { pod, uid: podUid } = disruptive;
    const startedAt = timeText(observed.nowMs);
    const attempt = attemptOf(before, disruptive);
    return { kind: 'Roll', step: 'PodReplaced', pod, podUid, startedAt, attempt };
  }
  const isOver = roll.outdated.length === 0 && roll.busy.size === 0;
  return isOver ? undefined : before;
}

function conditionsOf(facts: StatusFacts): StatedCondition[] {
  const { observed, plan, problems, refusals } = facts;
  const { nameServer, servers } = observed;
  const { storage } = nameServer.spec;
  const refused = [...plan.refusedKeys, ...refusals.settings];
  const namesOf = (some: readonly ObservedServer[]) => some.map(({ name }) => name);
  const { creationFailure: failure } = observed;
  const uncreated = failure === undefined ? undefined : creationProblem(failure);
  const stalled = stalledCondition({
    problems: [...problems, ...(uncreated === undefined ? [] : [uncreated])],
    refused,
    stuck: plan.roll.stuck,
  });
  const ready = readyCondition(observed, stalled !== undefined);
  const reconciling = stalled === undefined && !plan.isPaused ? workOf(facts, ready) : undefined;
  return [
    ready,
    ...(reconciling === undefined ? [] : [reconciling]),
    ...(stalled === undefined ? [] : [stalled]),
    configCondition({
      refused: refused.map(([key]) => key),
      outdated: plan.roll.outdated,
      silent: namesOf(servers.filter(({ settings }) => settings === undefined)),
      missing: namesOf(servers.filter(({ pod }) => pod?.configApplied !== plan.settingsHash)),
    }),
    volumesCondition({
      storage,
      problems: [...refusals.volumes, ...plan.volumes.problems],
      missing: namesOf(servers.filter(({ claim }) => claim === undefined)),
    }),
    // Clients of several turn to another one.
    riskCondition(nameServer.spec.replicas > 1 ? { outdated: [] } : plan.roll),
    durableCondition(storage),
    pausedCondition(plan.roll, plan.isPaused),
  ];
}

function readyCondition({ servers }: Observed, isStalled: boolean): StatedCondition {
  const type = 'Ready';
  const down = servers.filter((server) => !isServing(server));
  if (down.length > 0) {
    const reason: ReasonOf<'Ready'> = isStalled ? 'Stalled' : 'NotReady';
    return { type, status: 'False', reason, message: down.map(whyNotReady).join('; ') };
  }
  const message = `${servers.length} of ${servers.length} name servers answer`;
  return { type, status: 'True', reason: 'AllReady', message };
}

function isServing({ pod, settings }: ObservedServer): boolean {
  return pod?.isReady === true && settings !== undefined;
}

function whyNotReady({ name, pod }: ObservedServer): string {
  if (pod === undefined) return `there is no pod ${name} yet`;
  if (pod.isGoing) return `pod ${name} is stopping`;
  if (pod.isReady) return `pod ${name} does not answer the operator`;
  return `pod ${name} is not ready${pod.trouble === undefined ? '' : `: ${pod.trouble.message}`}`;
}

function workOf(
  { observed, plan, unsettled }: StatusFacts,
  ready: StatedCondition,
): StatedCondition | undefined {
  const state = (reason: ReasonOf<'Reconciling'>, message: string): StatedCondition => {
    return { type: 'Reconciling', status: 'True', reason, message };
  };
  const { disruptive, volumes, roll } = plan;
  if (disruptive?.kind === 'DeletePod' && disruptive.reason === 'Broken') {
    return state('Repairing', disruptive.message);
  }
  const rolling = rollingCondition(roll);
  if (rolling !== undefined) return rolling;
  if (ready.status !== 'True') {
    const { replicas } = observed.nameServer.spec;
    const isLess = observed.servers.length > replicas;
    const reason = isLess ? 'ScaleIn' : isFirst(observed) ? 'Creating' : 'ScaleOut';
    return state(reason, ready.message);
  }
  const unseen = unseenCondition(unsettled, [observed.set]);
  if (unseen !== undefined) return unseen;
  if (volumes.change !== undefined) return state('ExpandingVolumes', volumes.change.message);
  if (volumes.recreate.size > 0) return state('ExpandingVolumes', 'the StatefulSet is made anew');
  const isTold = observed.servers.every(({ pod }) => pod?.configApplied === plan.settingsHash);
  return isTold ? undefined : state('ApplyingConfig', 'name servers are told their settings');
}

/** Whether it never had all it should have. */
function isFirst({ was }: Observed): boolean {
  return was?.phase === undefined || was.phase === 'Creating' || was.phase === 'Pending';
}

function phaseOf({ observed }: StatusFacts, conditions: readonly StatedCondition[]): Phase {
  if (conditions.some(({ type }) => type === 'Stalled')) return 'Failed';
  const work = conditions.find(({ type }) => type === 'Reconciling')?.reason;
  const isReady = conditions.some(({ type, status }) => type === 'Ready' && status === 'True');
  if (work === 'RollingUpdate' || work === 'Repairing') return 'Updating';
  if (!isReady && isFirst(observed)) return 'Creating';
  if (work === 'ScaleIn') return 'Scaling';
  return isReady ? 'Ready' : 'Degraded';
}
