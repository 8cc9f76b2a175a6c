/**
 * The next steps of a NameServer. Pure.
 *
 * Invariants: at most one disruptive action; with more than one name server, one is replaced only
 * while another one answers. A name server keeps nothing that brokers do not tell it again.
 */
import { formatAddress } from '../../runtime/mod.ts';
import { annotations } from '../api/vocabulary/annotations.ts';
import type { KeyTable, Properties } from '../config/key-table.ts';
import { nameServerProperties } from '../config/name-server-properties.ts';
import { dataOwner } from '../resources/labels.ts';
import { NAME_SERVER_PORT, type NameServerShape } from '../resources/name-server.ts';
import { plainTemplates } from '../workload/claim-templates.ts';
import { type HeldGate, listedNames, pauseGates, skippedGates } from '../workload/gates.ts';
import { isRiskAnnounced } from '../workload/rolling/conditions.ts';
import { findLostPod } from '../workload/rolling/lost-pod.ts';
import { planRoll, type RollPlan } from '../workload/rolling/plan.ts';
import { replacedBefore } from '../workload/rolling/replaced.ts';
import { judgeProperties } from '../workload/settings/judgement.ts';
import { hashSettings, planTelling } from '../workload/settings/telling.ts';
import type { DisruptiveUnitAction, QuietUnitAction } from '../workload/unit-actions.ts';
import { planVolumes, type VolumePlan } from '../workload/volumes/plan.ts';
import type { Observed } from './observed.ts';

export interface Plan {
  readonly shape: NameServerShape;
  readonly quiet: readonly QuietUnitAction[];
  readonly disruptive: DisruptiveUnitAction | undefined;
  readonly roll: RollPlan;
  readonly volumes: VolumePlan;
  readonly refusedKeys: ReadonlyMap<string, string>;
  /** Of the live settings that every process is to have. */
  readonly settingsHash: string;
  readonly isPaused: boolean;
}

/** Brokers notice a new name server within a second, and tell it all they have. */
const SETTLE_MS = 10_000;
const PROGRESS_DEADLINE_MS = 600_000;

export function plan(observed: Observed, keys: KeyTable): Plan {
  const { nameServer, set } = observed;
  const { metadata, spec } = nameServer;
  const isPaused = metadata.annotations[annotations.paused.name] === 'true';
  const volumes = volumesOf(observed);
  const roll = rollOf(observed, { isPaused, volumes });
  const judged = judgeProperties(nameServerProperties(spec), observed.file, keys);
  const telling = tellingOf(observed, judged.properties, keys);
  const change = volumes.change === undefined ? [] : [volumes.change];
  return {
    shape: {
      properties: judged.properties,
      keys,
      claimTemplates: plainTemplates(set),
    },
    quiet: isPaused ? [] : [...change, ...telling.actions],
    disruptive: isPaused ? undefined : disruptiveAction(observed, volumes, roll),
    roll,
    volumes,
    refusedKeys: judged.refused,
    settingsHash: telling.hash,
    isPaused,
  };
}

function volumesOf({
  nameServer,
  set,
  servers,
  nowMs,
  version,
  isExpandable,
}: Observed): VolumePlan {
  const { metadata, spec } = nameServer;
  const owner = {
    name: metadata.name,
    set,
    claims: servers.flatMap(({ claim }) => claim ?? []),
    dataOwner: dataOwner({ component: 'nameserver', metadata, version }),
  };
  return planVolumes([owner], { storage: spec.storage, nowMs, isExpandable });
}

/** What is lost goes first, then what is broken; what is outdated last. */
function disruptiveAction(
  { servers, set, was }: Observed,
  { recreate }: VolumePlan,
  { action }: RollPlan,
): Plan['disruptive'] {
  const lost = findLostPod(servers);
  if (lost !== undefined) return lost;
  if (action?.reason === 'Broken') return action;
  const [uid] = recreate.values();
  const isNoted = uid !== undefined && was?.pendingRecreate?.uid === uid;
  if (isNoted && set !== undefined) return { kind: 'OrphanStatefulSet', set: set.name, uid };
  return action;
}

function rollOf(
  { nameServer, set, servers, nowMs, conditions, was }: Observed,
  { isPaused, volumes }: { readonly isPaused: boolean; readonly volumes: VolumePlan },
): RollPlan {
  const held: HeldGate[] = pauseGates(isPaused);
  if (volumes.recreate.size > 0) {
    held.push({ gate: 'NoOtherOperation', message: 'the StatefulSet is made anew' });
  }
  return planRoll(
    servers.map(({ name, pod, node, claim, settings }) => ({
      name,
      pod,
      node,
      updateRevision: set?.updateRevision,
      replaced: replacedBefore(pod, was?.operation),
      answers: settings === undefined ? undefined : true,
      ...(volumes.restart.size > 0 &&
        claim?.fileSystemPendingSinceMs !== undefined && {
          restart: 'its file system has to grow',
        }),
    })),
    {
      nowMs,
      unavailableMax: 1,
      settleMs: SETTLE_MS,
      progressDeadlineMs: PROGRESS_DEADLINE_MS,
      skip: skippedGates(nameServer.metadata.annotations),
      othersGate: 'OtherNameServersHealthy',
      held,
      mustAnswer: 'Another',
      // Only a single one makes clients wait.
      isAnnounced: servers.length > 1 || isRiskAnnounced(conditions),
      wasRolling: was?.operation?.kind === 'Roll',
    },
  );
}

interface SetTelling {
  readonly actions: readonly QuietUnitAction[];
  readonly hash: string;
}

function tellingOf(
  { nameServer, servers }: Observed,
  properties: Properties,
  keys: KeyTable,
): SetTelling {
  const listed = nameServer.metadata.annotations[annotations.unmanagedConfig.name];
  const options = { keys, unmanaged: listedNames(listed) };
  const actions = servers.flatMap(({ name, pod, settings: shown }) => {
    if (pod?.ip === undefined || pod.isGoing || shown === undefined) return [];
    const address = formatAddress({ host: pod.ip, port: NAME_SERVER_PORT });
    const unit = { name, pod, address, shown, role: pod.roleLabel };
    return planTelling(unit, properties, options).actions;
  });
  return { actions, hash: hashSettings(properties, options) };
}
