/**
 * Does what a plan asks for. What fails is said and leaves the other steps alone; what a broker or
 * the API server refuses for good comes back as a refusal, for the status.
 */
import { formatAddress } from '../../runtime/mod.ts';
import type { Settings } from '../access/mod.ts';
import type { BrokerSet } from '../api/broker-set.ts';
import { annotations } from '../api/vocabulary/annotations.ts';
import { labels, MANAGED_BY } from '../api/vocabulary/labels.ts';
import type { KeyTable, Properties } from '../config/key-table.ts';
import { applyChild, type Context, resources, sweep, timeText } from '../kube/mod.ts';
import { BROKER_PORT, groupObjects } from '../resources/broker-set.ts';
import { NO_REFUSALS, type Refusals } from '../workload/refusals.ts';
import { report } from '../workload/report.ts';
import { actOnUnit } from '../workload/unit-actions.ts';
import { type Action, isOfSet, type SetAction } from './actions.ts';
import type { LiveBrokerSet } from './neighbours.ts';
import type { Observed } from './observed.ts';
import type { Plan } from './plan.ts';
import type { CopyMetadata } from './scaling/actions.ts';

export interface Acting {
  readonly object: LiveBrokerSet;
  readonly brokerSet: BrokerSet;
  readonly observed: Observed;
  readonly plan: Plan;
  readonly keys: KeyTable;
  readonly context: Context;
}

export async function act(action: Action, acting: Acting): Promise<Refusals> {
  if (isOfSet(action)) {
    await actOnSet(action, acting);
    return NO_REFUSALS;
  }
  const { object, context, observed } = acting;
  const { access, signal } = context;
  return actOnUnit(action, {
    object,
    context,
    processAt: (address) => ({
      update: (some: Settings) => access.updateBrokerConfig(address, some, signal),
      show: () => access.brokerConfig(address, signal),
    }),
    podsOf: (set) => observed.groups.flatMap(({ name, pod }) => (name === set && pod) || []),
  });
}

async function actOnSet(action: SetAction, acting: Acting): Promise<void> {
  switch (action.kind) {
    case 'CopyMetadata':
      return copyMetadata(action, acting);
    case 'MarkClaim': {
      const { claim: name, uid, owner } = action;
      return markClaim(acting, { name, uid }, { owner, drainedAt: null });
    }
    case 'MarkDrained': {
      const drainedAt = timeText(acting.context.clock.wallMs());
      for (const claim of action.claims) await markClaim(acting, claim, { drainedAt });
      return;
    }
    case 'StopGroup':
      // Done by applying the group without pods.
      return;
    case 'RemoveGroup':
      return removeGroup(action.group, acting);
  }
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

/** Groups first, then topics; only when all of them are read back is the new group opened. */
async function copyMetadata(action: CopyMetadata, acting: Acting): Promise<void> {
  const { object, context, observed } = acting;
  const { from, to, exceptTopics, thenOpen } = action;
  const addressOf = (group: string): string | undefined => {
    const ip = observed.groups.find(({ name }) => name === group)?.pod?.ip;
    if (ip !== undefined) return formatAddress({ host: ip, port: BROKER_PORT });
    return observed.neighbours.find(({ name }) => name === group)?.address;
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
