/**
 * An API server as small as a reconciler can be tested with: objects in a map, caches that are never
 * behind, every write noted. What server-side apply leaves out stays, which is good enough for one
 * manager.
 */
import type { ClusterAccess } from '../../operator/access/mod.ts';
import {
  type Cache,
  type Context,
  type Desired,
  type Key,
  type KubeClient,
  KubeError,
  type KubeObject,
  keyOf,
  keyText,
  type PatchOptions,
  type Reconciler,
  type RemoveOptions,
  type Resource,
  resources,
  type Verb,
} from '../../operator/kube/mod.ts';
import { assert, type Log } from '../../runtime/mod.ts';

type Json = Record<string, unknown>;

const SILENT: Log = {
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  with: () => SILENT,
};

export class KubeContext {
  /** `apply brokersets shop/orders-main`, in order. */
  readonly writes: string[] = [];
  /** `Created: Made NameServer/orders`, in order. */
  readonly events: string[] = [];
  readonly context: Context;
  /** Thrown by the next writes of a kind of object, for as long as it is set. */
  refusal: { readonly plural: string; readonly error: Error } | undefined;
  /** Plurals of the kinds that somebody has added to this Kubernetes. */
  readonly addOns = new Set<string>();
  nowMs = Date.parse('2026-01-01T00:00:00Z');
  readonly #objects = new Map<string, KubeObject>();
  #count = 0;

  constructor(access: Partial<ClusterAccess> = {}) {
    this.context = {
      signal: new AbortController().signal,
      log: SILENT,
      client: this.#client(),
      caches: { of: (resource) => this.#cache(resource) as never },
      events: {
        record: (_object, { reason, message }) => this.events.push(`${reason}: ${message}`),
      },
      clock: {
        monotonicMs: () => this.nowMs,
        wallMs: () => this.nowMs,
        after: unexpected,
        every: unexpected,
        endOfTurn: unexpected,
      },
      expectations: { isBehind: () => false, requireSeen: () => undefined },
      // What a test does not give its reconciler must not ask.
      access: access as ClusterAccess,
      version: '1.0.0',
    };
  }

  /** An object as somebody writes it. */
  put<T extends KubeObject>(desired: Desired & Readonly<Json>): T {
    return this.#write(resourceFor(desired), desired as unknown as Json) as T;
  }

  find<T extends KubeObject>(resource: Resource, name: string): T | undefined {
    return this.#objects.get(pathOf(resource, { namespace: 'shop', name })) as T | undefined;
  }

  /** Reconciles until nothing is written any more; fails when that takes too long. */
  async settle(reconciler: Reconciler<never>, name: string): Promise<void> {
    for (let round = 0; round < 10; round++) {
      const object = this.find(reconciler.resource, name);
      if (object === undefined) return;
      const before = this.writes.length;
      await reconciler.reconcile(object as never, this.context);
      if (this.writes.length === before) return;
    }
    throw new Error(`It writes on and on: ${this.writes.slice(-5).join(', ')}`);
  }

  /** As `kubectl delete`: it stays while it has finalizers. */
  delete(resource: Resource, name: string): void {
    const object = this.find(resource, name);
    if (object !== undefined) this.#end(resource, object);
  }

  #client(): KubeClient {
    return {
      find: (resource, key) => {
        requireVerbs(resource, 'get');
        return Promise.resolve(this.#objects.get(pathOf(resource, key)) as never);
      },
      list: (resource) => {
        requireVerbs(resource, 'list');
        return Promise.resolve(this.#all(resource) as never);
      },
      apply: (resource, desired, { mustBeNew = false } = {}) => {
        requireVerbs(resource, 'create', 'patch');
        if (mustBeNew && this.#objects.has(pathOf(resource, keyOf(desired)))) {
          const facts = { status: 409, reason: 'Conflict' };
          return Promise.reject(new KubeError('the object has been modified', facts));
        }
        this.#note('apply', resource, keyOf(desired));
        return Promise.resolve(this.#write(resource, desired as unknown as Json) as never);
      },
      applyStatus: (resource, key, status) => {
        this.#note('status', resource, key);
        const { status: _status, ...rest } = this.#require(resource, key);
        return Promise.resolve(this.#keep(resource, { ...rest, status }) as never);
      },
      patch: (resource, key, patch, options) => {
        requireVerbs(resource, 'patch');
        this.#note('patch', resource, key);
        return Promise.resolve(this.#patch(resource, key, patch, options) as never);
      },
      remove: (resource, key, { uid }: RemoveOptions) => {
        requireVerbs(resource, 'delete');
        this.#note('remove', resource, key);
        const object = this.#objects.get(pathOf(resource, key));
        if (object?.metadata.uid === uid) this.#end(resource, object);
        return Promise.resolve();
      },
      serves: ({ plural }) => Promise.resolve(this.addOns.has(plural)),
    };
  }

  #cache(resource: Resource): Cache<KubeObject> {
    return {
      find: (key) => this.#objects.get(pathOf(resource, key)),
      all: (namespace) =>
        this.#all(resource).filter(
          ({ metadata }) => namespace === undefined || metadata.namespace === namespace,
        ),
      ownedBy: (uid) =>
        this.#all(resource).filter(({ metadata }) =>
          metadata.ownerReferences?.some((owner) => owner.uid === uid),
        ),
      labelled: (label, value) =>
        this.#all(resource).filter(({ metadata }) => metadata.labels?.[label] === value),
      hasSynced: true,
    };
  }

  #all(resource: Resource): KubeObject[] {
    return [...this.#objects.values()].filter(({ kind }) => kind === resource.kind);
  }

  #note(verb: string, resource: Resource, key: Key): void {
    const { refusal } = this;
    if (refusal?.plural === resource.plural) throw refusal.error;
    this.writes.push(`${verb} ${resource.plural} ${keyText(key)}`);
  }

  #write(resource: Resource, desired: Json): KubeObject {
    const { metadata, ...rest } = desired as { metadata: Json };
    const key = { namespace: 'shop', name: String(metadata['name']) };
    const before = this.#objects.get(pathOf(resource, key));
    this.#count++;
    const born = {
      namespace: 'shop',
      uid: `uid-${this.#count}`,
      creationTimestamp: new Date(this.nowMs + this.#count).toISOString(),
      generation: 0,
    };
    const next = { ...before, ...rest, metadata: { ...born, ...before?.metadata, ...metadata } };
    return this.#keep(resource, next as unknown as KubeObject);
  }

  #patch(resource: Resource, key: Key, patch: object, options: PatchOptions = {}): KubeObject {
    const before = this.#require(resource, key);
    const { metadata = {}, ...rest } = patch as { metadata?: Json };
    if (options.uid !== undefined && options.uid !== before.metadata.uid) {
      throw new Error(`Cannot patch ${keyText(key)}: it is another one by now`);
    }
    const annotations = { ...before.metadata.annotations, ...(metadata['annotations'] as object) };
    const labels = { ...before.metadata.labels, ...(metadata['labels'] as object) };
    const merged = { ...before.metadata, ...metadata, annotations, labels };
    const next = { ...before, ...rest, metadata: merged };
    const kept = this.#keep(resource, next as unknown as KubeObject);
    const { deletionTimestamp, finalizers = [] } = kept.metadata;
    if (deletionTimestamp !== undefined && finalizers.length === 0) {
      this.#objects.delete(pathOf(resource, key));
    }
    return kept;
  }

