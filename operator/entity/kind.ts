/** What differs between topics and consumer groups: one row each, all else is the same. */
import type { ChangeAnswer, ClusterAccess, Found } from '../access/mod.ts';
import type { ClusterReference } from '../api/blocks/cluster-reference.ts';
import type { Metadata } from '../api/metadata.ts';
import type { FinalizerName } from '../api/vocabulary/finalizers.ts';
import type { KubeObject, Resource } from '../kube/mod.ts';
import type { EntityObject } from './siblings.ts';

/** The object with its defaults. */
export interface EntityManifest {
  readonly metadata: Metadata;
  readonly spec: {
    readonly clusterRef: ClusterReference;
    readonly deletionPolicy: 'Retain' | 'Delete';
  };
}

/** The status as far as a reconciler reads what it wrote. */
export interface EntityStatus {
  readonly observedGeneration?: number;
  readonly syncedAt?: string;
  readonly topicName?: string;
  readonly groupName?: string;
}

export interface LiveEntity extends EntityObject {
  readonly status?: EntityStatus;
}

/** Where and what, for a question to a broker or name server. */
export interface Asked {
  readonly address: string;
  /** Name among clients. */
  readonly name: string;
  readonly signal: AbortSignal;
}

export interface EntityKind<Settings> {
  readonly noun: 'topic' | 'consumer group';
  readonly resource: Resource;
  readonly finalizer: FinalizerName;
  /** The field of the status that holds the name of what has been claimed. */
  readonly claimField: 'topicName' | 'groupName';
  readonly find: (access: ClusterAccess, asked: Asked) => Promise<Found<Settings>>;
  readonly put: (
    access: ClusterAccess,
    asked: Asked,
    settings: Settings,
  ) => Promise<ChangeAnswer | undefined>;
  readonly remove: (access: ClusterAccess, asked: Asked) => Promise<ChangeAnswer | undefined>;
  /** What goes with it, for a person: `12 messages`. */
  readonly weigh?: (access: ClusterAccess, asked: Asked) => Promise<string | undefined>;
  /** Takes it out of the routes of a name server. */
  readonly forget?: (access: ClusterAccess, asked: Asked, clusterName: string) => Promise<unknown>;
}

export function isClaimed<Settings>(
  { status }: LiveEntity,
  { claimField }: EntityKind<Settings>,
): boolean {
  return status?.[claimField] !== undefined;
}

/** The annotations of an object that may have none. */
export function annotationOf({ metadata }: KubeObject, name: string): string | undefined {
  return metadata.annotations?.[name];
}
