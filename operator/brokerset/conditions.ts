/** The conditions of a broker set. `Reconciling` and `Stalled` are there only while they are true. Pure. */
import type { StalledReason, StatedCondition } from '../api/vocabulary/conditions.ts';
import { creationProblem } from '../workload/creation-failure.ts';
import { pausedCondition, riskCondition } from '../workload/rolling/conditions.ts';
import { configCondition } from '../workload/settings/condition.ts';
import { durableCondition, volumesCondition } from '../workload/volumes/condition.ts';
import { isServing } from './observed.ts';
import { readyCondition } from './readiness.ts';
import { reconcilingCondition } from './reconciling.ts';
import type { Told } from './status.ts';

export function conditionsOf(told: Told): StatedCondition[] {
  const { observed, plan, refusals } = told;
  const { storage } = observed.brokerSet.spec;
  const wanted = observed.groups.filter(({ isWanted }) => isWanted);
  const namesOf = (groups: typeof wanted) => groups.map(({ name }) => name);
  const stalled = stalledCondition(told);
  const reconciling = stalled === undefined ? reconcilingCondition(told) : undefined;
  return [
    readyCondition(observed, plan, stalled !== undefined),
    ...(reconciling === undefined ? [] : [reconciling]),
    ...(stalled === undefined ? [] : [stalled]),
    replicationCondition(told),
    configCondition({
      refused: [...plan.refusedKeys.keys(), ...refusals.settings.keys()],
      outdated: plan.roll.outdated,
      silent: namesOf(wanted.filter(({ settings }) => settings === undefined)),
      missing: namesOf(
        wanted.filter(({ name, pod }) => pod?.configApplied !== plan.settingsHashes.get(name)),
      ),
    }),
    volumesCondition({
      storage,
      problems: [...refusals.volumes, ...plan.volumes.problems],
      missing: namesOf(wanted.filter(({ claims }) => claims.length === 0)),
    }),
    riskCondition(plan.roll),
    durableCondition(storage),
    drainCondition(told),
    pausedCondition(plan.roll, plan.isPaused),
  ];
}

/** The first thing that only a person can mend. */
function stalledCondition(told: Told): StatedCondition | undefined {
  const { observed, plan, problems, refusals } = told;
  const stalled = (reason: StalledReason, message: string): StatedCondition => {
    return { type: 'Stalled', status: 'True', reason, message };
  };
  const foreign = observed.groups.find((group) => group.foreign !== undefined)?.foreign;
  const failures = observed.groups.flatMap(({ creationFailure }) => creationFailure ?? []);
  const [uncreated] = failures.flatMap((failure) => creationProblem(failure) ?? []);
  const [problem = foreign ?? uncreated ?? plan.roll.stuck] = problems;
  const refused = [...plan.refusedKeys, ...refusals.settings];
  if (problem === undefined || (problem === plan.roll.stuck && refused.length > 0)) {
    if (refused.length === 0) return undefined;
    const message = refused.map(([key, why]) => (key === '' ? why : `config.${key}: ${why}`));
    return stalled('InvalidConfig', message.join('; '));
  }
  return stalled(problem.reason, problem.message);
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

function drainCondition({ plan: { scaling } }: Told): StatedCondition {
  const type = 'DrainBlocked';
  const { blocked } = scaling;
  return blocked === undefined
    ? { type, status: 'False', reason: 'NotBlocked', message: 'no group is kept from going' }
    : { type, status: 'True', reason: blocked.reason, message: blocked.message };
}
