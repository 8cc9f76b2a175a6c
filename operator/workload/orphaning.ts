/**
 * Deleting a StatefulSet around its pods. While it is away, the object that made it owns the pods
 * too: should that be deleted in this very moment, they still go with it.
 */
import {
  type Context,
  controllerReference,
  type Key,
  type KubeObject,
  type OwnerReference,
  resources,
} from '../kube/mod.ts';
import type { PodFacts } from './pod-facts.ts';

export interface SetToGo {
  readonly key: Key;
  readonly uid: string;
  readonly pods: readonly PodFacts[];
}

export async function orphanStatefulSet(
  { client }: Pick<Context, 'client'>,
  owner: KubeObject,
  { key, uid, pods }: SetToGo,
): Promise<void> {
  const {
    controller: _controller,
    blockOwnerDeletion: _block,
    ...plain
  } = controllerReference(owner);
  for (const pod of pods) {
    if (pod.isGoing || pod.owners.some((one) => one.uid === plain.uid)) continue;
    const ownerReferences: OwnerReference[] = [...pod.owners, plain];
    const place = { ...key, name: pod.name };
    await client.patch(resources.pods, place, { metadata: { ownerReferences } }, { uid: pod.uid });
  }
  await client.remove(resources.statefulSets, key, { uid, propagation: 'Orphan' });
}
