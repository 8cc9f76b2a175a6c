/**
 * A broker set that is deleted alone, while its cluster lives, goes as its groups do: one after
 * another, when nothing is on them that somebody may still want. A finalizer keeps it until then.
 *
 * What nobody would miss is never held: the last set of a cluster without an umbrella, what goes
 * with its umbrella or namespace, what somebody said may go as it is. Nor is what cannot be: the
 * garbage collector takes the pods of a set that is deleted in the foreground at once, and with
 * `--cascade=orphan` they are to stay.
 */
import type { BrokerSet } from '../api/broker-set.ts';
import { annotations } from '../api/vocabulary/annotations.ts';
import { finalizers } from '../api/vocabulary/finalizers.ts';
import { type Context, controllerOf, type KubeObject, resources } from '../kube/mod.ts';
import { hasFinalizer, setFinalizer } from '../workload/finalizers.ts';
import { isTerminating } from '../workload/namespace.ts';
import { type LiveBrokerSet, neighboursOf } from './neighbours.ts';

const { name } = finalizers.drain;
const finalizer = { resource: resources.brokerSets, name };

/** Keeps a set from going before it is drained, where there is a cluster that would miss it. */
export async function keepForDrain(
  object: LiveBrokerSet,
  brokerSet: BrokerSet,
  context: Context,
): Promise<void> {
  if (!isMissed(object, brokerSet, context)) return;
  await setFinalizer(context, object, { ...finalizer, present: true });
}

export function isKept(object: KubeObject): boolean {
  return hasFinalizer(object, name);
}

export async function letGo(object: KubeObject, context: Context): Promise<void> {
  await setFinalizer(context, object, { ...finalizer, present: false });
}

/** `brokerSet` is undefined when its spec cannot be used: then nobody can drain it either. */
export async function mayGoAtOnce(
  object: LiveBrokerSet,
  brokerSet: BrokerSet | undefined,
  context: Context,
): Promise<boolean> {
  const { metadata } = object;
  if (metadata.annotations?.[annotations.deleteWithoutDrain.name] === 'true') return true;
  if (metadata.finalizers?.some((one) => OF_COLLECTOR.includes(one)) === true) return true;
  if (!isMissed(object, brokerSet, context)) return true;
  // Nothing was ever made, or all of it is gone: the file of a group goes last.
  if (context.caches.of(resources.configMaps).ownedBy(metadata.uid).length === 0) return true;
  return isTerminating(metadata.namespace ?? '', context);
}

/** Set by the API server, for the way in which the garbage collector takes what belongs to it. */
const OF_COLLECTOR: readonly string[] = ['foregroundDeletion', 'orphan'];

/** With no group wanted: each goes as one that is scaled in, its claims as those of a deleted set. */
export function withoutGroups(brokerSet: BrokerSet): BrokerSet {
  const { spec } = brokerSet;
  const { retention } = spec.storage;
  const storage = {
    ...spec.storage,
    retention: { ...retention, whenScaled: retention.whenDeleted },
  };
  return { ...brokerSet, spec: { ...spec, groups: 0, retire: [], storage } };
}

function isMissed(
  object: LiveBrokerSet,
  brokerSet: BrokerSet | undefined,
  { caches }: Context,
): boolean {
  const owner = controllerOf(object);
  if (owner?.kind === resources.rocketMQClusters.kind) {
    const key = { namespace: object.metadata.namespace, name: owner.name };
    const cluster = caches.of(resources.rocketMQClusters).find(key);
    return cluster?.metadata.uid === owner.uid && cluster.metadata.deletionTimestamp === undefined;
  }
  return brokerSet !== undefined && neighboursOf(object, brokerSet, caches).length > 0;
}
