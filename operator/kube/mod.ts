/** The Kubernetes side of the operator: its parts import from here. */
export { applyChild, sweep } from './apply.ts';
export type { Cache, Caches } from './caches.ts';
export type {
  ApplyOptions,
  KubeClient,
  ListOptions,
  PatchOptions,
  RemoveOptions,
} from './client.ts';
export { type Condition, type ConditionChange, setCondition, timeText } from './conditions.ts';
export { BehindError, KubeError, TerminalError } from './errors.ts';
export type { EventFacts, Events } from './events.ts';
export type { Expectations } from './expectations.ts';
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
export {
  MANAGED_BY_LABEL,
  type Resource,
  resourceOf,
  resources,
  type Verb,
} from './resources.ts';
export { writeStatus } from './status.ts';
