/** Shows in the status of an object that nothing more happens until somebody acts. */
import type { ConditionType, ReasonOf } from '../api/vocabulary/conditions.ts';
import { type Condition, setCondition } from './conditions.ts';
import type { TerminalError } from './errors.ts';
import { type KubeObject, keyOf } from './object.ts';
import type { Context } from './reconciler.ts';
import type { Resource } from './resources.ts';
import { writeStatus } from './status.ts';

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
  const observedGeneration = object.metadata.generation ?? 0;
  const nowMs = clock.wallMs();
  const shared = { message, observedGeneration };
  const stalled = condition('Stalled', reason);
  const ready = condition('Ready', 'Stalled');
  const conditions = setCondition(
    setCondition(status.conditions ?? [], { ...stalled, status: 'True', ...shared }, nowMs),
    { ...ready, status: 'False', ...shared },
    nowMs,
  );
  const isNew = await writeStatus(context, resource, live, { ...status, conditions });
  if (!isNew) return;
  events.record(object, { type: 'Warning', reason: 'Stalled', action: 'Reconcile', message });
}

function condition<Type extends ConditionType>(type: Type, reason: ReasonOf<Type>) {
  return { type, reason } as const;
}
