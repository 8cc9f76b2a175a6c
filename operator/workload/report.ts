/** Events by the words of the vocabulary. */
import { type EventReason, eventReasons } from '../api/vocabulary/events.ts';
import type { Context, KubeObject } from '../kube/mod.ts';

export interface Report {
  readonly reason: EventReason;
  /** What was done, as one word: the kind of an action. */
  readonly action: string;
  readonly message: string;
}

export function report(
  { events }: Pick<Context, 'events'>,
  object: KubeObject,
  { reason, action, message }: Report,
): void {
  events.record(object, { type: eventReasons[reason].type, reason, action, message });
}
