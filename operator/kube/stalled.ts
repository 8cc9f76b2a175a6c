/** Shows in the status of an object that nothing more happens until somebody acts. */
import type { StalledReason, StatedCondition } from '../api/vocabulary/conditions.ts';
import { type Condition, type Stamp, stampConditions } from './conditions.ts';

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
