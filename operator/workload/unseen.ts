/**
 * What keeps a status from calling a generation done although all pods are as they were: a workload
 * that was told something just now, or whose newest template Kubernetes has not looked at, may have
 * pods that are outdated without anybody knowing. Pure.
 */
import type { StatedCondition } from '../api/vocabulary/conditions.ts';
import type { SetFacts } from './set-facts.ts';

export function unseenCondition(
  unsettled: readonly string[],
  sets: readonly (SetFacts | undefined)[],
): StatedCondition | undefined {
  const unseen = sets
    .filter((set) => set !== undefined)
    .filter(({ updateRevision }) => updateRevision === undefined)
    .map(({ name }) => `Kubernetes has not looked at the newest template of ${name} yet`);
  const message = [...unsettled, ...unseen].join('; ');
  if (message === '') return undefined;
  return { type: 'Reconciling', status: 'True', reason: 'Applying', message };
}
