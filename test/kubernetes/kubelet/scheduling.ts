/**
 * Where a pod goes, as far as tests care: a node that is ready and not cordoned, that has the
 * pod's labels of nodes and its volumes, with the fewest pods. Pure.
 */
import type { KubeObject } from '../kube-api.ts';
import { volumesOf } from './container.ts';

export interface Fleet {
  readonly nodes: readonly KubeObject[];
  readonly pods: readonly KubeObject[];
  readonly claims: readonly KubeObject[];
  readonly volumes: readonly KubeObject[];
  readonly classes: readonly KubeObject[];
}

export type Placement =
  /** Bind it there; `unbound` claims must be given to the node first. */
  { readonly node: string; readonly unbound: readonly KubeObject[] } | { readonly nowhere: string };

export const HOSTNAME = 'kubernetes.io/hostname';

export function place(pod: KubeObject, fleet: Fleet): Placement {
  const claims = claimsOf(pod, fleet);
  if (typeof claims === 'string') return { nowhere: claims };
  const unbound = claims.filter(({ spec }) => spec.volumeName === undefined);
  const orphan = unbound.find(({ spec }) => {
    return !fleet.classes.some(({ metadata }) => metadata.name === spec.storageClassName);
  });
  if (orphan !== undefined) {
    return { nowhere: 'pod has unbound immediate PersistentVolumeClaims' };
  }
  const wanted = (pod['spec'].nodeSelector ?? {}) as Record<string, string>;
  const fitting = fleet.nodes.filter((node) => {
    const { labels = {} } = node.metadata;
    return (
      isReady(node) &&
      node['spec'].unschedulable !== true &&
      Object.entries(wanted).every(([key, value]) => labels[key] === value) &&
      claims.every((claim) => isReachable(claim, node, fleet))
    );
  });
  const load = ({ metadata }: KubeObject): number =>
    fleet.pods.filter(({ spec }) => spec.nodeName === metadata.name).length;
  const [best] = fitting.toSorted((left, right) => {
    return load(left) - load(right) || left.metadata.name.localeCompare(right.metadata.name);
  });
  if (best !== undefined) return { node: best.metadata.name, unbound };
  const total = fleet.nodes.length;
  return { nowhere: `0/${total} nodes are available: ${total} node(s) did not match.` };
}

function claimsOf(pod: KubeObject, { claims }: Fleet): KubeObject[] | string {
  const found: KubeObject[] = [];
  for (const { persistentVolumeClaim } of volumesOf(pod)) {
    if (persistentVolumeClaim === undefined) continue;
    const name = persistentVolumeClaim.claimName;
    const claim = claims.find(({ metadata }) => {
      return metadata.name === name && metadata.namespace === pod.metadata.namespace;
    });
    if (claim === undefined) return `persistentvolumeclaim "${name}" not found`;
    if (claim.metadata.deletionTimestamp !== undefined) {
      return `persistentvolumeclaim "${name}" is being deleted`;
    }
    found.push(claim);
  }
  return found;
}

/** The node that a claim is on, or was given to. */
function isReachable(claim: KubeObject, node: KubeObject, { volumes }: Fleet): boolean {
  const given = claim.metadata.annotations?.['volume.kubernetes.io/selected-node'];
  const volume = volumes.find(({ metadata }) => metadata.name === claim['spec'].volumeName);
  if (volume === undefined) return given === undefined || given === node.metadata.name;
  return nodeOf(volume) === node.metadata.labels?.[HOSTNAME];
}

export function nodeOf(volume: KubeObject): string | undefined {
  const terms = volume['spec'].nodeAffinity?.required?.nodeSelectorTerms;
  return terms?.[0]?.matchExpressions?.[0]?.values?.[0] as string | undefined;
}

export function isReady({ status }: KubeObject): boolean {
  const conditions = (status?.conditions ?? []) as { type: string; status: string }[];
  return conditions.some((condition) => condition.type === 'Ready' && condition.status === 'True');
}
