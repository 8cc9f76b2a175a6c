/** What a plan for a topic or consumer group says: actions, and what the status tells of them. */
import type { Phase } from '../api/status/shared.ts';
import type { StatedCondition } from '../api/vocabulary/conditions.ts';

export type EntityAction<Settings> =
  | { readonly kind: 'AddFinalizer' }
  /** `event` says what became of what it stood for. */
  | { readonly kind: 'DropFinalizer'; readonly event: 'Removed' | 'Released'; readonly why: string }
  /** Notes that this object decides, before the first broker is told. */
  | { readonly kind: 'Claim'; readonly isAdoption: boolean }
  | {
      readonly kind: 'Put';
      readonly group: string;
      readonly address: string;
      readonly settings: Settings;
      readonly why: 'create' | 'change' | 'drift';
      readonly differences: readonly string[];
    }
  | { readonly kind: 'Remove'; readonly group: string; readonly address: string }
  /** Takes it out of the routes. */
  | { readonly kind: 'Forget' };

export interface EntityPlan<Settings> {
  readonly actions: readonly EntityAction<Settings>[];
  readonly phase: Phase;
  readonly conditions: readonly StatedCondition[];
  readonly isSynced: boolean;
  readonly requeueAfterMs?: number;
}

/** When what was told just now is looked at. */
export const SOON_MS = 1000;

type Statuses = StatedCondition['status'];

export function condition<Type extends StatedCondition['type']>(
  type: Type,
  status: Statuses,
  reason: (StatedCondition & { readonly type: Type })['reason'],
  message: string,
): StatedCondition {
  // The type and the reason belong together: the parameters say so.
  return { type, status, reason, message } as StatedCondition;
}
