/** What has to change so that what runs is what is asked for. Pure. */
import type { LocalProcess } from './local-process.ts';

export interface PodPlan {
  readonly remove: readonly string[];
  readonly start: readonly LocalProcess[];
  /** One after another: the rest serves meanwhile. */
  readonly replace: readonly LocalProcess[];
  readonly keep: readonly string[];
}

export function planPods(
  desired: readonly LocalProcess[],
  present: readonly LocalProcess[],
): PodPlan {
  const byName = new Map(present.map((process) => [process.pod, process]));
  const wanted = new Set(desired.map(({ pod }) => pod));
  const known = desired.filter(({ pod }) => byName.has(pod));
  const changed = known.filter(({ pod, hash }) => byName.get(pod)?.hash !== hash);
  return {
    remove: present.map(({ pod }) => pod).filter((pod) => !wanted.has(pod)),
    start: desired.filter(({ pod }) => !byName.has(pod)),
    replace: changed,
    keep: known.filter((process) => !changed.includes(process)).map(({ pod }) => pod),
  };
}
