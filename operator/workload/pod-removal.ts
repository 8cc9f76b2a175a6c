/**
 * Deleting a pod: read live before, by the uid that the plan saw, so that neither an old view nor a
 * second operator ever takes the pod that has just come up.
 */
import type { Context, Key } from '../kube/mod.ts';
import { resources } from '../kube/mod.ts';
import { type LivePod, podFacts } from './pod-facts.ts';

export interface PodToGo {
  readonly key: Key;
  readonly uid: string;
  /** What the plan believed: a pod that has come up since is not broken any more. */
  readonly isReady: boolean;
}

/** Whether it was deleted. */
export async function removePod(
  { client }: Pick<Context, 'client'>,
  { key, uid, isReady }: PodToGo,
): Promise<boolean> {
  const live = await client.find<LivePod>(resources.pods, key);
  if (live?.metadata.uid !== uid) return false;
  const facts = podFacts(live);
  if (facts.isGoing || facts.isReady !== isReady) return false;
  await client.remove(resources.pods, key, { uid });
  return true;
}
