/** What the umbrella needs to know of a component, as the caches show it. Pure. */
import type { Phase } from '../api/status/shared.ts';
import { conditionTypes, type ReasonOf, type StalledReason } from '../api/vocabulary/conditions.ts';
import { type Condition, controllerOf, type KubeObject } from '../kube/mod.ts';

export interface LiveComponent extends KubeObject {
  readonly kind: 'NameServer' | 'BrokerSet';
  readonly spec: { readonly version?: string; readonly image?: string };
  readonly status?: {
    readonly observedGeneration?: number;
    readonly phase?: Phase;
    readonly conditions?: readonly Condition[];
    readonly version?: string;
    readonly groups?: number;
    readonly readyGroups?: number;
    readonly addresses?: readonly string[];
  };
}

/** What decides which program runs: the umbrella writes it in its own time. */
export interface Release {
  readonly version?: string | undefined;
  readonly image?: string | undefined;
}

export interface Work {
  readonly reason: ReasonOf<'Reconciling'>;
  readonly message: string;
}

export interface LiveChild {
  readonly kind: 'NameServer' | 'BrokerSet';
  readonly name: string;
  readonly uid: string;
  readonly isGoing: boolean;
  readonly release: Release;
  /** For what it is told now. */
  readonly isReady: boolean;
  /** Ready, with nothing left to do, and all of it of its version: what comes next may begin. */
  readonly isSettled: boolean;
  readonly phase: Phase | undefined;
  /** Why it is not ready. */
  readonly reason: string;
  readonly message: string;
  readonly stalled: { readonly reason: StalledReason; readonly message: string } | undefined;
  /** What is under way in it. */
  readonly work: Work | undefined;
  readonly version: string | undefined;
  readonly groups: number;
  readonly readyGroups: number;
  readonly addresses: readonly string[];
  readonly annotations: Readonly<Record<string, string>>;
}

export function liveChild(component: LiveComponent): LiveChild {
  const { kind, metadata, spec, status = {} } = component;
  const { groups = 0, readyGroups = 0, addresses = [] } = status;
  const isGoing = metadata.deletionTimestamp !== undefined;
  const said = whatItSays(component);
  const isSettled = said.isReady && !isGoing && said.work === undefined;
  return {
    kind,
    name: metadata.name,
    uid: metadata.uid,
    isGoing,
    release: { version: spec.version, image: spec.image },
    ...said,
    isReady: said.isReady && !isGoing,
    isSettled: isSettled && !isOfOtherVersion(component),
    phase: status.phase,
    version: status.version,
    groups,
    readyGroups,
    addresses,
    annotations: metadata.annotations ?? {},
  };
}

function isOfOtherVersion({ spec, status = {} }: LiveComponent): boolean {
  const { version } = status;
  return version !== undefined && spec.version !== undefined && version !== spec.version;
}

/** What it said before it saw what it is told now does not count. */
function whatItSays({
  metadata,
  status = {},
}: LiveComponent): Pick<LiveChild, 'isReady' | 'reason' | 'message' | 'stalled' | 'work'> {
  if (status.observedGeneration !== metadata.generation) {
    return notLooked('it has not looked at what it is told now');
  }
  const { conditions = [] } = status;
  const ready = conditions.find(({ type }) => type === 'Ready');
  const stalled = conditions.find(({ type, status: is }) => type === 'Stalled' && is === 'True');
  return {
    isReady: ready?.status === 'True',
    reason: ready?.reason ?? 'Creating',
    message: messageOf(conditions, ready),
    stalled:
      stalled !== undefined && isStalledReason(stalled.reason)
        ? { reason: stalled.reason, message: stalled.message }
        : undefined,
    work: workOf(conditions),
  };
}

/** Why it is not ready; with what its claims wait for, without which there are no pods. */
function messageOf(conditions: readonly Condition[], ready: Condition | undefined): string {
  if (ready === undefined) return 'it says nothing of itself yet';
  const volumes = conditions.find(({ type }) => type === 'VolumesReady');
  const isHeldUp = ready.status !== 'True' && volumes?.status === 'False';
  return isHeldUp ? `${ready.message}; ${volumes.message}` : ready.message;
}

/** What a component is that was told something it has not looked at. */
export function notLooked(
  message: string,
): Pick<LiveChild, 'isReady' | 'reason' | 'message' | 'stalled' | 'work'> {
  const work = { reason: 'Applying', message } as const;
  return { isReady: false, reason: 'NotReady', message, stalled: undefined, work };
}

/** A set of brokers serves, and so is ready, also while it is rolled. */
function workOf(conditions: readonly Condition[]): Work | undefined {
  const said = conditions.find(({ type, status }) => type === 'Reconciling' && status === 'True');
  if (said === undefined) return undefined;
  const { reason, message } = said;
  return { reason: isWorkReason(reason) ? reason : 'Applying', message };
}

function isWorkReason(reason: string): reason is Work['reason'] {
  return Object.hasOwn(conditionTypes.Reconciling.reasons, reason);
}

function isStalledReason(reason: string): reason is StalledReason {
  return Object.hasOwn(conditionTypes.Stalled.reasons, reason);
}

/** Whether the cluster made it. */
export function isOwn(component: KubeObject, cluster: KubeObject): boolean {
  return controllerOf(component)?.uid === cluster.metadata.uid;
}

/**
 * Whether it was left behind by a cluster of the same name that was deleted without its children:
 * it belongs to nobody, and may be taken over when it is wanted.
 */
export function isOrphan(component: KubeObject, cluster: KubeObject, label: string): boolean {
  const { name } = cluster.metadata;
  return controllerOf(component) === undefined && component.metadata.labels?.[label] === name;
}
