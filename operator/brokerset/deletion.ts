/**
 * A broker set that is deleted alone, while its cluster lives, goes as its groups do: one after
 * another, when nothing is on them that somebody may still want. A finalizer keeps it until then.
 * What goes with its cluster or namespace, or was said to go as it is, is never held.
 */
import type { BrokerSet } from '../api/broker-set.ts';
import { annotations } from '../api/vocabulary/annotations.ts';
import { finalizers } from '../api/vocabulary/finalizers.ts';
import { setFinalizer } from '../entity/finalizers.ts';
import { type Context, controllerOf, type KubeObject, resources } from '../kube/mod.ts';
import { isTerminating } from '../workload/namespace.ts';

const finalizer = { resource: resources.brokerSets, name: finalizers.drain.name };

/** Keeps the object until it is drained, where there is a cluster that it would be missing from. */
export async function keepForDrain(object: KubeObject, context: Context): Promise<void> {
  if (!isOfLivingCluster(object, context)) return;
  await setFinalizer(context, object, { ...finalizer, present: true });
}

export async function letGo(object: KubeObject, context: Context): Promise<void> {
  await setFinalizer(context, object, { ...finalizer, present: false });
}

/** Whether nobody would miss what is on it, or somebody said so. */
export async function mayGoAtOnce(object: KubeObject, context: Context): Promise<boolean> {
  const { metadata } = object;
  const isSaid = metadata.annotations?.[annotations.deleteWithoutDrain.name] === 'true';
  if (isSaid || !isOfLivingCluster(object, context)) return true;
  // Nothing was ever made, or all of it is gone: the file of a group goes last.
  if (context.caches.of(resources.configMaps).ownedBy(metadata.uid).length === 0) return true;
  return isTerminating(metadata.namespace ?? '', context);
}

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

function isOfLivingCluster({ metadata, ...object }: KubeObject, { caches }: Context): boolean {
  const owner = controllerOf({ metadata, ...object });
  if (owner?.kind !== resources.rocketMQClusters.kind) return false;
  const key = { namespace: metadata.namespace, name: owner.name };
  const cluster = caches.of(resources.rocketMQClusters).find(key);
  return cluster?.metadata.uid === owner.uid && cluster.metadata.deletionTimestamp === undefined;
}
