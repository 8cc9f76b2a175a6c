/**
 * Does what a plan says for a topic or consumer group, in its order: the finalizer and the claim
 * are kept before the first broker is told. A broker is told nothing before it has said that it is
 * the one that is meant, for the address of a pod that is gone may be another cluster's by now.
 */
import type { ChangeAnswer } from '../access/mod.ts';
import { type EventReason, eventReasons } from '../api/vocabulary/events.ts';
import { type Context, writeStatus } from '../kube/mod.ts';
import { setFinalizer } from '../workload/finalizers.ts';
import type { ClusterView } from './cluster-view.ts';
import type { EntityKind, LiveEntity } from './kind.ts';
import type { EntityAction } from './planned.ts';

export interface Acting<Settings> {
  readonly kind: EntityKind<Settings>;
  readonly object: LiveEntity;
  /** Name among clients. */
  readonly name: string;
  readonly cluster: ClusterView;
  readonly context: Context;
}

/** What brokers said no to, each for a person. */
export async function act<Settings>(
  acting: Acting<Settings>,
  actions: readonly EntityAction<Settings>[],
): Promise<string[]> {
  const refusals: string[] = [];
  for (const action of actions) {
    acting.context.signal.throwIfAborted();
    const answer = await actOne(acting, action);
    if (typeof answer === 'object' && 'group' in action) {
      refusals.push(`${action.group}: ${answer.refused}`);
    }
  }
  return refusals;
}

async function actOne<Settings>(
  acting: Acting<Settings>,
  action: EntityAction<Settings>,
): Promise<ChangeAnswer | undefined> {
  const { kind, object, name, context } = acting;
  const finalizer = { resource: kind.resource, name: kind.finalizer };
  switch (action.kind) {
    case 'AddFinalizer':
      await setFinalizer(context, object, { ...finalizer, present: true });
      return undefined;
    case 'DropFinalizer':
      await setFinalizer(context, object, { ...finalizer, present: false });
      if (object.metadata.deletionTimestamp !== undefined) {
        report(acting, action.event, `The ${kind.noun} "${name}": ${action.why}`);
      }
      return undefined;
    case 'Claim':
      await writeStatus(context, kind.resource, object, {
        ...object.status,
        [kind.claimField]: name,
      });
      if (action.isAdoption) report(acting, 'Adopted', `Manages the ${kind.noun} "${name}" now`);
      return undefined;
    case 'Put':
      return tell(acting, action);
    case 'Remove':
      return remove(acting, action);
    case 'Forget':
      await forget(acting);
      return undefined;
  }
}

async function tell<Settings>(
  acting: Acting<Settings>,
  action: EntityAction<Settings> & { readonly kind: 'Put' },
): Promise<ChangeAnswer | undefined> {
  const { kind, name, context } = acting;
  const { group, address, settings, differences, why } = action;
  if (!(await isMeant(acting, action))) return undefined;
  const asked = { address, name, signal: context.signal };
  const answer = await kind.put(context.access, asked, settings);
  if (answer !== 'done') return answer;
  const what = `${kind.noun} "${name}" on ${group}`;
  if (why === 'create') report(acting, 'Synced', `Made ${what}`);
  else {
    const reason = why === 'drift' ? 'DriftRepaired' : 'Synced';
    report(acting, reason, `Changed ${what}: ${differences.join('; ')}`);
  }
  return answer;
}

async function remove<Settings>(
  acting: Acting<Settings>,
  { group, address }: EntityAction<Settings> & { readonly kind: 'Remove' },
): Promise<ChangeAnswer | undefined> {
  const { kind, name, context } = acting;
  if (!(await isMeant(acting, { group, address }))) return undefined;
  const asked = { address, name, signal: context.signal };
  const weight = await kind.weigh?.(context.access, asked);
  const load = weight === undefined ? '' : ` with ${weight}`;
  report(acting, 'Deleting', `Removes ${kind.noun} "${name}"${load} from ${group}`);
  return kind.remove(context.access, asked);
}

/** A name server that does not answer forgets it with its restart. */
async function forget<Settings>({ kind, name, cluster, context }: Acting<Settings>): Promise<void> {
  const { forget: forgetAt } = kind;
  if (forgetAt === undefined) return;
  const { access, signal } = context;
  await Promise.all(
    cluster.nameServers.map((address) =>
      forgetAt(access, { address, name, signal }, cluster.clusterName),
    ),
  );
}

type Place = Pick<Acting<unknown>, 'cluster' | 'context'>;

async function isMeant(
  { cluster, context }: Place,
  { group, address }: { readonly group: string; readonly address: string },
): Promise<boolean> {
  const config = await context.access.brokerConfig(address, context.signal);
  return config?.['brokerName'] === group && config['brokerClusterName'] === cluster.clusterName;
}

function report<Settings>(
  { object, context, kind }: Acting<Settings>,
  reason: EventReason,
  message: string,
): void {
  const action = kind.noun === 'topic' ? 'SyncTopic' : 'SyncConsumerGroup';
  context.events.record(object, { type: eventReasons[reason].type, reason, action, message });
}
