/** The conditions of a broker set. `Reconciling` and `Stalled` are there only while they are true. Pure. */
import type { ReasonOf, StalledReason, StatedCondition } from '../api/vocabulary/conditions.ts';
import { writeAccessOf } from '../config/write-access.ts';
import type { HeldGate } from '../workload/gates.ts';
import { isMissingRoutes, isServing, type ObservedGroup } from './observed.ts';
import type { Told } from './status.ts';

export function conditionsOf(told: Told): StatedCondition[] {
  const stalled = stalledCondition(told);
  const reconciling = stalled === undefined ? reconcilingCondition(told) : undefined;
  return [
    readyCondition(told, stalled),
    ...(reconciling === undefined ? [] : [reconciling]),
    ...(stalled === undefined ? [] : [stalled]),
    replicationCondition(told),
    configCondition(told),
    volumesCondition(told),
    riskCondition(told),
    durableCondition(told),
    drainCondition(told),
    pausedCondition(told),
  ];
}

function readyCondition(
  { observed, plan }: Told,
  stalled: StatedCondition | undefined,
): StatedCondition {
  const { groups, brokerSet, nameServers } = observed;
  const type = 'Ready';
  const wanted = groups.filter(({ isWanted }) => isWanted);
  if (brokerSet.spec.suspend) {
    return { type, status: 'False', reason: 'Suspended', message: 'spec.suspend is true' };
  }
  const isOpen = ({ name }: ObservedGroup) => plan.scaling.access.get(name) === 'Open';
  const down = wanted.filter((group) => !isServing(group) || !isOpen(group));
  if (down.length > 0) {
    const reason = stalled === undefined ? reasonOfDown(down) : 'Stalled';
    const missing =
      nameServers === undefined
        ? [`NameServer "${brokerSet.spec.nameServers.ref?.name}" does not exist`]
        : [];
    const message = [...missing, ...down.map(whyNotReady)].join('; ');
    return { type, status: 'False', reason, message };
  }
  const unrouted = wanted.filter(isMissingRoutes);
  if (unrouted.length > 0) {
    const names = unrouted.map(({ name }) => name).join(', ');
    const message = `a name server does not lead to ${names} yet`;
    return { type, status: 'False', reason: 'NotRouted', message };
  }
  const message = `${wanted.length} of ${wanted.length} groups take messages`;
  return { type, status: 'True', reason: 'AllReady', message };
}

function reasonOfDown(down: readonly ObservedGroup[]): ReasonOf<'Ready'> {
  const isFirst = ({ was }: ObservedGroup) => was?.phase === undefined || was.phase === 'Creating';
  return down.every(isFirst) ? 'Creating' : 'NotReady';
}

function whyNotReady({ name, pod, answers, file, foreign, claims }: ObservedGroup): string {
  if (foreign !== undefined) return `${name}: ${foreign.message}`;
  if (pod === undefined) {
    const pending = claims.length === 0 ? '' : ` (claim ${claims[0]?.phase})`;
    return `${name} has no pod yet${pending}`;
  }
  if (pod.isGoing) return `pod ${pod.name} is stopping`;
  if (!pod.isReady)
    return `pod ${pod.name} is not ready${pod.trouble ? `: ${pod.trouble.message}` : ''}`;
  if (answers !== true) return `the broker in pod ${pod.name} does not answer the operator`;
  if (file !== undefined && writeAccessOf(file) === 'Closed') return `${name} has no topics yet`;
  return `${name} is not open yet`;
}

/** The first thing that only a person can mend. */
function stalledCondition(told: Told): StatedCondition | undefined {
  const { observed, plan, problems, refusals } = told;
  const stalled = (reason: StalledReason, message: string): StatedCondition => {
    return { type: 'Stalled', status: 'True', reason, message };
  };
  const foreign = observed.groups.find((group) => group.foreign !== undefined)?.foreign;
  if (foreign !== undefined) return stalled(foreign.reason, foreign.message);
  const [problem] = problems;
  if (problem !== undefined) return stalled(problem.reason, problem.message);
  const refused = [...plan.refusedKeys, ...refusals.settings];
  if (refused.length > 0) {
    const message = refused.map(([key, why]) => (key === '' ? why : `config.${key}: ${why}`));
    return stalled('InvalidConfig', message.join('; '));
  }
  const { stuck } = plan.roll;
  return stuck === undefined ? undefined : stalled(stuck.reason, stuck.message);
}

