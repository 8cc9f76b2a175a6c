/** What a storage class has to do with claims: whether it is there, and lets volumes grow. */
import { type Context, KubeError, type KubeObject, resources } from '../kube/mod.ts';
import type { ClaimFacts } from './claim-facts.ts';

interface StorageClass extends KubeObject {
  readonly allowVolumeExpansion?: boolean;
}

type Asking = Pick<Context, 'client'>;

/** Undefined where it cannot be told: then trying it is how to find out. */
export async function findExpandable(
  context: Asking,
  name: string | undefined,
): Promise<boolean | undefined> {
  if (name === undefined) return undefined;
  const found = await findClass(context, name);
  return found === undefined || found === 'Unknown'
    ? undefined
    : found.allowVolumeExpansion === true;
}

/** The claim, with the reason why it waits when that is its class. */
export async function withClass(context: Asking, claim: ClaimFacts): Promise<ClaimFacts> {
  const { phase, storageClass } = claim;
  if (phase !== 'Pending' || storageClass === undefined) return claim;
  const isClassMissing = (await findClass(context, storageClass)) === undefined;
  return { ...claim, isClassMissing };
}

async function findClass(
  { client }: Asking,
  name: string,
): Promise<StorageClass | 'Unknown' | undefined> {
  try {
    return await client.find<StorageClass>(resources.storageClasses, { name });
  } catch (error) {
    // An operator with rights in its namespaces only may not look at the whole cluster.
    if (error instanceof KubeError && error.status === 403) return 'Unknown';
    throw error;
  }
}
