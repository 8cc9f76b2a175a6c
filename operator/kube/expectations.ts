/** Which of our own writes the caches have not seen yet: a stale view must not make us act twice. */
import type { Key } from './object.ts';
import type { Resource } from './resources.ts';

export interface Expectations {
  /** Whether something written to this object is not in the caches yet. */
  isBehind(resource: Resource, key: Key): boolean;
  /** Throws a `BehindError`, which brings the reconcile back in 100 ms. */
  requireSeen(resource: Resource, key: Key): void;
}
