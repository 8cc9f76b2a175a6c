/** What the status of a broker set is made from: what was found, what is planned, what came of it. */
import type { Findings } from '../workload/carrying-out.ts';
import type { Observed } from './observed.ts';
import type { Plan } from './plan.ts';

export interface StatusFacts extends Findings {
  readonly observed: Observed;
  readonly plan: Plan;
}
