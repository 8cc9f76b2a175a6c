/** The first thing that only a person can mend, as the condition `Stalled`. Pure. */
import type { StatedCondition } from '../api/vocabulary/conditions.ts';
import type { Stall } from '../kube/mod.ts';

export interface StallCauses {
  /** What keeps objects from being made, the most important first. */
  readonly problems: readonly Stall[];
  /** Keys of the settings that were refused, each with the reason; `''` for all of them together. */
  readonly refused: readonly (readonly [key: string, why: string])[];
  /** A pod that does not come up: a refused key may be why, and is said first. */
  readonly stuck: Stall | undefined;
}

export function stalledCondition({
  problems: [problem],
  refused,
  stuck,
}: StallCauses): StatedCondition | undefined {
  const stall = problem ?? refusedKeys(refused) ?? stuck;
  if (stall === undefined) return undefined;
  return { type: 'Stalled', status: 'True', reason: stall.reason, message: stall.message };
}

function refusedKeys(refused: StallCauses['refused']): Stall | undefined {
  if (refused.length === 0) return undefined;
  const each = refused.map(([key, why]) => (key === '' ? why : `config.${key}: ${why}`));
  return { reason: 'InvalidConfig', message: each.join('; ') };
}
