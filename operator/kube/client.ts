/**
 * The API server, for reconcilers: raw JSON in and out, so that fields younger than this program
 * survive; server-side apply for whole objects, merge patches for a field, never read-modify-write.
 */
import { requireObject, requirePage } from './answers.ts';
import type { ApiServer } from './api-server.ts';
import { KubeError } from './errors.ts';
import { type Desired, isKubeObject, type Key, type KubeObject, keyOf } from './object.ts';
import type { Refusals } from './refusals.ts';
import { collectionPath, objectPath, type Resource } from './resources.ts';

export interface ListOptions {
  readonly namespace?: string;
  readonly labels?: Readonly<Record<string, string>>;
  /** By fields that the API server can select by: `regarding.uid` of events. */
  readonly fields?: Readonly<Record<string, string>>;
}

export interface ApplyOptions {
  /** Who owns the fields: a row of `managers`. */
  readonly manager?: string;
  /** Asks whether it would be accepted, and does nothing. */
  readonly dryRun?: boolean;
  /** Fails with a 409 when there is one of that name: an apply would be merged into it. */
  readonly mustBeNew?: boolean;
}

/** Which object a status is of. */
export interface StatusTarget extends Key {
  /**
   * Fails with a 409 when there is another version by now, as after a first try whose answer was
   * lost. Of custom resources a uid would be ignored.
   */
  readonly resourceVersion?: string;
  /** Of the object that has this version: what this client has made of it since will do as well. */
  readonly uid?: string;
}

export interface PatchOptions {
  /** The patch fails when the object is another one by now. */
  readonly uid?: string;
  /** The patch fails when the object has changed since. */
  readonly resourceVersion?: string;
  readonly subresource?: 'status';
}

export interface RemoveOptions {
  /** The object that is meant; another one of the same name stays. */
  readonly uid: string;
  readonly propagation?: 'Background' | 'Foreground' | 'Orphan';
  /** Time to end, where it is not what the object says; 0 waits for no node's word. */
  readonly graceSeconds?: number;
}

/** Every call throws a `KubeError` when it is refused or unanswered in time. */
export interface KubeClient {
  /** A live read, past the caches; undefined when there is none. */
  find<T extends KubeObject>(resource: Resource, key: Key): Promise<T | undefined>;
  list<T extends KubeObject>(resource: Resource, options?: ListOptions): Promise<readonly T[]>;
  /** Server-side apply, by force: what is in `desired` becomes ours. */
  apply<T extends KubeObject>(
    resource: Resource,
    desired: Desired,
    options?: ApplyOptions,
  ): Promise<T>;
  applyStatus<T extends KubeObject>(
    resource: Resource,
    target: StatusTarget,
    status: object,
    manager?: string,
  ): Promise<T>;
  /** A JSON merge patch (RFC 7386). */
  patch<T extends KubeObject>(
    resource: Resource,
    key: Key,
    patch: object,
    options?: PatchOptions,
  ): Promise<T>;
  /** Done as well when it is gone, or another one has its name. */
  remove(resource: Resource, key: Key, options: RemoveOptions): Promise<void>;
  /** Whether the API server knows the resource: for those that an add-on brings. */
  serves(resource: Resource): Promise<boolean>;
}

/** Whose calls these are, and what is to be seen of their writes. */
export interface Binding {
  /** The field manager when a call names none. */
  readonly manager: string;
  readonly signal?: AbortSignal;
  /** Looks that were refused; what is in here is not asked again. */
  readonly refusals?: Refusals;
  /** Before every try of a write; throws when nothing may be written any more. */
  readonly beforeWrite?: () => void;
  /** What the API server has made of a write. */
  readonly onWritten?: (resource: Resource, key: Key, written: Written) => void;
}

export type Written =
  | { readonly object: KubeObject }
  /** It goes, or has gone. */
  | { readonly removedUid: string; readonly object?: KubeObject };

