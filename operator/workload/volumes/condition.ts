/** What `VolumesReady` and `DataDurable` say. Pure. */
import type { StorageSpec } from '../../api/blocks/storage.ts';
import type { ReasonOf, StatedCondition } from '../../api/vocabulary/conditions.ts';
import type { VolumeProblem } from './plan.ts';

export interface VolumeFindings {
  readonly storage: StorageSpec;
  readonly problems: readonly VolumeProblem[];
  /** What should have a claim and has none. */
  readonly missing: readonly string[];
}

/** Worst first: what a person has to mend stands before what time mends. */
const WORST_FIRST: readonly ReasonOf<'VolumesReady'>[] = [
  'ForeignClaim',
  'Lost',
  'QuotaExceeded',
  'NoStorageClass',
  'NotExpandable',
  'ExpansionFailed',
  'FileSystemResizePending',
  'Pending',
  'Expanding',
];

export function volumesCondition(findings: VolumeFindings): StatedCondition {
  const { storage, problems, missing } = findings;
  const type = 'VolumesReady';
  if (storage.ephemeral !== undefined) {
    return { type, status: 'True', reason: 'NoVolumes', message: 'the data is ephemeral' };
  }
  const worst = WORST_FIRST.find((reason) => problems.some((one) => one.reason === reason));
  if (worst !== undefined) {
    const message = problems.map((one) => one.message).join('; ');
    return { type, status: 'False', reason: worst, message };
  }
  if (missing.length > 0) {
    const message = `no claim yet: ${missing.join(', ')}`;
    return { type, status: 'False', reason: 'Pending', message };
  }
  return {
    type,
    status: 'True',
    reason: 'Bound',
    message: 'all claims are bound and large enough',
  };
}

export function durableCondition({ ephemeral }: StorageSpec): StatedCondition {
  const type = 'DataDurable';
  return ephemeral === undefined
    ? { type, status: 'True', reason: 'OnVolumes', message: 'the data outlives its pods' }
    : { type, status: 'False', reason: 'Ephemeral', message: 'the data dies with its pod' };
}
