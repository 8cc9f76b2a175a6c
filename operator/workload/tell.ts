/** Events by the words of the vocabulary. */
import { type EventReason, eventReasons } from '../api/vocabulary/events.ts';
import type { Context, KubeObject } from '../kube/mod.ts';

export interface Told {
  readonly reason: EventReason;
  /** What was done, as one word: the kind of an action. */
  readonly action: string;
  readonly message: string;
}

export function tell(
  { events }: Pick<Context, 'events'>,
  object: KubeObject,
  { reason, action, message }: Told,
): void {
  events.record(object, { type: eventReasons[reason].type, reason, action, message });
}