function reconcilingCondition(told: Told): StatedCondition | undefined {
  const { observed, plan } = told;
  const { roll, scaling, volumes, isPaused } = plan;
  const state = (reason: ReasonOf<'Reconciling'>, message: string): StatedCondition => {
    return { type: 'Reconciling', status: 'True', reason, message };
  };
  if (isPaused) return undefined;
  const wanted = observed.groups.filter(({ isWanted }) => isWanted);
  const down = wanted.filter((group) => !isServing(group));
  if (observed.brokerSet.spec.suspend) {
    const pods = observed.groups.flatMap(({ pod }) => pod?.name ?? []);
    return pods.length === 0 ? undefined : state('Suspending', `stopping ${pods.join(', ')}`);
  }
  if (plan.disruptive?.kind === 'DeletePod' && plan.disruptive.reason === 'Broken') {
    return state('Repairing', plan.disruptive.message);
  }
  if (scaling.drains.size > 0 && scaling.blocked === undefined) {
    return state('Draining', scaling.waiting.join('; '));
  }
  if (roll.outdated.length > 0 || roll.busy.size > 0) {
    return state('RollingUpdate', rollMessage(roll.outdated, roll.gates));
  }
  if (scaling.copy?.thenOpen === true || scaling.waiting.length > 0) {
    const isBlocked = scaling.blocked !== undefined;
    if (!isBlocked) return state('ScaleOut', scaling.waiting.join('; '));
  }
  if (down.length > 0) {
    const isNew = down.length === wanted.length || reasonOfDown(down) !== 'Creating';
    return state(isNew ? 'Creating' : 'ScaleOut', down.map(whyNotReady).join('; '));
  }
  if (volumes.change !== undefined || volumes.recreate.size > 0) {
    const message =
      volumes.change?.message ??
      `StatefulSets are made anew: ${[...volumes.recreate.keys()].join(', ')}`;
    return state('ExpandingVolumes', message);
  }
  if (plan.quiet.some(({ kind }) => kind === 'TellSettings')) {
    return state('ApplyingConfig', 'brokers are told their configuration');
  }
  return undefined;
}

function rollMessage(outdated: readonly string[], gates: readonly HeldGate[]): string {
  const left = outdated.length === 0 ? 'the last pod settles' : `outdated: ${outdated.join(', ')}`;
  if (gates.length === 0) return left;
  return `${left}; held by ${gates.map(({ gate, message }) => `${gate} (${message})`).join(', ')}`;
}

function replicationCondition({ observed }: Told): StatedCondition {
  const type = 'ReplicationHealthy';
  const wanted = observed.groups.filter(({ isWanted }) => isWanted);
  const without = wanted.filter((group) => !isServing(group));
  if (without.length === 0) {
    return { type, status: 'True', reason: 'AllInSync', message: 'every group has its master' };
  }
  const unknown = without.filter(({ pod }) => pod?.isReady === true);
  const names = without.map(({ name }) => name).join(', ');
  return unknown.length === without.length
    ? { type, status: 'Unknown', reason: 'Unknown', message: `cannot be asked: ${names}` }
    : { type, status: 'False', reason: 'NoMaster', message: `no master: ${names}` };
}

