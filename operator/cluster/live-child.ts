/** What the umbrella needs to know of a component, as the caches show it. Pure. */
import type { Phase } from '../api/status/shared.ts';
import { conditionTypes, type StalledReason } from '../api/vocabulary/conditions.ts';
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
  return {
    kind,
    name: metadata.name,
    uid: metadata.uid,
    isGoing,
    release: { version: spec.version, image: spec.image },
    ...said,
    isReady: said.isReady && !isGoing,
    isSettled: said.isReady && !isGoing && !isAtWork(component),
    phase: status.phase,
    version: status.version,
    groups,
    readyGroups,
    addresses,
    annotations: metadata.annotations ?? {},
  };
}

/** A set of brokers serves, and so is ready, also while it is rolled. */
function isAtWork({ spec, status = {} }: LiveComponent): boolean {
  const { conditions = [], version } = status;
  const isOther = version !== undefined && spec.version !== undefined && version !== spec.version;
  return (
    isOther || conditions.some(({ type, status: is }) => type === 'Reconciling' && is === 'True')
  );
}

/** What it said before it saw what it is told now does not count. */
function whatItSays({
  metadata,
  status = {},
}: LiveComponent): Pick<LiveChild, 'isReady' | 'reason' | 'message' | 'stalled'> {
  if (status.observedGeneration !== metadata.generation) {
    const message = 'it has not looked at what it is told now';
    return { isReady: false, reason: 'NotReady', message, stalled: undefined };
  }
  const { conditions = [] } = status;
  const ready = conditions.find(({ type }) => type === 'Ready');
  const stalled = conditions.find(({ type, status: is }) => type === 'Stalled' && is === 'True');
  return {
    isReady: ready?.status === 'True',
    reason: ready?.reason ?? 'Creating',
    message: ready?.message ?? 'it says nothing of itself yet',
    stalled:
      stalled !== undefined && isStalledReason(stalled.reason)
        ? { reason: stalled.reason, message: stalled.message }
        : undefined,
  };
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
