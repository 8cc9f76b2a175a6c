/** Changes claims, and the StatefulSets around them. What the API server refuses comes back for the condition. */
import { type Context, KubeError, type KubeObject, resources } from '../../kube/mod.ts';
import { isQuota } from '../api-problem.ts';
import { orphanStatefulSet } from '../orphaning.ts';
import type { PodFacts } from '../pod-facts.ts';
import { report } from '../report.ts';
import type { ChangeClaim, OrphanStatefulSet, VolumeProblem } from './plan.ts';

export async function changeClaim(
  context: Pick<Context, 'client' | 'events'>,
  owner: KubeObject,
  { kind, claim, uid, spec, message }: ChangeClaim,
): Promise<readonly VolumeProblem[]> {
  const key = { namespace: owner.metadata.namespace, name: claim };
  try {
    await context.client.patch(resources.claims, key, { spec }, { uid });
    report(context, owner, { reason: 'VolumeExpanding', action: kind, message });
    return [];
  } catch (error) {
    if (!(error instanceof KubeError) || ![403, 422].includes(error.status)) throw error;
    const why = error.message;
    report(context, owner, { reason: 'VolumeExpansionFailed', action: kind, message: why });
    return [{ reason: reasonOf(why), message: why }];
  }
}

/** The admission of claims says so when the class does not allow it. */
function reasonOf(message: string): VolumeProblem['reason'] {
  if (isQuota(message)) return 'QuotaExceeded';
  return message.includes('can be resized') ? 'NotExpandable' : 'ExpansionFailed';
}

export async function remakeSet(
  context: Pick<Context, 'client' | 'events'>,
  owner: KubeObject,
  { kind, set: name, uid, pods }: OrphanStatefulSet & { readonly pods: readonly PodFacts[] },
): Promise<void> {
  const key = { namespace: owner.metadata.namespace, name };
  await orphanStatefulSet(context, owner, { key, uid, pods });
  const message = `StatefulSet ${name} is made anew, because its claims cannot be changed`;
  report(context, owner, { reason: 'StatefulSetRecreated', action: kind, message });
}
