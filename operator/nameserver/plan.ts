/**
 * The next steps of a NameServer. Pure.
 *
 * Invariants: at most one disruptive action; with more than one name server, one is replaced only
 * while another one answers. A name server keeps nothing that brokers do not tell it again.
 */

import { formatAddress } from '../../runtime/mod.ts';
import type { Settings } from '../access/mod.ts';
import { annotations } from '../api/vocabulary/annotations.ts';
import type { KeyTable, Properties } from '../config/key-table.ts';
import { nameServerProperties } from '../config/name-server-properties.ts';
import { dataOwner } from '../resources/labels.ts';
import { NAME_SERVER_PORT, type NameServerShape } from '../resources/name-server.ts';
import { plainTemplates } from '../workload/claim-templates.ts';
import { type HeldGate, listedNames, skippedGates } from '../workload/gates.ts';
import { type ForceDeletePod, findLostPod } from '../workload/rolling/lost-pod.ts';
import { type DeletePod, planRoll, type RollPlan } from '../workload/rolling/plan.ts';
import { judgeProperties, planSettings } from '../workload/settings/plan.ts';
import {
  type ChangeClaim,
  type OrphanStatefulSet,
  planVolumes,
  type VolumePlan,
} from '../workload/volumes/plan.ts';
import type { Observed } from './observed.ts';

export interface TellServer {
  readonly kind: 'TellServer';
  readonly server: string;
  readonly address: string;
  readonly changes: Settings;
}

export interface MarkServer {
  readonly kind: 'MarkServer';
  readonly pod: string;
  readonly uid: string;
  readonly configApplied: string;
}

export type Action =
  | ChangeClaim
  | TellServer
  | MarkServer
  | DeletePod
  | ForceDeletePod
  | OrphanStatefulSet;

export interface Plan {
  readonly shape: NameServerShape;
  readonly quiet: readonly Action[];
  readonly disruptive: DeletePod | ForceDeletePod | OrphanStatefulSet | undefined;
  readonly roll: RollPlan;
  readonly volumes: VolumePlan;
  readonly refusedKeys: ReadonlyMap<string, string>;
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
  const told = toldOf(observed, judged.properties, keys);
  const change = volumes.change === undefined ? [] : [volumes.change];
  return {
    shape: {
      properties: judged.properties,
      keys,
      claimTemplates: plainTemplates(set),
    },
    quiet: isPaused ? [] : [...change, ...told.actions],
    disruptive: isPaused ? undefined : disruptiveAction(observed, volumes, roll),
    roll,
    volumes,
    refusedKeys: judged.refused,
    settingsHash: told.hash,
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
  const { annotations: written } = nameServer.metadata;
  const held: HeldGate[] = isPaused
    ? [{ gate: 'NotPaused', message: `the annotation ${annotations.paused.name} is set` }]
    : [];
  if (volumes.recreate.size > 0) {
    held.push({ gate: 'NoOtherOperation', message: 'the StatefulSet is made anew' });
  }
  return planRoll(
    servers.map(({ name, pod, claim, settings }) => ({
      name,
      pod,
      updateRevision: set?.updateRevision,
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
      skip: skippedGates(written),
      othersGate: 'OtherNameServersHealthy',
      held,
      mustAnswer: 'Another',
      // Only a single one makes clients wait.
      isAnnounced:
        servers.length > 1 ||
        conditions.some(({ type, status }) => type === 'AvailabilityRisk' && status === 'True'),
      wasRolling: was?.operation?.kind === 'Roll',
    },
  );
}

function toldOf(
  { nameServer, servers }: Observed,
  properties: Properties,
  keys: KeyTable,
): { readonly actions: readonly Action[]; readonly hash: string } {
  const listed = nameServer.metadata.annotations[annotations.unmanagedConfig.name];
  const unmanaged = listedNames(listed);
  const actions: Action[] = [];
  for (const { name, pod, settings } of servers) {
    if (pod?.ip === undefined || pod.isGoing || settings === undefined) continue;
    const { changes, hash } = planSettings(settings, properties, { keys, unmanaged });
    if (Object.keys(changes).length > 0) {
      const address = formatAddress({ host: pod.ip, port: NAME_SERVER_PORT });
      actions.push({ kind: 'TellServer', server: name, address, changes });
    } else if (pod.configApplied !== hash) {
      actions.push({ kind: 'MarkServer', pod: pod.name, uid: pod.uid, configApplied: hash });
    }
  }
  return { actions, hash: planSettings({}, properties, { keys, unmanaged }).hash };
}
