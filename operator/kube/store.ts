/**
 * The cached objects of one resource, with indexes. Reflectors write it, one for each scope (a
 * namespace, or all of them), each its own part; readers see one whole.
 *
 * Invariant: a scope's version is one whose every change is in here, and no later one. It never
 * goes back: what is older was sent twice and is ignored.
 */
import type { Cache } from './caches.ts';
import { type Key, type KubeObject, keyOf, keyText } from './object.ts';
import { includesVersion } from './resource-version.ts';

/** A namespace, or `ALL`. */
export type Scope = string;
export const ALL: Scope = '';

export interface Change<T extends KubeObject = KubeObject> {
  readonly kind: 'Added' | 'Modified' | 'Deleted';
  /** For `Deleted` the last that was seen of it. */
  readonly object: T;
  /** For `Modified`. */
  readonly before?: T;
}

export type OnChange<T extends KubeObject> = (change: Change<T>) => void;

export class Store<T extends KubeObject = KubeObject> implements Cache<T> {
  readonly #scopes: readonly Scope[];
  readonly #objects = new Map<string, T>();
  /** By scope; absent until it has been listed. */
  readonly #versions = new Map<Scope, string>();
  readonly #owners = new Index<T>(ownersOf);
  /** By label, made when a label is first asked for. */
  readonly #labels = new Map<string, Index<T>>();
  readonly #onChange: OnChange<T>[] = [];

  constructor(scopes: readonly Scope[]) {
    this.#scopes = scopes;
  }

  get hasSynced(): boolean {
    return this.#versions.size === this.#scopes.length;
  }

  get size(): number {
    return this.#objects.size;
  }

  find(key: Key): T | undefined {
    return this.#objects.get(keyText(key));
  }

  all(namespace?: string): readonly T[] {
    const objects = [...this.#objects.values()];
    if (namespace === undefined) return objects;
    return objects.filter(({ metadata }) => metadata.namespace === namespace);
  }

  ownedBy(uid: string): readonly T[] {
    return this.#owners.find(uid);
  }

  labelled(label: string, value: string): readonly T[] {
    let index = this.#labels.get(label);
    if (index === undefined) {
      index = new Index<T>(({ metadata }) => {
        const own = metadata.labels?.[label];
        return own === undefined ? [] : [own];
      });
      for (const [key, object] of this.#objects) index.add(key, object);
      this.#labels.set(label, index);
    }
    return index.find(value);
  }

  /** Called after each change, in their order; when it is called the change is in here. */
  observe(onChange: OnChange<T>): void {
    this.#onChange.push(onChange);
  }

  /** Whether what was written at `version` in `namespace` has been seen. */
  includes(namespace: string | undefined, version: string): boolean {
    const scope = this.#scopes.includes(ALL) ? ALL : (namespace ?? ALL);
    // What is written outside of what is watched is never seen: nothing to wait for.
    if (!this.#scopes.includes(scope)) return true;
    const seen = this.#versions.get(scope);
    // Versions without an order: the writer's own look at the object must do.
    return seen !== undefined && (includesVersion(seen, version) ?? true);
  }

  versionOf(scope: Scope): string | undefined {
    return this.#versions.get(scope);
  }

  /** Makes the part of `scope` exactly `items`: what is missing among them has gone. */
  replace(scope: Scope, items: readonly T[], version: string): void {
    const listed = new Map(items.map((item) => [keyText(keyOf(item)), item]));
    this.#versions.set(scope, version);
    for (const [key, object] of this.#objects) {
      if (isIn(scope, object) && !listed.has(key)) this.#remove(key, object);
    }
    for (const item of items) this.#put(item);
  }

  /** One event of a watch; false when it is no news. */
  apply(scope: Scope, kind: 'Put' | 'Gone', object: T): boolean {
    const { resourceVersion } = object.metadata;
    if (!this.#advance(scope, resourceVersion)) return false;
    if (kind === 'Put') {
      this.#put(object);
      return true;
    }
    const key = keyText(keyOf(object));
    const held = this.#objects.get(key);
    if (held?.metadata.uid === object.metadata.uid) this.#remove(key, object);
    return true;
  }

  /** Nothing has changed up to `version`. */
  bookmark(scope: Scope, version: string): void {
    this.#advance(scope, version);
  }

  #advance(scope: Scope, version: string): boolean {
    const seen = this.#versions.get(scope);
    if (seen !== undefined && includesVersion(seen, version) === true) return false;
    this.#versions.set(scope, version);
    return true;
  }

  #put(object: T): void {
    const key = keyText(keyOf(object));
    const before = this.#objects.get(key);
    if (before === undefined) {
      this.#set(key, object);
      this.#tell({ kind: 'Added', object });
      return;
    }
    if (before.metadata.uid !== object.metadata.uid) {
      // Another one of the same name: whoever waits for the first to go must hear that it has.
      this.#remove(key, before);
      this.#set(key, object);
      this.#tell({ kind: 'Added', object });
      return;
    }
    if (before.metadata.resourceVersion === object.metadata.resourceVersion) return;
    this.#drop(key, before);
    this.#set(key, object);
    this.#tell({ kind: 'Modified', object, before });
  }

  #remove(key: string, last: T): void {
    const held = this.#objects.get(key);
    if (held !== undefined) this.#drop(key, held);
    this.#tell({ kind: 'Deleted', object: last });
  }

  #set(key: string, object: T): void {
    this.#objects.set(key, object);
    this.#owners.add(key, object);
    for (const index of this.#labels.values()) index.add(key, object);
  }

  #drop(key: string, object: T): void {
    this.#objects.delete(key);
    this.#owners.remove(key, object);
    for (const index of this.#labels.values()) index.remove(key, object);
  }

  #tell(change: Change<T>): void {
    for (const onChange of this.#onChange) onChange(change);
  }
}

/** Objects by something that each of them has none, one or several of. */
class Index<T extends KubeObject> {
  readonly #valuesOf: (object: T) => readonly string[];
  readonly #objects = new Map<string, Map<string, T>>();

  constructor(valuesOf: (object: T) => readonly string[]) {
    this.#valuesOf = valuesOf;
  }

  find(value: string): readonly T[] {
    return [...(this.#objects.get(value)?.values() ?? [])];
  }

  add(key: string, object: T): void {
    for (const value of this.#valuesOf(object)) {
      const same = this.#objects.get(value) ?? new Map<string, T>();
      this.#objects.set(value, same.set(key, object));
    }
  }

  remove(key: string, object: T): void {
    for (const value of this.#valuesOf(object)) {
      const same = this.#objects.get(value);
      same?.delete(key);
      if (same?.size === 0) this.#objects.delete(value);
    }
  }
}

function ownersOf({ metadata }: KubeObject): readonly string[] {
  return metadata.ownerReferences?.map(({ uid }) => uid) ?? [];
}

function isIn(scope: Scope, { metadata }: KubeObject): boolean {
  return scope === ALL || metadata.namespace === scope;
}
