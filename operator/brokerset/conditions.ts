/** The conditions of a broker set. `Reconciling` and `Stalled` are there only while they are true. Pure. */
import type { StatedCondition } from '../api/vocabulary/conditions.ts';
import { creationProblem } from '../workload/creation-failure.ts';
import { pausedCondition, riskCondition } from '../workload/rolling/conditions.ts';
import { configCondition } from '../workload/settings/condition.ts';
import { stalledCondition } from '../workload/stall.ts';
import { durableCondition, volumesCondition } from '../workload/volumes/condition.ts';
import type { VolumeProblem } from '../workload/volumes/plan.ts';
import { evictedStall } from './losses.ts';
import { isServing, type Observed } from './observed.ts';
import { readyCondition } from './readiness.ts';
import { reconcilingCondition } from './reconciling.ts';
import type { StatusFacts } from './status-facts.ts';

export function conditionsOf(facts: StatusFacts): StatedCondition[] {
  const { observed, plan, problems, refusals } = facts;
  const { storage } = observed.brokerSet.spec;
  const wanted = observed.groups.filter(({ isWanted }) => isWanted);
  const namesOf = (groups: typeof wanted) => groups.map(({ name }) => name);
  const foreign = observed.groups.flatMap((group) => group.foreign ?? []);
  const failures = observed.groups.flatMap(({ creationFailure }) => creationFailure ?? []);
  const stalled = stalledCondition({
    problems: [...problems, ...foreign, ...failures.flatMap((one) => creationProblem(one) ?? [])],
    refused: [...plan.refusedKeys, ...refusals.settings],
    stuck: evictedStall(plan.losses, observed) ?? plan.roll.stuck,
  });
  const reconciling = stalled === undefined ? reconcilingCondition(facts) : undefined;
  return [
    readyCondition(observed, plan, stalled !== undefined),
    ...(reconciling === undefined ? [] : [reconciling]),
    ...(stalled === undefined ? [] : [stalled]),
    replicationCondition(facts),
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
      problems: [...refusals.volumes, ...foreignClaims(observed), ...plan.volumes.problems],
      missing: namesOf(wanted.filter(({ claims }) => claims.length === 0)),
    }),
    riskCondition(plan.roll),
    durableCondition(storage),
    drainCondition(facts),
    pausedCondition(plan.roll, plan.isPaused),
  ];
}

/** Claims in the place of those that a group is to have: it is not made while they are there. */
function foreignClaims({ groups }: Observed): VolumeProblem[] {
  return groups.flatMap(({ foreign }) =>
    foreign?.reason === 'IdentityMismatch'
      ? [{ reason: 'ForeignClaim', message: foreign.message } as const]
      : [],
  );
}

function replicationCondition({ observed }: StatusFacts): StatedCondition {
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

function drainCondition({ plan: { scaling } }: StatusFacts): StatedCondition {
  const type = 'DrainBlocked';
  const { blocked } = scaling;
  return blocked === undefined
    ? { type, status: 'False', reason: 'NotBlocked', message: 'no group is kept from going' }
    : { type, status: 'True', reason: blocked.reason, message: blocked.message };
}