/** Lists come in pages of so many. */
const PAGE_OBJECTS = 500;

const APPLY = 'application/apply-patch+yaml';
const MERGE = 'application/merge-patch+json';

/** The client of `binding` on `server`. */
export function kubeClient(server: ApiServer, binding: Binding): KubeClient {
  return new BoundClient(server, binding);
}

class BoundClient implements KubeClient {
  readonly #server: ApiServer;
  readonly #binding: Binding;
  /** The object that was last patched, or whose status was written. */
  #lastPatched: KubeObject | undefined;

  constructor(server: ApiServer, binding: Binding) {
    this.#server = server;
    this.#binding = binding;
  }

  async find<T extends KubeObject>(resource: Resource, key: Key): Promise<T | undefined> {
    const { refusals } = this.#binding;
    const refusal = refusals?.find(resource);
    if (refusal !== undefined) throw refusal;
    try {
      const path = objectPath(resource, key);
      return requireObject<T>({ method: 'GET', path }, await this.#read(path));
    } catch (error) {
      if (isMissing(error)) return undefined;
      refusals?.note(resource, error);
      throw error;
    }
  }

  async list<T extends KubeObject>(
    resource: Resource,
    { namespace, labels = {}, fields = {} }: ListOptions = {},
  ): Promise<readonly T[]> {
    const found: T[] = [];
    const selector = selectorText(labels);
    const fieldSelector = selectorText(fields);
    let token = '';
    do {
      const query = new URLSearchParams({ limit: String(PAGE_OBJECTS) });
      if (selector !== '') query.set('labelSelector', selector);
      if (fieldSelector !== '') query.set('fieldSelector', fieldSelector);
      if (token !== '') query.set('continue', token);
      const path = `${collectionPath(resource, namespace)}?${query.toString()}`;
      const page = requirePage<T>({ method: 'GET', path }, await this.#read(path));
      for (const item of page.items) found.push(completed(item, resource));
      token = page.metadata.continue ?? '';
    } while (token !== '');
    return found;
  }

  async apply<T extends KubeObject>(
    resource: Resource,
    desired: Desired,
    { manager = this.#binding.manager, dryRun = false, mustBeNew = false }: ApplyOptions = {},
  ): Promise<T> {
    const query = { fieldManager: manager, force: 'true', ...(dryRun ? { dryRun: 'All' } : {}) };
    const key = keyOf(desired);
    const change = {
      path: withQuery(objectPath(resource, key), query),
      body: mustBeNew ? ofNoVersion(desired) : desired,
      contentType: APPLY,
      isRepeatable: true,
    };
    // What would be made has no version yet.
    if (dryRun) return (await this.#write('PATCH', change)) as T;
    const applied = await this.#change<T>(change);
    this.#binding.onWritten?.(resource, key, { object: applied });
    return applied;
  }

  async applyStatus<T extends KubeObject>(
    resource: Resource,
    target: StatusTarget,
    status: object,
    manager = this.#binding.manager,
  ): Promise<T> {
    const { apiVersion, kind } = resource;
    const written = await this.#change<T>({
      path: withQuery(objectPath(resource, target, 'status'), {
        fieldManager: manager,
        force: 'true',
      }),
      body: { apiVersion, kind, metadata: this.#upToDate(target), status },
      contentType: APPLY,
      isRepeatable: true,
    });
    this.#lastPatched = written;
    this.#binding.onWritten?.(resource, keyOf(written), { object: written });
    return written;
  }

  async patch<T extends KubeObject>(
    resource: Resource,
    key: Key,
    patch: object,
    { uid, resourceVersion, subresource }: PatchOptions = {},
  ): Promise<T> {
    const { metadata } = patch as { readonly metadata?: object };
    const expected = {
      ...metadata,
      ...(uid === undefined ? {} : { uid }),
      ...(resourceVersion === undefined ? {} : { resourceVersion }),
    };
    const isExpecting = uid !== undefined || resourceVersion !== undefined;
    const written = await this.#change<T>({
      path: withQuery(objectPath(resource, key, subresource), {
        fieldManager: this.#binding.manager,
      }),
      body: isExpecting ? { ...patch, metadata: expected } : patch,
      contentType: MERGE,
      // Sent again it would meet the version that it has made itself.
      isRepeatable: resourceVersion === undefined,
    });
    this.#lastPatched = written;
    this.#binding.onWritten?.(resource, key, { object: written });
    return written;
  }

  async remove(
    resource: Resource,
    key: Key,
    { uid, propagation = 'Background', graceSeconds }: RemoveOptions,
  ): Promise<void> {
    try {
      const answer = await this.#write('DELETE', {
        path: objectPath(resource, key),
        body: {
          apiVersion: 'v1',
          kind: 'DeleteOptions',
          preconditions: { uid },
          propagationPolicy: propagation,
          ...(graceSeconds !== undefined && { gracePeriodSeconds: graceSeconds }),
        },
        isRepeatable: true,
      });
      // What goes at once is answered with a `Status`, what goes later with the object.
      const isObject = isKubeObject(answer) && answer.kind === resource.kind;
      this.#binding.onWritten?.(resource, key, {
        removedUid: uid,
        ...(isObject ? { object: answer } : {}),
      });
    } catch (error) {
      if (!isMissing(error) && !isOtherUid(error)) throw error;
      this.#binding.onWritten?.(resource, key, { removedUid: uid });
    }
  }

  async serves({ apiVersion, plural }: Resource): Promise<boolean> {
    const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
    try {
      const { resources = [] } = (await this.#read(root)) as Discovery;
      return resources.some(({ name }) => name === plural);
    } catch (error) {
      if (isMissing(error)) return false;
      throw error;
    }
  }

  #upToDate({ uid, ...target }: StatusTarget): Omit<StatusTarget, 'uid'> {
    if (target.resourceVersion === undefined) return target;
    const { metadata } = this.#lastPatched ?? {};
    if (uid === undefined || metadata?.uid !== uid) return target;
    return { ...target, resourceVersion: metadata.resourceVersion };
  }

  #read(path: string): Promise<object> {
    const { signal } = this.#binding;
    return this.#server.call({ method: 'GET', path, isRepeatable: true, signal });
  }

  async #change<T extends KubeObject>(change: Change): Promise<T> {
    return requireObject<T>(
      { method: 'PATCH', path: change.path },
      await this.#write('PATCH', change),
    );
  }

  #write(method: 'PATCH' | 'DELETE', change: Change): Promise<object> {
    const { signal, beforeWrite } = this.#binding;
    return this.#server.call({ method, signal, ...change }, beforeWrite);
  }
}

interface Change {
  readonly path: string;
  readonly body: object;
  readonly contentType?: string;
  readonly isRepeatable: boolean;
}

interface Discovery {
  readonly resources?: readonly { readonly name: string }[];
}

/** Items of a list lack what the list says for all of them. */
export function completed<T extends KubeObject>(item: T, { apiVersion, kind }: Resource): T {
  return { ...item, apiVersion, kind };
}

function withQuery(path: string, query: Readonly<Record<string, string>>): string {
  return `${path}?${new URLSearchParams(query).toString()}`;
}

/** Of a version that no object has: what is made does not care, what is there refuses it. */
function ofNoVersion({ metadata, ...rest }: Desired): object {
  return { ...rest, metadata: { ...metadata, resourceVersion: '1' } };
}

function isMissing(error: unknown): boolean {
  return error instanceof KubeError && error.status === 404;
}

/** A precondition that was not met: of a removal there is no other conflict. */
function isOtherUid(error: unknown): boolean {
  return error instanceof KubeError && error.status === 409;
}

function selectorText(wanted: Readonly<Record<string, string>>): string {
  return Object.entries(wanted)
    .map(([name, value]) => `${name}=${value}`)
    .join(',');
}
