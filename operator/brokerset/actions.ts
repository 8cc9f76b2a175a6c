/**
 * What a plan may ask for, as data: tests assert on it, a driver does it. Each can be done again
 * without harm, and whether it was done shows in what is observed next.
 */
import type { Settings } from '../access/mod.ts';
import type { ForceDeletePod } from '../workload/rolling/lost-pod.ts';
import type { DeletePod } from '../workload/rolling/plan.ts';
import type { ChangeClaim, OrphanStatefulSet } from '../workload/volumes/plan.ts';
import type { CopyMetadata, MarkDrained, RemoveGroup, StopGroup } from './scaling/plan.ts';

/** Only what is left out in `changes` is right already; without changes the pod is only stamped. */
export interface TellSettings {
  readonly kind: 'TellSettings';
  readonly group: string;
  readonly address: string;
  readonly changes: Settings;
}

/** What people and Services see of a pod: what it is, and that it has its configuration. */
export interface MarkPod {
  readonly kind: 'MarkPod';
  readonly pod: string;
  readonly uid: string;
  readonly role: string | undefined;
  readonly configApplied: string | undefined;
}

/** Says on a claim whose data it holds, and that it is in use. */
export interface MarkClaim {
  readonly kind: 'MarkClaim';
  readonly claim: string;
  readonly uid: string;
  readonly owner: string;
}

export type QuietAction =
  | ChangeClaim
  | CopyMetadata
  | MarkClaim
  | MarkDrained
  | MarkPod
  | TellSettings;

/** Deletes a pod or a StatefulSet: never more than one between two looks at the world. */
export type DisruptiveAction =
  | DeletePod
  | ForceDeletePod
  | OrphanStatefulSet
  | RemoveGroup
  | StopGroup;

export type Action = QuietAction | DisruptiveAction;
