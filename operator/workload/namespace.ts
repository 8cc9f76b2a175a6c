/** Namespaces that are on their way out with all that is in them. */
import { type Context, KubeError, resources } from '../kube/mod.ts';

/**
 * Whether the namespace is on its way out. Without the right to look at it, it is asked whether it
 * would take a new object: one that goes takes none.
 */
export async function isTerminating(
  namespace: string,
  { client }: Pick<Context, 'client'>,
): Promise<boolean> {
  try {
    const found = await client.find(resources.namespaces, { name: namespace });
    return found?.metadata.deletionTimestamp !== undefined;
  } catch (error) {
    if (!(error instanceof KubeError) || error.status !== 403) throw error;
  }
  try {
    const probe = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'gantry', namespace } };
    await client.apply(resources.configMaps, probe, { dryRun: true });
    return false;
  } catch (error) {
    if (error instanceof KubeError && error.status === 403) {
      return error.message.includes('being terminated');
    }
    throw error;
  }
}
