/** Deletes a pod, so that its StatefulSet makes another one, and reports it. */
import { type Context, type KubeObject, resources } from '../../kube/mod.ts';
import { removePod } from '../pod-removal.ts';
import { report } from '../report.ts';
import type { ForceDeletePod } from './lost-pod.ts';
import type { DeletePod } from './plan.ts';

type Part = Pick<Context, 'client' | 'events'>;

export async function deletePod(
  context: Part,
  owner: KubeObject,
  { kind, pod: name, uid, reason: why, message }: DeletePod,
): Promise<void> {
  const key = { namespace: owner.metadata.namespace, name };
  const isReady = why === 'Outdated';
  if (!(await removePod(context, { key, uid, isReady }))) return;
  const reason = isReady ? 'PodReplaced' : 'PodRepaired';
  report(context, owner, { reason, action: kind, message });
}

export async function forceDeletePod(
  context: Part,
  owner: KubeObject,
  { kind, pod: name, uid, message }: ForceDeletePod,
): Promise<void> {
  const key = { namespace: owner.metadata.namespace, name };
  await context.client.remove(resources.pods, key, { uid, graceSeconds: 0 });
  report(context, owner, { reason: 'PodForceDeleted', action: kind, message });
}
