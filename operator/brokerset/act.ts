/**
 * Does what a plan asks for. What fails is told and leaves the other steps alone; what a broker or
 * the API server refuses for good comes back as a problem, for the status.
 */
import { formatAddress } from '../../runtime/mod.ts';
import type { Settings } from '../access/mod.ts';
import type { BrokerSet } from '../api/broker-set.ts';
import { annotations } from '../api/vocabulary/annotations.ts';
import { labels } from '../api/vocabulary/labels.ts';
import type { KeyTable, Properties } from '../config/key-table.ts';
import { applyChild, type Context, resources, sweep, timeText } from '../kube/mod.ts';
import { BROKER_PORT, groupObjects } from '../resources/broker-set.ts';
import { MANAGED_BY, ROLE_LABEL } from '../resources/labels.ts';
import { orphanStatefulSet } from '../workload/orphaning.ts';
import { removePod } from '../workload/pod-removal.ts';
import { report } from '../workload/report.ts';
import { tellSettings } from '../workload/settings/act.ts';
import { changeClaim } from '../workload/volumes/act.ts';
import type { OrphanStatefulSet, VolumeProblem } from '../workload/volumes/plan.ts';
import type { Action, DisruptiveAction, MarkPod, QuietAction, TellSettings } from './actions.ts';
import type { LiveBrokerSet } from './observe.ts';
import type { Observed } from './observed.ts';
import { isDisruptive, type Plan } from './plan.ts';
import type { CopyMetadata } from './scaling/plan.ts';

export interface Acting {
  readonly object: LiveBrokerSet;
  readonly brokerSet: BrokerSet;
  readonly observed: Observed;
  readonly plan: Plan;
  readonly keys: KeyTable;
  readonly context: Context;
}

/** What could not be done, in the words of the status. */
export interface Refusals {
  /** Values that a running broker refused, by key. */
  readonly settings: ReadonlyMap<string, string>;
  readonly volumes: readonly VolumeProblem[];
}

const NO_REFUSALS: Refusals = { settings: new Map(), volumes: [] };

export function act(action: Action, acting: Acting): Promise<Refusals> {
  return isDisruptive(action) ? disrupt(action, acting) : changeQuietly(action, acting);
}

async function changeQuietly(action: QuietAction, acting: Acting): Promise<Refusals> {
  const { object, context } = acting;
  switch (action.kind) {
    case 'ChangeClaim':
      return { ...NO_REFUSALS, volumes: await changeClaim(context, object, action) };
    case 'TellSettings':
      return { ...NO_REFUSALS, settings: await tellAndReport(action, acting) };
    case 'CopyMetadata':
      await copyMetadata(action, acting);
      break;
    case 'MarkPod':
      await markPod(action, acting);
      break;
    case 'MarkClaim': {
      const { claim: name, uid, owner } = action;
      await markClaim(acting, { name, uid }, { owner, drainedAt: null });
      break;
    }
    case 'MarkDrained': {
      const drainedAt = timeText(context.clock.wallMs());
      for (const claim of action.claims) await markClaim(acting, claim, { drainedAt });
      break;
    }
  }
  return NO_REFUSALS;
}

async function disrupt(action: DisruptiveAction, acting: Acting): Promise<Refusals> {
  switch (action.kind) {
    case 'DeletePod':
    case 'ForceDeletePod':
      await deletePod(action, acting);
      break;
    case 'OrphanStatefulSet':
      await remakeSet(action, acting);
      break;
    case 'StopGroup':
      // Done by applying the group without pods.
      break;
    case 'RemoveGroup':
      await removeGroup(action.group, acting);
      break;
  }
  return NO_REFUSALS;
}

async function remakeSet(
  { kind, set, uid }: OrphanStatefulSet,
  { object, observed, context }: Acting,
): Promise<void> {
  const key = { namespace: object.metadata.namespace, name: set };
  const pods = observed.groups.flatMap(({ name, pod }) => (name === set && pod) || []);
  await orphanStatefulSet(context, object, { key, uid, pods });
  const message = `StatefulSet ${set} is made anew, because its claims cannot be changed`;
  report(context, object, { reason: 'StatefulSetRecreated', action: kind, message });
}

async function deletePod(
  action: Extract<Action, { kind: 'DeletePod' | 'ForceDeletePod' }>,
  { object, context }: Acting,
): Promise<void> {
  const key = { namespace: object.metadata.namespace, name: action.pod };
  const { kind, uid, message } = action;
  if (kind === 'ForceDeletePod') {
    await context.client.remove(resources.pods, key, { uid, graceSeconds: 0 });
    report(context, object, { reason: 'PodForceDeleted', action: kind, message });
    return;
  }
  const isReady = action.reason === 'Outdated';
  if (!(await removePod(context, { key, uid, isReady }))) return;
  const reason = isReady ? 'PodReplaced' : 'PodRepaired';
  report(context, object, { reason, action: kind, message });
}