function configCondition({ observed, plan, refusals }: Told): StatedCondition {
  const type = 'ConfigApplied';
  const refused = [...plan.refusedKeys.keys(), ...refusals.settings.keys()];
  if (refused.length > 0) {
    const message = `refused: ${refused.join(', ')}`;
    return { type, status: 'False', reason: 'Refused', message };
  }
  if (plan.roll.outdated.length > 0) {
    const message = `pods to be replaced: ${plan.roll.outdated.join(', ')}`;
    return { type, status: 'False', reason: 'WaitingForRestart', message };
  }
  const wanted = observed.groups.filter(({ isWanted }) => isWanted);
  const silent = wanted.filter(({ settings }) => settings === undefined);
  if (silent.length > 0) {
    const message = `cannot be asked: ${silent.map(({ name }) => name).join(', ')}`;
    return { type, status: 'Unknown', reason: 'Unknown', message };
  }
  const missing = wanted.filter(
    ({ name, pod }) => pod?.configApplied !== plan.settingsHashes.get(name),
  );
  if (missing.length > 0) {
    const message = `to be told: ${missing.map(({ name }) => name).join(', ')}`;
    return { type, status: 'False', reason: 'Applying', message };
  }
  return {
    type,
    status: 'True',
    reason: 'Applied',
    message: 'every broker shows its configuration',
  };
}

/** Worst first: what a person has to mend stands before what time mends. */
const VOLUME_REASONS: readonly ReasonOf<'VolumesReady'>[] = [
  'ForeignClaim',
  'Lost',
  'QuotaExceeded',
  'NoStorageClass',
  'NotExpandable',
  'ExpansionFailed',
  'FileSystemResizePending',
  'Pending',
  'Expanding',
];

function volumesCondition({ observed, plan, refusals }: Told): StatedCondition {
  const type = 'VolumesReady';
  if (observed.brokerSet.spec.storage.ephemeral !== undefined) {
    return { type, status: 'True', reason: 'NoVolumes', message: 'the data is ephemeral' };
  }
  const problems = [...refusals.volumes, ...plan.volumes.problems];
  const worst = VOLUME_REASONS.flatMap(
    (reason) => problems.find((one) => one.reason === reason) ?? [],
  );
  const [first] = worst;
  if (first !== undefined) {
    const message = problems.map((one) => one.message).join('; ');
    return { type, status: 'False', reason: first.reason, message };
  }
  const without = observed.groups.filter(({ isWanted, claims }) => isWanted && claims.length === 0);
  if (without.length > 0) {
    const message = `no claim yet: ${without.map(({ name }) => name).join(', ')}`;
    return { type, status: 'False', reason: 'Pending', message };
  }
  return {
    type,
    status: 'True',
    reason: 'Bound',
    message: 'all claims are bound and large enough',
  };
}

/** Said before the first pod goes: a plan looks for it in the status that was written. */
function riskCondition({ plan: { roll } }: Told): StatedCondition {
  const type = 'AvailabilityRisk';
  if (roll.outdated.length === 0) {
    const message = 'nothing that is planned interrupts clients';
    return { type, status: 'False', reason: 'None', message };
  }
  const message = `each of these takes no messages while its pod is replaced: ${roll.outdated.join(', ')}`;
  return { type, status: 'True', reason: 'SingleReplica', message };
}

function durableCondition({ observed }: Told): StatedCondition {
  const type = 'DataDurable';
  return observed.brokerSet.spec.storage.ephemeral === undefined
    ? { type, status: 'True', reason: 'OnVolumes', message: 'the data outlives its pods' }
    : { type, status: 'False', reason: 'Ephemeral', message: 'the data dies with its pod' };
}

function drainCondition({ plan: { scaling } }: Told): StatedCondition {
  const type = 'DrainBlocked';
  const { blocked } = scaling;
  return blocked === undefined
    ? { type, status: 'False', reason: 'NotBlocked', message: 'no group is kept from going' }
    : { type, status: 'True', reason: blocked.reason, message: blocked.message };
}

function pausedCondition({ plan: { isPaused, roll } }: Told): StatedCondition {
  const type = 'Paused';
  if (isPaused) {
    const message = 'the annotation gantrymq.io/paused is set';
    return { type, status: 'True', reason: 'ByAnnotation', message };
  }
  if (roll.stuck !== undefined && roll.outdated.length > 0) {
    return { type, status: 'True', reason: 'RollFailed', message: roll.stuck.message };
  }
  return { type, status: 'False', reason: 'NotPaused', message: 'changes are made' };
}
