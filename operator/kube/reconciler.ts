/** What a kind's part of the operator is, and what it is given. */
import type { Clock, Log } from '../../runtime/mod.ts';
import type { ClusterAccess } from '../access/mod.ts';
import type { Caches } from './caches.ts';
import type { KubeClient } from './client.ts';
import type { Events } from './events.ts';
import type { Expectations } from './expectations.ts';
import type { Key, KubeObject } from './object.ts';
import type { Resource } from './resources.ts';

export interface Outcome {
  /** When to look again; 60 s ± 20 % unless told, for RocketMQ's state is not watched. */
  readonly requeueAfterMs?: number;
}

export interface Context {
  /** Aborted when the reconcile has taken too long, leadership is lost, or the operator stops. */
  readonly signal: AbortSignal;
  /** Every line carries the kind, the object and an id of this reconcile. */
  readonly log: Log;
  /** Bound to this reconcile: obeys `signal`, writes only while this process leads. */
  readonly client: KubeClient;
  readonly caches: Caches;
  readonly events: Events;
  readonly clock: Clock;
  readonly expectations: Expectations;
  /** Changes something only while this process leads. */
  readonly access: ClusterAccess;
  /** The operator's own version: what a component runs that names none. */
  readonly version: string;
}

/** Objects of another resource, not owned, whose changes matter to a kind. */
export interface Follow {
  readonly resource: Resource;
  /** The objects of the kind that are to be looked at again when `changed` changes or goes. */
  readonly keysOf: (changed: KubeObject, caches: Caches) => readonly Key[];
  /** What of an object matters; a change that leaves it as it was is none. All of it when absent. */
  readonly matter?: (object: KubeObject) => unknown;
}

/**
 * A kind's reconciler. It remembers nothing between two calls. What only a change of the object can
 * help it says in a status (`Stalled`) and is done; what it throws is tried again, later each time.
 */
export interface Reconciler<T extends KubeObject = KubeObject> {
  /** In log lines, metrics and the field manager's name. */
  readonly name: string;
  readonly resource: Resource;
  /** Children: a change of one brings its owner into the queue. */
  readonly owns: readonly Resource[];
  readonly follows?: readonly Follow[];
  /** Not called before the caches have seen what the last call for this object wrote. */
  reconcile(object: Readonly<T>, context: Context): Promise<Outcome>;
}