/** The file last: it says how far the group's way out has come. */
async function removeGroup(group: string, { object, observed, context }: Acting): Promise<void> {
  const kept = observed.groups.map(({ name }) => name).filter((name) => name !== group);
  const { statefulSets, disruptionBudgets, services, configMaps } = resources;
  for (const resource of [statefulSets, disruptionBudgets, services, configMaps]) {
    await sweep(context, object, resource, kept);
  }
  const message = `group ${group} was empty and is removed`;
  report(context, object, { reason: 'ScaledIn', action: 'RemoveGroup', message });
}

async function tellAndReport(
  action: TellSettings,
  { object, context, plan, observed }: Acting,
): Promise<ReadonlyMap<string, string>> {
  const { group, address, changes } = action;
  const { access, signal } = context;
  const broker = {
    update: (some: Settings) => access.updateBrokerConfig(address, some, signal),
    show: () => access.brokerConfig(address, signal),
  };
  const { refused, isDone } = await tellSettings(broker, changes);
  const keys = Object.keys(changes).filter((key) => !refused.has(key));
  if (isDone && keys.length > 0) {
    const pod = observed.groups.find(({ name }) => name === group)?.pod;
    const isDrift = pod?.configApplied === plan.settingsHashes.get(group);
    const reason = isDrift ? 'ConfigRepaired' : 'ConfigApplied';
    const message = `${group} was told ${keys.map((key) => `${key}=${changes[key]}`).join(', ')}`;
    report(context, object, { reason, action: action.kind, message });
  }
  for (const [key, why] of refused) {
    const message = `${group} refuses ${key}: ${why}`;
    report(context, object, { reason: 'ConfigRefused', action: action.kind, message });
  }
  return refused;
}

/** Groups first, then topics; only when all of them are read back is the new group opened. */
async function copyMetadata(action: CopyMetadata, acting: Acting): Promise<void> {
  const { object, context, observed } = acting;
  const { from, to, exceptTopics, thenOpen } = action;
  const addressOf = (group: string): string | undefined => {
    const ip = observed.groups.find(({ name }) => name === group)?.pod?.ip;
    return ip === undefined ? undefined : formatAddress({ host: ip, port: BROKER_PORT });
  };
  const [source, target] = [addressOf(from), addressOf(to)];
  if (source === undefined || target === undefined) return;
  const copied = await context.access.copyMetadata(
    { from: source, to: target, exceptTopics },
    context.signal,
  );
  if (copied === undefined) return;
  if ('refused' in copied) {
    const message = `${to} does not take the topics of ${from}: ${copied.refused}`;
    report(context, object, { reason: 'ReconcileFailed', action: action.kind, message });
    return;
  }
  if (thenOpen) await openGroup(to, acting);
  const { topics, groups } = copied;
  const message = `${to} got ${topics} topics and ${groups} consumer groups of ${from}`;
  report(context, object, { reason: 'MetadataCopied', action: action.kind, message });
}

/** Its file is all that says so; the running broker is told with the next look. */
async function openGroup(
  group: string,
  { object, brokerSet, plan, keys, context }: Acting,
): Promise<void> {
  const shape = plan.groups.find(({ name }) => name === group);
  if (shape === undefined) return;
  const { brokerPermission: _closed, ...properties }: Properties = shape.properties;
  const { version } = context;
  const rendered = groupObjects(brokerSet, { ...shape, properties }, { version, keys });
  const file = rendered.find(({ kind }) => kind === 'ConfigMap');
  if (file !== undefined) await applyChild(context, object, file);
}

async function markPod(
  { pod: name, uid, role, configApplied }: MarkPod,
  { object, context: { client } }: Acting,
): Promise<void> {
  const metadata = {
    ...(role !== undefined && { labels: { [ROLE_LABEL]: role } }),
    ...(configApplied !== undefined && {
      annotations: { [annotations.configApplied.name]: configApplied },
    }),
  };
  const key = { namespace: object.metadata.namespace, name };
  await client.patch(resources.pods, key, { metadata }, { uid });
}

interface ClaimMarks {
  readonly owner?: string;
  /** Null takes the mark away. */
  readonly drainedAt: string | null;
}

async function markClaim(
  { object, context: { client } }: Acting,
  { name, uid }: { readonly name: string; readonly uid: string },
  { owner, drainedAt }: ClaimMarks,
): Promise<void> {
  const metadata = {
    labels: { [labels.managedBy.name]: MANAGED_BY },
    annotations: {
      [annotations.drainedAt.name]: drainedAt,
      ...(owner !== undefined && { [annotations.owner.name]: owner }),
    },
  };
  const key = { namespace: object.metadata.namespace, name };
  await client.patch(resources.claims, key, { metadata }, { uid });
}
