/** What a plan needs to know of a claim: whose data it holds, how large it is and is to become. Pure. */
import { findBytes } from '../api/quantity.ts';
import { annotations } from '../api/vocabulary/annotations.ts';
import type { KubeObject } from '../kube/mod.ts';

/** As the API server sends it, as far as it is read. */
export interface LiveClaim extends KubeObject {
  readonly spec: {
    readonly storageClassName?: string;
    readonly volumeAttributesClassName?: string;
    readonly resources?: { readonly requests?: { readonly storage?: string } };
  };
  readonly status?: {
    readonly phase?: string;
    readonly capacity?: { readonly storage?: string };
    readonly allocatedResourceStatuses?: { readonly storage?: string };
    readonly conditions?: readonly {
      readonly type: string;
      readonly status: string;
      readonly message?: string;
      readonly lastTransitionTime?: string;
    }[];
  };
}

export interface ClaimFacts {
  readonly name: string;
  readonly uid: string;
  /** As the annotation says; undefined for one that nobody of ours has used. */
  readonly owner: string | undefined;
  readonly drainedAt: string | undefined;
  readonly phase: 'Pending' | 'Bound' | 'Lost';
  readonly requestedBytes: number;
  /** What there is; undefined before there is a volume. */
  readonly capacityBytes: number | undefined;
  readonly storageClass: string | undefined;
  /** There is no class of that name; left out where nobody has looked. */
  readonly isClassMissing?: boolean;
  readonly volumeAttributesClass: string | undefined;
  /** The volume has grown, its file system waits for the pod, since then. */
  readonly fileSystemPendingSinceMs: number | undefined;
  /** Why it cannot grow. */
  readonly failure: string | undefined;
  /** UIDs of its owners: with them it would go. */
  readonly owners: readonly string[];
  readonly isGoing: boolean;
}

export function claimFacts({ metadata, spec, status = {} }: LiveClaim): ClaimFacts {
  const { phase, capacity } = status;
  const { annotations: marks = {}, ownerReferences = [] } = metadata;
  return {
    name: metadata.name,
    uid: metadata.uid,
    owner: marks[annotations.owner.name],
    drainedAt: marks[annotations.drainedAt.name],
    phase: phase === 'Bound' || phase === 'Lost' ? phase : 'Pending',
    requestedBytes: findBytes(spec.resources?.requests?.storage) ?? 0,
    capacityBytes: findBytes(capacity?.storage),
    storageClass: spec.storageClassName,
    volumeAttributesClass: spec.volumeAttributesClassName,
    fileSystemPendingSinceMs: fileSystemPendingSince(status),
    failure: failureOf(status),
    owners: ownerReferences.map(({ uid }) => uid),
    isGoing: metadata.deletionTimestamp !== undefined,
  };
}

function fileSystemPendingSince({ conditions = [] }: ClaimStatus): number | undefined {
  const pending = conditions.find(
    ({ type, status: is }) => type === 'FileSystemResizePending' && is === 'True',
  );
  const since = pending?.lastTransitionTime;
  return since === undefined ? undefined : Date.parse(since);
}

type ClaimStatus = NonNullable<LiveClaim['status']>;

const FAILURES: readonly string[] = ['ControllerResizeError', 'NodeResizeError'];
const INFEASIBLE: readonly string[] = ['ControllerResizeInfeasible', 'NodeResizeInfeasible'];

function failureOf(status: ClaimStatus): string | undefined {
  const condition = status.conditions?.find(
    ({ type, status: is }) => FAILURES.includes(type) && is === 'True',
  );
  if (condition !== undefined) return condition.message ?? condition.type;
  const resize = status.allocatedResourceStatuses?.storage;
  return resize !== undefined && INFEASIBLE.includes(resize) ? resize : undefined;
}
