/**
 * What there is of a cluster, without what differs between two that are the same: ids, times, the
 * namespace. Two ways to one end leave equal snapshots.
 */
import type { KubeObject } from '../kube-api.ts';
import type { Plural } from '../world.ts';
import type { Place } from './operations.ts';

const plurals: readonly Plural[] = [
  'rocketmqclusters',
  'nameservers',
  'brokersets',
  'statefulsets',
  'services',
  'configmaps',
  'serviceaccounts',
  'poddisruptionbudgets',
  'persistentvolumeclaims',
];

/** Made by Kubernetes in every namespace. */
const NOT_OURS = new Set(['configmaps/kube-root-ca.crt', 'serviceaccounts/default']);

/** Given by Kubernetes, or a hash of what is compared anyway. */
const GIVEN = new Set([
  'clusterIP',
  'clusterIPs',
  'volumeName',
  'gantrymq.io/applied',
  'kubectl.kubernetes.io/last-applied-configuration',
  'volume.kubernetes.io/selected-node',
]);

const UID = /[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}/g;

export async function snapshot({ world, namespace }: Place): Promise<Record<string, unknown>> {
  const objects = await Promise.all(
    plurals.map(async (plural) => {
      const all = await world.list(plural, namespace);
      return all.map((object) => [`${plural}/${object.metadata.name}`, object] as const);
    }),
  );
  const kept = objects.flat().filter(([name]) => !NOT_OURS.has(name));
  return Object.fromEntries(kept.map(([name, object]) => [name, essence(object, namespace)]));
}

function essence({ metadata, spec, data }: KubeObject, namespace: string): unknown {
  const { labels, annotations } = metadata;
  const text = JSON.stringify({ labels, annotations, spec, data }, (name, value: unknown) =>
    GIVEN.has(name) ? undefined : value,
  );
  return JSON.parse(text.replaceAll(UID, 'UID').replaceAll(namespace, 'NAMESPACE'));
}
