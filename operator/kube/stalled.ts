/** Shows in the status of an object that nothing more happens until somebody acts. */
import type { StalledReason, StatedCondition } from '../api/vocabulary/conditions.ts';
import { type Condition, type Stamp, stampConditions } from './conditions.ts';
import type { TerminalError } from './errors.ts';
import { type KubeObject, keyOf } from './object.ts';
import type { Context } from './reconciler.ts';
import type { Resource } from './resources.ts';
import { writeStatus } from './status.ts';

export interface Stall {
  readonly reason: StalledReason;
  readonly message: string;
}

/** What is known besides stays; nothing is under way any more. */
export function stalledConditions(
  before: readonly Condition[],
  { reason, message }: Stall,
  stamp: Stamp,
): readonly Condition[] {
  const stated: StatedCondition[] = [
    { type: 'Ready', status: 'False', reason: 'Stalled', message },
    { type: 'Stalled', status: 'True', reason, message },
  ];
  const others = before.filter(({ type }) => !['Ready', 'Stalled', 'Reconciling'].includes(type));
  return [...stampConditions(stated, stamp), ...others];
}

/** Reads the object anew: its reconciler may have written a status a moment ago. */
export async function showStalled(
  context: Pick<Context, 'client' | 'events' | 'clock'>,
  resource: Resource,
  object: KubeObject,
  { reason, message }: TerminalError,
): Promise<void> {
  const { client, clock, events } = context;
  const live = await client.find(resource, keyOf(object));
  if (live === undefined || live.metadata.uid !== object.metadata.uid) return;
  const status = (live.status ?? {}) as { readonly conditions?: readonly Condition[] };
  const stamp = { generation: object.metadata.generation ?? 0, nowMs: clock.wallMs() };
  const conditions = stalledConditions(status.conditions ?? [], { reason, message }, stamp);
  const isNew = await writeStatus(context, resource, live, { ...status, conditions });
  if (!isNew) return;
  events.record(object, { type: 'Warning', reason: 'Stalled', action: 'Reconcile', message });
}
