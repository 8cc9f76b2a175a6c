/** What `ConfigApplied` says. Pure. */
import type { StatedCondition } from '../../api/vocabulary/conditions.ts';

export interface SettingsFindings {
  /** Keys that a process refuses. */
  readonly refused: readonly string[];
  /** Units whose pods have to be replaced. */
  readonly outdated: readonly string[];
  /** Units whose process could not be asked. */
  readonly silent: readonly string[];
  /** Units that were not seen to have all of it. */
  readonly missing: readonly string[];
}

export function configCondition(findings: SettingsFindings): StatedCondition {
  const { refused, outdated, silent, missing } = findings;
  const type = 'ConfigApplied';
  if (refused.length > 0) {
    const message = `refused: ${refused.join(', ')}`;
    return { type, status: 'False', reason: 'Refused', message };
  }
  if (outdated.length > 0) {
    const message = `pods to be replaced: ${outdated.join(', ')}`;
    return { type, status: 'False', reason: 'WaitingForRestart', message };
  }
  if (silent.length > 0) {
    const message = `cannot be asked: ${silent.join(', ')}`;
    return { type, status: 'Unknown', reason: 'Unknown', message };
  }
  if (missing.length > 0) {
    const message = `to be told: ${missing.join(', ')}`;
    return { type, status: 'False', reason: 'Applying', message };
  }
  return { type, status: 'True', reason: 'Applied', message: 'every process shows its settings' };
}
