/** The status of an object whose spec cannot be used: what runs goes on as it is. Pure. */
import type { Unusable } from '../api/read-object.ts';
import { type Condition, type KubeObject, stalledConditions } from '../kube/mod.ts';

interface WithStatus extends KubeObject {
  readonly status?: { readonly conditions?: readonly Condition[] };
}

export function unusableStatus(
  { metadata, status }: WithStatus,
  unusable: Unusable,
  nowMs: number,
): object {
  const { generation = 0 } = metadata;
  return {
    ...status,
    observedGeneration: generation,
    phase: 'Failed',
    conditions: stalledConditions(status?.conditions ?? [], unusable, { generation, nowMs }),
  };
}
