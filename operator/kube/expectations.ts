/**
 * Which of our own writes the caches have not seen yet: a stale view must not make us act twice.
 *
 * A write is seen when the cache includes the version that it was answered with. A reconcile of an
 * object begins only when all writes of the one before have been seen, so it reads what it wrote.
 * Nothing expires: a cache that is behind gets there with its next list at the latest. Bounded by
 * what is written and not seen: what is seen goes when it is asked about, and what a writer that is
 * gone has left goes with the next one that is forgotten.
 */

import { MANAGED_BY } from '../api/vocabulary/labels.ts';
import type { Written } from './client.ts';
import { BehindError } from './errors.ts';
import { type Key, type KubeObject, keyText } from './object.ts';
import { MANAGED_BY_LABEL, type Resource } from './resources.ts';
import type { Store } from './store.ts';

export interface Expectations {
  /** Whether something written to this object is not in the caches yet. */
  isBehind(resource: Resource, key: Key): boolean;
  /** Throws a `BehindError`, which brings the reconcile back in 100 ms. */
  requireSeen(resource: Resource, key: Key): void;
}

interface Expected {
  readonly resource: Resource;
  readonly key: Key;
  readonly version: string | undefined;
  readonly removedUid: string | undefined;
}

export class WriteExpectations implements Expectations {
  readonly #findStore: (resource: Resource) => Store | undefined;
  /** By object, what was last written to it. */
  readonly #expected = new Map<string, Expected>();
  /** By writer, the objects it wrote to. */
  readonly #written = new Map<string, Set<string>>();
  /** Objects that writers that are gone wrote to: nobody may ever ask about them again. */
  readonly #left = new Set<string>();

  constructor(findStore: (resource: Resource) => Store | undefined) {
    this.#findStore = findStore;
  }

  /** `writer` is the object whose reconcile has written. */
  note(writer: string, resource: Resource, key: Key, written: Written): void {
    if (this.#findStore(resource) === undefined) return;
    const { object } = written;
    if (object !== undefined && !isWatched(resource, object)) return;
    const removedUid = 'removedUid' in written ? written.removedUid : undefined;
    const id = idOf(resource, key);
    this.#expected.set(id, {
      resource,
      key,
      removedUid,
      version: object?.metadata.resourceVersion,
    });
    this.#written.set(writer, (this.#written.get(writer) ?? new Set()).add(id));
  }

  /** Whether all that `writer` wrote has been seen. */
  isSettled(writer: string): boolean {
    const ids = this.#written.get(writer);
    if (ids === undefined) return true;
    for (const id of ids) {
      if (!this.#isPending(id)) ids.delete(id);
    }
    if (ids.size > 0) return false;
    this.#written.delete(writer);
    return true;
  }

  /** What it wrote stays unseen until it is seen: who comes after it must not act on less. */
  forget(writer: string): void {
    for (const id of this.#written.get(writer) ?? []) this.#left.add(id);
    this.#written.delete(writer);
    for (const id of this.#left) {
      if (!this.#isPending(id)) this.#left.delete(id);
    }
  }

  /** How many objects are kept in mind. */
  get size(): number {
    return this.#expected.size;
  }

  isBehind(resource: Resource, key: Key): boolean {
    return this.#isPending(idOf(resource, key));
  }

  requireSeen(resource: Resource, key: Key): void {
    if (!this.isBehind(resource, key)) return;
    throw new BehindError(`${resource.kind} "${keyText(key)}" is behind what was written to it`);
  }

  #isPending(id: string): boolean {
    const expected = this.#expected.get(id);
    if (expected === undefined) return false;
    if (!this.#isSeen(expected)) return true;
    this.#expected.delete(id);
    return false;
  }

  #isSeen({ resource, key, version, removedUid }: Expected): boolean {
    const store = this.#findStore(resource);
    if (store === undefined) return true;
    if (version !== undefined) return store.includes(key.namespace, version);
    const held = store.find(key);
    if (held === undefined || held.metadata.uid !== removedUid) return true;
    return held.metadata.deletionTimestamp !== undefined;
  }
}

/** An object without our label is in no cache, and so never seen. */
function isWatched(resource: Resource, { metadata }: KubeObject): boolean {
  return resource.watched !== 'managed' || metadata.labels?.[MANAGED_BY_LABEL] === MANAGED_BY;
}

function idOf({ plural, apiVersion }: Resource, key: Key): string {
  return `${apiVersion}/${plural}/${keyText(key)}`;
}
