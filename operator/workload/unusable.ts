/** The status of an object whose spec cannot be used: what runs goes on as it is. Pure. */
import type { Unusable } from '../api/read-object.ts';
import type { Condition } from '../api/status/conditions.ts';
import { type KubeObject, timeText } from '../kube/mod.ts';

interface WithStatus extends KubeObject {
  readonly status?: { readonly conditions?: readonly Condition[] };
}

export function unusableStatus(
  { metadata, status }: WithStatus,
  { reason, message }: Unusable,
  nowMs: number,
): object {
  const { generation = 0 } = metadata;
  const stated = { observedGeneration: generation, lastTransitionTime: timeText(nowMs) };
  const others = (status?.conditions ?? []).filter(({ type }) => !OURS.includes(type));
  return {
    ...status,
    observedGeneration: generation,
    phase: 'Failed',
    conditions: [
      { type: 'Ready', status: 'False', reason: 'Stalled', message, ...stated },
      { type: 'Stalled', status: 'True', reason, message, ...stated },
      ...others,
    ],
  };
}

const OURS: readonly Condition['type'][] = ['Ready', 'Stalled', 'Reconciling'];
