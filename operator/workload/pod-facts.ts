/** What a plan needs to know of a pod, and what keeps it from running. Pure. */
import { annotations } from '../api/vocabulary/annotations.ts';
import { labels } from '../api/vocabulary/labels.ts';
import type { KubeObject, OwnerReference } from '../kube/mod.ts';
import { ROLE_LABEL } from '../resources/labels.ts';

interface Waiting {
  readonly reason?: string;
  readonly message?: string;
}

interface ContainerState {
  readonly waiting?: Waiting;
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
  readonly reason:
    | 'ImagePull'
    | 'CrashLoop'
    | 'Evicted'
    | 'IdentityMismatch'
    | 'Unschedulable'
    | 'NotStarting';
  readonly message: string;
}

export interface PodFacts {
  readonly name: string;
  readonly uid: string;
  readonly revision: string | undefined;
  readonly isReady: boolean;
  /** Since when it is what `isReady` says. */
  readonly readinessSinceMs: number;
  /** Kubernetes has lost its node, and with that knows nothing of it any more. */
  readonly isCutOff: boolean;
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

export function podFacts({ metadata, spec = {}, status = {} }: LivePod): PodFacts {
  const { deletionTimestamp, labels: own = {}, annotations: marks = {} } = metadata;
  const ready = conditionOf(status, 'Ready');
  return {
    name: metadata.name,
    uid: metadata.uid,
    revision: own['controller-revision-hash'],
    isReady: ready?.status === 'True' && deletionTimestamp === undefined,
    readinessSinceMs: Date.parse(ready?.lastTransitionTime ?? metadata.creationTimestamp),
    isCutOff: isCutOff(status),
    ip: status.podIP,
    node: spec.nodeName,
    isGoing: deletionTimestamp !== undefined,
    goneByMs: deletionTimestamp === undefined ? undefined : Date.parse(deletionTimestamp),
    trouble: troubleOf(status),
    configApplied: marks[annotations.configApplied.name],
    roleLabel: own[ROLE_LABEL],
    version: own[labels.version.name],
    owners: metadata.ownerReferences ?? [],
  };
}

/** The version that all of them run; undefined while they run several, or none. */
export function commonVersion(pods: readonly PodFacts[]): string | undefined {
  const versions = new Set(pods.map(({ version }) => version));
  const [running] = versions;
  return versions.size === 1 ? running : undefined;
}

const PULL_FAILURES: readonly string[] = [
  'ImagePullBackOff',
  'ErrImagePull',
  'InvalidImageName',
  'ErrImageNeverPull',
];

/** Waiting for these is what every pod does at first. */
const USUAL: readonly string[] = ['', 'ContainerCreating', 'PodInitializing'];

type PodStatus = NonNullable<LivePod['status']>;
type ContainerStatus = NonNullable<PodStatus['containerStatuses']>[number];

function conditionOf({ conditions = [] }: PodStatus, type: string) {
  return conditions.find((condition) => condition.type === type);
}

/**
 * A kubelet says why a pod is not ready. Whoever speaks for a node that is silent only takes `Ready`
 * back: the containers stay as the kubelet saw them last.
 */
function isCutOff(status: PodStatus): boolean {
  const ready = conditionOf(status, 'Ready');
  if (ready?.status === 'Unknown' || ready?.reason === 'NodeStatusUnknown') return true;
  const isTakenBack = ready?.status === 'False' && (ready.reason ?? '') === '';
  return isTakenBack && conditionOf(status, 'ContainersReady')?.status === 'True';
}

function troubleOf(status: PodStatus): Trouble | undefined {
  const { phase, reason, message = 'the pod was evicted', containerStatuses = [] } = status;
  if (phase === 'Failed' && reason === 'Evicted') return { reason: 'Evicted', message };
  const troubles = containerStatuses.flatMap((container) => containerTrouble(container) ?? []);
  return troubles[0] ?? placeTrouble(status);
}

function placeTrouble(status: PodStatus): Trouble | undefined {
  const scheduled = conditionOf(status, 'PodScheduled');
  if (scheduled?.status !== 'False') return undefined;
  return { reason: 'Unschedulable', message: scheduled.message ?? 'no node takes the pod' };
}

/** What a broker ends with whose store belongs to another one: the reference of exit codes. */
export const WRONG_IDENTITY = 8;

/** Ended so often, and it is no accident. */
const RESTARTS_OF_A_LOOP = 3;

function containerTrouble(container: ContainerStatus): Trouble | undefined {
  const { waiting } = container.state ?? {};
  const reason = whyEnded(container);
  if (reason !== undefined) return { reason, message: endOf(lastEnd(container)) };
  return waiting === undefined ? undefined : waitingTrouble(waiting);
}

function lastEnd({ state, lastState }: ContainerStatus): ContainerState['terminated'] {
  return state?.terminated ?? lastState?.terminated;
}

/** Undefined for an end that may be an accident. */
function whyEnded(container: ContainerStatus): 'CrashLoop' | 'IdentityMismatch' | undefined {
  const { state, restartCount = 0 } = container;
  const ended = lastEnd(container);
  if (ended?.exitCode === WRONG_IDENTITY) return 'IdentityMismatch';
  const isLoop = ended !== undefined && restartCount >= RESTARTS_OF_A_LOOP;
  return isLoop || state?.waiting?.reason === 'CrashLoopBackOff' ? 'CrashLoop' : undefined;
}

function waitingTrouble({
  reason: waitsFor = '',
  message = waitsFor,
}: Waiting): Trouble | undefined {
  if (USUAL.includes(waitsFor)) return undefined;
  const reason = PULL_FAILURES.includes(waitsFor) ? 'ImagePull' : 'NotStarting';
  return { reason, message };
}

function endOf(terminated: ContainerState['terminated']): string {
  const { reason = 'Error', exitCode, message } = terminated ?? {};
  const code = exitCode === undefined ? '' : ` with exit code ${exitCode}`;
  const words = message === undefined || message === '' ? '' : `: ${message.trim()}`;
  return `its container ended${code} (${reason})${words}`;
}
