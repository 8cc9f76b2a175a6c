/** Events (events.k8s.io/v1): what `kubectl describe` shows of what was done to an object, and why. */
import type { KubeObject } from './object.ts';

export interface EventFacts {
  readonly type: 'Normal' | 'Warning';
  /** Why, as one word: `PodDeleted`, `GateHeld`. */
  readonly reason: string;
  /** What was done or refused, as one word: `RollingUpdate`. */
  readonly action: string;
  readonly message: string;
  /** What else it is about: the pod that was deleted. */
  readonly related?: KubeObject;
}

export interface Events {
  /** Never waits and never fails: an event that cannot be written is lost. */
  record(object: KubeObject, facts: EventFacts): void;
}
