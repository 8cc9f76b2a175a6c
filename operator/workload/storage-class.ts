/** Whether a storage class lets volumes grow. */
import { type Context, KubeError, type KubeObject, resources } from '../kube/mod.ts';

interface StorageClass extends KubeObject {
  readonly allowVolumeExpansion?: boolean;
}

/** Undefined where it cannot be told: then trying it is how to find out. */
export async function findExpandable(
  { client }: Pick<Context, 'client'>,
  name: string | undefined,
): Promise<boolean | undefined> {
  if (name === undefined) return undefined;
  try {
    const found = await client.find<StorageClass>(resources.storageClasses, { name });
    return found === undefined ? undefined : found.allowVolumeExpansion === true;
  } catch (error) {
    // An operator with rights in its namespaces only may not look at the whole cluster.
    if (error instanceof KubeError && error.status === 403) return undefined;
    throw error;
  }
}
