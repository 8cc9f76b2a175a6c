/**
 * What the API server holds, as far as it is watched. A reader gets the object itself and may not
 * change it. It may be a little old: what depends on that asks `Expectations` or the API server.
 */
import type { Key, KubeObject } from './object.ts';
import type { Resource } from './resources.ts';

export interface Cache<T extends KubeObject> {
  find(key: Key): Readonly<T> | undefined;
  all(namespace?: string): readonly T[];
  /** Those with an owner reference to `uid`, the controller's or another. */
  ownedBy(uid: string): readonly T[];
  labelled(label: string, value: string): readonly T[];
  /** Whether a whole list has been seen since the start. */
  readonly hasSynced: boolean;
}

export interface Caches {
  of<T extends KubeObject>(resource: Resource): Cache<T>;
}
