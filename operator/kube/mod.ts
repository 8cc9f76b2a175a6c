/** The Kubernetes side of the operator: its parts import from here. */

export { operatorMeter } from '../metrics.ts';
export { ApiServer } from './api-server.ts';
export { applyChild, sweep } from './apply.ts';
export { isBug } from './bug.ts';
export type { Cache, Caches } from './caches.ts';
export type {
  ApplyOptions,
  KubeClient,
  ListOptions,
  PatchOptions,
  RemoveOptions,
} from './client.ts';
export { type Binding, kubeClient } from './client.ts';
export { type Condition, type Stamp, stampConditions, timeText } from './conditions.ts';
export { loadCredentials } from './credentials.ts';
export { ForeignObjectError, KubeError } from './errors.ts';
export type { EventFacts, Events } from './events.ts';
export type { Expectations } from './expectations.ts';
export { inParallel } from './in-parallel.ts';
export { findLabelSelector } from './label-selector.ts';
export {
  controllerOf,
  controllerReference,
  type Desired,
  type Key,
  type KubeObject,
  keyOf,
  keyText,
  type ObjectMeta,
  type OwnerReference,
} from './object.ts';
export type { Context, Follow, Outcome, Reconciler } from './reconciler.ts';
export { Reconcilers, type ReconcilersOptions } from './reconcilers.ts';
export { Reflector, type RestartCause } from './reflector.ts';
export {
  type Resource,
  resourceOf,
  resources,
  type Verb,
} from './resources.ts';
export { deepFreeze } from './slim-object.ts';
export { type Stall, stalledConditions } from './stalled.ts';
export { writeStatus } from './status.ts';
export { ALL, type Scope, Store } from './store.ts';
export { httpTransport } from './transport.ts';
