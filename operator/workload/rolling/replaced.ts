/**
 * How often the pod of a unit was replaced without becoming as it should be, as the status says:
 * each deletion is noted with the pod that it takes. Pure.
 */
import type { PodFacts } from '../pod-facts.ts';
import type { DeletePod, Replaced } from './plan.ts';

/** What a status says of the last deletion. */
export interface Deletion {
  readonly pod?: string;
  readonly podUid?: string;
  readonly startedAt: string;
  readonly attempt?: number;
}

/** Undefined when the pod was not replaced, or is still the one that was to be. */
export function replacedBefore(
  pod: PodFacts | undefined,
  was: Deletion | undefined,
): Replaced | undefined {
  if (pod === undefined || was?.pod !== pod.name || was.podUid === pod.uid) return undefined;
  return { attempts: was.attempt ?? 1, lastMs: Date.parse(was.startedAt) };
}

/** Of a deletion that is noted now; one that is only tried again is the same. */
export function attemptOf(was: Deletion | undefined, { pod, uid }: DeletePod): number {
  if (was?.pod !== pod) return 1;
  const attempt = was.attempt ?? 1;
  return was.podUid === uid ? attempt : attempt + 1;
}
