/** What steps of a plan could not do because somebody refused it, in the words of the status. */
import type { VolumeProblem } from './volumes/plan.ts';

export interface Refusals {
  /** Values that a running process refused, by key. */
  readonly settings: ReadonlyMap<string, string>;
  readonly volumes: readonly VolumeProblem[];
}

export const NO_REFUSALS: Refusals = { settings: new Map(), volumes: [] };

export function allRefusals(some: readonly Refusals[]): Refusals {
  return {
    settings: new Map(some.flatMap(({ settings }) => [...settings])),
    volumes: some.flatMap(({ volumes }) => volumes),
  };
}
