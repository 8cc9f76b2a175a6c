/**
 * When an object is looked at again. What brokers and name servers say of themselves is not
 * watched: while anything is under way or missing they are asked every few seconds. Pure.
 */
import type { Condition } from '../api/status/conditions.ts';
import type { Outcome } from '../kube/mod.ts';

const WORK_MS = 5000;

export function outcomeOf({
  conditions = [],
}: {
  readonly conditions?: readonly Condition[];
}): Outcome {
  const ready = conditions.find(({ type }) => type === 'Ready');
  const isUnderWay = conditions.some(({ type }) => type === 'Reconciling');
  const isAsItShould = ready?.status === 'True' || ready?.reason === 'Suspended';
  return isUnderWay || !isAsItShould ? { requeueAfterMs: WORK_MS } : {};
}
