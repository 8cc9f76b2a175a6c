/** What `AvailabilityRisk` and `Paused` say, and a roll in words. Pure. */

import type { Condition } from '../../api/status/conditions.ts';
import { annotations } from '../../api/vocabulary/annotations.ts';
import type { StatedCondition } from '../../api/vocabulary/conditions.ts';
import type { Gate } from '../../api/vocabulary/gates.ts';
import type { RollPlan } from './plan.ts';

/** Said before the first pod goes: a plan looks for it in the status that was written. */
export function riskCondition({ outdated }: Pick<RollPlan, 'outdated'>): StatedCondition {
  const type = 'AvailabilityRisk';
  if (outdated.length === 0) {
    const message = 'nothing that is planned interrupts clients';
    return { type, status: 'False', reason: 'None', message };
  }
  const message = `each of these serves nobody while its pod is replaced: ${outdated.join(', ')}`;
  return { type, status: 'True', reason: 'SingleReplica', message };
}

export function isRiskAnnounced(written: readonly Condition[]): boolean {
  return written.some(({ type, status }) => type === 'AvailabilityRisk' && status === 'True');
}

export function pausedCondition({ stuck, outdated }: RollPlan, isPaused: boolean): StatedCondition {
  const type = 'Paused';
  if (isPaused) {
    const message = `the annotation ${annotations.paused.name} is set`;
    return { type, status: 'True', reason: 'ByAnnotation', message };
  }
  if (stuck !== undefined && outdated.length > 0) {
    return { type, status: 'True', reason: 'RollFailed', message: stuck.message };
  }
  return { type, status: 'False', reason: 'NotPaused', message: 'changes are made' };
}

/** Each by its name, once: what of the status says so to who reads no sentences. */
export function gateNames({ gates }: Pick<RollPlan, 'gates'>): { readonly gates?: Gate[] } {
  const names = [...new Set(gates.map(({ gate }) => gate))];
  return names.length > 0 ? { gates: names } : {};
}

/** Undefined when there is nothing to roll. */
export function rollingCondition({ outdated, busy, gates }: RollPlan): StatedCondition | undefined {
  if (outdated.length === 0 && busy.size === 0) return undefined;
  const left = outdated.length === 0 ? 'the last pod settles' : `outdated: ${outdated.join(', ')}`;
  const held = gates.map(({ gate, message }) => `${gate} (${message})`).join(', ');
  const message = held === '' ? left : `${left}; held by ${held}`;
  return { type: 'Reconciling', status: 'True', reason: 'RollingUpdate', message };
}
