/**
 * The API server, for reconcilers: raw JSON in and out, so that fields younger than this program
 * survive; server-side apply for whole objects, merge patches for a field, never read-modify-write.
 */
import type { Desired, Key, KubeObject } from './object.ts';
import type { Resource } from './resources.ts';

export interface ListOptions {
  readonly namespace?: string;
  readonly labels?: Readonly<Record<string, string>>;
}

export interface ApplyOptions {
  /** Who owns the fields: a row of `managers`. */
  readonly manager?: string;
  /** Asks whether it would be accepted, and does nothing. */
  readonly dryRun?: boolean;
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
    key: Key,
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
