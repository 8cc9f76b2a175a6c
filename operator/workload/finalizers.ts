/**
 * Finalizers, as a merge patch of the whole list: with the version of the object that was read, so
 * that the finalizer of somebody else, added meanwhile, is never lost. A conflict is tried again.
 */
import type { FinalizerName } from '../api/vocabulary/finalizers.ts';
import { type Context, type KubeObject, keyOf, type Resource } from '../kube/mod.ts';

export function hasFinalizer({ metadata }: KubeObject, name: FinalizerName): boolean {
  return metadata.finalizers?.includes(name) === true;
}

/** Sets `name` on `object`, or takes it off; nothing is done when it is so already. */
export async function setFinalizer(
  { client }: Pick<Context, 'client'>,
  object: KubeObject,
  {
    resource,
    name,
    present,
  }: {
    readonly resource: Resource;
    readonly name: FinalizerName;
    readonly present: boolean;
  },
): Promise<void> {
  if (hasFinalizer(object, name) === present) return;
  const { uid, resourceVersion, finalizers = [] } = object.metadata;
  const next = present ? [...finalizers, name] : finalizers.filter((one) => one !== name);
  const patch = { metadata: { finalizers: next } };
  await client.patch(resource, keyOf(object), patch, { uid, resourceVersion });
}
