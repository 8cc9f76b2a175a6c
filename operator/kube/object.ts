/**
 * A Kubernetes object as the API server sends it: raw JSON, never a model class. Readers may not
 * change one, for caches hand out what they hold.
 */

export interface OwnerReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
  readonly controller?: boolean;
  readonly blockOwnerDeletion?: boolean;
}

export interface ObjectMeta {
  readonly name: string;
  /** Absent on what belongs to the whole cluster. */
  readonly namespace?: string;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly generation?: number;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly ownerReferences?: readonly OwnerReference[];
  readonly finalizers?: readonly string[];
  readonly creationTimestamp: string;
  readonly deletionTimestamp?: string;
}

/** Any object; a kind's own type narrows `spec`, `status` and the like. */
export interface KubeObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: ObjectMeta;
  readonly spec?: unknown;
  readonly status?: unknown;
  readonly data?: unknown;
}

/** Whether `value`, from outside, is an object at all; its resource says what else it holds. */
export function isKubeObject(value: unknown): value is KubeObject {
  const { metadata } = (value ?? {}) as { readonly metadata?: Partial<ObjectMeta> | null };
  return typeof metadata?.name === 'string' && typeof metadata.resourceVersion === 'string';
}

/** What is to be: an object before the API server has completed it. */
export interface Desired {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly ownerReferences?: readonly OwnerReference[];
    readonly finalizers?: readonly string[];
  };
}

/** Where an object is among those of its resource. */
export interface Key {
  /** Absent for what belongs to the whole cluster. */
  readonly namespace?: string | undefined;
  readonly name: string;
}

export function keyOf({ metadata: { namespace, name } }: KubeObject | Desired): Key {
  return namespace === undefined ? { name } : { namespace, name };
}

/** As `kubectl` and log lines have it: `namespace/name`. */
export function keyText({ namespace, name }: Key): string {
  return namespace === undefined ? name : `${namespace}/${name}`;
}

/** The reference that makes `owner` the controller of an object: garbage collection follows it. */
export function controllerReference(owner: KubeObject): OwnerReference {
  const { apiVersion, kind, metadata } = owner;
  const { name, uid } = metadata;
  return { apiVersion, kind, name, uid, controller: true, blockOwnerDeletion: true };
}

export function controllerOf({ metadata }: KubeObject): OwnerReference | undefined {
  return metadata.ownerReferences?.find((reference) => reference.controller === true);
}