  #end(resource: Resource, object: KubeObject): void {
    const { finalizers = [] } = object.metadata;
    if (finalizers.length === 0) {
      this.#objects.delete(pathOf(resource, keyOf(object)));
      return;
    }
    const deletionTimestamp = new Date(this.nowMs).toISOString();
    this.#keep(resource, { ...object, metadata: { ...object.metadata, deletionTimestamp } });
  }

  #require(resource: Resource, key: Key): KubeObject {
    const found = this.#objects.get(pathOf(resource, key));
    if (found === undefined) throw new Error(`There is no ${resource.kind} ${keyText(key)}`);
    return found;
  }

  /** A changed spec is a new generation. */
  #keep(resource: Resource, object: KubeObject): KubeObject {
    const path = pathOf(resource, keyOf(object));
    const before = this.#objects.get(path);
    const isSame = JSON.stringify(before?.spec) === JSON.stringify(object.spec);
    const generation = (before?.metadata.generation ?? 0) + (isSame && before ? 0 : 1);
    const kept = { ...object, metadata: { ...object.metadata, generation, resourceVersion: '1' } };
    this.#objects.set(path, kept);
    return kept;
  }
}

/** What the Role does not grant fails here as well, not only where there are Roles. */
function requireVerbs({ plural, verbs }: Resource, ...needed: readonly Verb[]): void {
  const missing = needed.filter((verb) => !verbs.includes(verb));
  assert(missing.length === 0, `${plural} to be granted ${missing.join(', ')}`);
}

function resourceFor({ kind }: Desired): Resource {
  const found = Object.values<Resource>(resources).find((resource) => resource.kind === kind);
  if (found === undefined) throw new Error(`There is no resource of kind ${kind}`);
  return found;
}

function pathOf({ plural }: Resource, key: Key): string {
  return `${plural} ${keyText(key)}`;
}

function unexpected(): never {
  throw new Error('A reconciler waits for nothing');
}
