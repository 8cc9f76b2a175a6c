/** What a plan needs to know of a pod, and what keeps it from running. Pure. */
import { annotations } from '../api/vocabulary/annotations.ts';
import { labels } from '../api/vocabulary/labels.ts';
import type { KubeObject, OwnerReference } from '../kube/mod.ts';
import { ROLE_LABEL } from '../resources/labels.ts';

interface ContainerState {
  readonly waiting?: { readonly reason?: string; readonly message?: string };
  readonly terminated?: {
    readonly reason?: string;
    readonly message?: string;
    readonly exitCode?: number;
  };
}

/** As the API server sends it, as far as it is read. */
export interface LivePod extends KubeObject {
  readonly spec?: { readonly nodeName?: string };
  readonly status?: {
    readonly phase?: string;
    readonly reason?: string;
    readonly message?: string;
    readonly podIP?: string;
    readonly conditions?: readonly {
      readonly type: string;
      readonly status: string;
      readonly reason?: string;
      readonly message?: string;
      readonly lastTransitionTime?: string;
    }[];
    readonly containerStatuses?: readonly {
      readonly restartCount?: number;
      readonly state?: ContainerState;
      readonly lastState?: ContainerState;
    }[];
  };
}

export interface Trouble {
  readonly reason: 'ImagePull' | 'CrashLoop' | 'Evicted' | 'Unschedulable' | 'NotStarting';
  readonly message: string;
}

export interface PodFacts {
  readonly name: string;
  readonly uid: string;
  readonly revision: string | undefined;
  readonly isReady: boolean;
  /** Since when it is what `isReady` says. */
  readonly readinessSinceMs: number;
  readonly ip: string | undefined;
  readonly node: string | undefined;
  readonly isGoing: boolean;
  /** When its time to end is over, once it is going. */
  readonly goneByMs: number | undefined;
  readonly trouble: Trouble | undefined;
  /** Hash of the settings it has confirmed. */
  readonly configApplied: string | undefined;
  readonly roleLabel: string | undefined;
  /** Version of Gantry that it runs. */
  readonly version: string | undefined;
  readonly owners: readonly OwnerReference[];
}

export function podFacts({ metadata, spec, status }: LivePod): PodFacts {
  const ready = status?.conditions?.find(({ type }) => type === 'Ready');
  const { deletionTimestamp } = metadata;
  return {
    name: metadata.name,
    uid: metadata.uid,
    revision: metadata.labels?.['controller-revision-hash'],
    isReady: ready?.status === 'True' && deletionTimestamp === undefined,
    readinessSinceMs: Date.parse(ready?.lastTransitionTime ?? metadata.creationTimestamp),
    ip: status?.podIP,
    node: spec?.nodeName,
    isGoing: deletionTimestamp !== undefined,
    goneByMs: deletionTimestamp === undefined ? undefined : Date.parse(deletionTimestamp),
    trouble: troubleOf(status),
    configApplied: metadata.annotations?.[annotations.configApplied.name],
    roleLabel: metadata.labels?.[ROLE_LABEL],
    version: metadata.labels?.[labels.version.name],
    owners: metadata.ownerReferences ?? [],
  };
}

const PULL_FAILURES: readonly string[] = [
  'ImagePullBackOff',
  'ErrImagePull',
  'InvalidImageName',
  'ErrImageNeverPull',
];

/** Waiting for these is what every pod does at first. */
const USUAL: readonly string[] = ['ContainerCreating', 'PodInitializing'];

function troubleOf(status: LivePod['status']): Trouble | undefined {
  if (status?.phase === 'Failed' && status.reason === 'Evicted') {
    return { reason: 'Evicted', message: status.message ?? 'the pod was evicted' };
  }
  for (const container of status?.containerStatuses ?? []) {
    const trouble = containerTrouble(container);
    if (trouble !== undefined) return trouble;
  }
  const scheduled = status?.conditions?.find(({ type }) => type === 'PodScheduled');
  if (scheduled?.status === 'False') {
    return { reason: 'Unschedulable', message: scheduled.message ?? 'no node takes the pod' };
  }
  return undefined;
}

type ContainerStatus = NonNullable<NonNullable<LivePod['status']>['containerStatuses']>[number];

/** Ended so often, and it is no accident. */
const RESTARTS_OF_A_LOOP = 3;

function containerTrouble(container: ContainerStatus): Trouble | undefined {
  const { state, lastState, restartCount = 0 } = container;
  const waiting = state?.waiting;
  const ended = state?.terminated ?? lastState?.terminated;
  if (waiting?.reason === 'CrashLoopBackOff' || (ended && restartCount >= RESTARTS_OF_A_LOOP)) {
    return { reason: 'CrashLoop', message: endOf(ended) };
  }
  if (waiting?.reason === undefined || USUAL.includes(waiting.reason)) return undefined;
  const message = waiting.message ?? waiting.reason;
  const reason = PULL_FAILURES.includes(waiting.reason) ? 'ImagePull' : 'NotStarting';
  return { reason, message };
}

function endOf(terminated: ContainerState['terminated']): string {
  const { reason = 'Error', exitCode, message } = terminated ?? {};
  const code = exitCode === undefined ? '' : ` with exit code ${exitCode}`;
  const words = message === undefined || message === '' ? '' : `: ${message.trim()}`;
  return `its container ended${code} (${reason})${words}`;
}
