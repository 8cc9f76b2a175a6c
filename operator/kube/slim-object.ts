/**
 * An object as it is kept: without who manages which field and without the last manifest somebody
 * applied, which nobody reads and which often are more than half of it.
 */
import type { KubeObject } from './object.ts';

const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

/** Takes them out of `object` itself: it was parsed a moment ago and nobody else has it. */
export function slimObject<T extends KubeObject>(object: T): T {
  const metadata = object.metadata as {
    managedFields?: unknown;
    annotations?: Record<string, string>;
  };
  delete metadata.managedFields;
  delete metadata.annotations?.[LAST_APPLIED];
  return object;
}

/** Makes a change of a cached object throw: for tests, as it costs a walk of every object. */
export function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  for (const member of Object.values(value)) deepFreeze(member);
  return Object.freeze(value);
}
