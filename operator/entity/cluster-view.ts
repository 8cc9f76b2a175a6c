/**
 * The cluster that a topic or consumer group points at, as the caches show it, and where its
 * brokers are. Pure.
 *
 * Invariant: a group whose brokers have not yet been given what the others have is not in it, so
 * that no route opens to it early; nor is one that is being taken away.
 */

import { formatAddress } from '../../runtime/mod.ts';
import type { ClusterReference } from '../api/blocks/cluster-reference.ts';
import type { GroupStatus } from '../api/status/broker-set.ts';
import { labels } from '../api/vocabulary/labels.ts';
import { type Caches, controllerOf, type KubeObject, keyText, resources } from '../kube/mod.ts';
import { BROKER_PORT } from '../resources/broker-set.ts';
import { NAME_SERVER_PORT } from '../resources/name-server.ts';
import type { LivePod } from '../workload/pod-facts.ts';

export interface GroupPlace {
  /** Name of its broker set in the cluster. */
  readonly set: string;
  /** Name of the group among brokers. */
  readonly group: string;
  /** `host:port` of the pod that takes changes; undefined while there is none. */
  readonly address: string | undefined;
  /** Whether it serves; others are of interest only to what is being removed. */
  readonly isServing: boolean;
}

export interface ClusterView {
  readonly state: 'missing' | 'notAllowed' | 'deleting' | 'there';
  /** `namespace/name`. */
  readonly shown: string;
  /** The name among clients. */
  readonly clusterName: string;
  readonly groups: readonly GroupPlace[];
  /** `host:port` of every name server's pod. */
  readonly nameServers: readonly string[];
}

interface LiveCluster extends KubeObject {
  readonly spec: { readonly allowedNamespaces?: readonly string[] };
}

interface LiveBrokerSet extends KubeObject {
  readonly status?: { readonly groupStatus?: readonly GroupStatus[] };
}

/** `namespace` is that of the object that points at the cluster. */
export function clusterView(
  caches: Caches,
  namespace: string,
  reference: ClusterReference,
): ClusterView {
  const key = { namespace: reference.namespace ?? namespace, name: reference.name };
  const cluster = caches.of<LiveCluster>(resources.rocketMQClusters).find(key);
  const view = {
    shown: keyText(key),
    clusterName: key.name,
    groups: [],
    nameServers: [],
  };
  if (cluster === undefined) return { ...view, state: 'missing' };
  if (cluster.metadata.deletionTimestamp !== undefined) return { ...view, state: 'deleting' };
  const allowed = cluster.spec.allowedNamespaces ?? [];
  if (key.namespace !== namespace && !allowed.includes(namespace)) {
    return { ...view, state: 'notAllowed' };
  }
  return {
    ...view,
    state: 'there',
    groups: groupsOf(caches, cluster),
    nameServers: nameServersOf(caches, cluster),
  };
}

function groupsOf(caches: Caches, cluster: LiveCluster): GroupPlace[] {
  const { name, uid } = cluster.metadata;
  return caches
    .of<LiveBrokerSet>(resources.brokerSets)
    .ownedBy(uid)
    .filter((set) => controllerOf(set)?.uid === uid)
    .flatMap((set) => {
      const pods = podsWith(caches, labels.brokerSet.name, set);
      return (set.status?.groupStatus ?? []).map((group) => ({
        set: set.metadata.name.slice(name.length + 1),
        group: group.name,
        address: addressOf(masterOf(pods, group), BROKER_PORT),
        isServing: isServingGroup(group),
      }));
    })
    .toSorted((left, right) => (left.group < right.group ? -1 : 1));
}

const NOT_SERVING: readonly GroupStatus['phase'][] = [
  undefined,
  'Pending',
  'Creating',
  'Draining',
  'Deleting',
];

export function isServingGroup({ phase, drain }: GroupStatus): boolean {
  return drain === undefined && !NOT_SERVING.includes(phase);
}

/** The pod that the set calls master; without one the only pod, for a group of one is its master. */
function masterOf(pods: readonly LivePod[], { name, master }: GroupStatus): LivePod | undefined {
  const members = pods.filter(
    ({ metadata }) => metadata.labels?.[labels.brokerGroup.name] === name,
  );
  if (master !== undefined) return members.find(({ metadata }) => metadata.name === master.pod);
  return members.length === 1 ? members[0] : undefined;
}

function nameServersOf(caches: Caches, cluster: LiveCluster): string[] {
  const { uid } = cluster.metadata;
  return caches
    .of(resources.nameServers)
    .ownedBy(uid)
    .flatMap((nameServer) => podsWith(caches, labels.instance.name, nameServer))
    .filter(({ metadata }) => metadata.labels?.[labels.component.name] === 'nameserver')
    .flatMap((pod) => addressOf(pod, NAME_SERVER_PORT) ?? []);
}

/** Pods whose `label` is the name of `owner`, in its namespace. */
function podsWith(caches: Caches, label: string, owner: KubeObject): LivePod[] {
  const { name, namespace } = owner.metadata;
  return caches
    .of<LivePod>(resources.pods)
    .labelled(label, name)
    .filter(({ metadata }) => metadata.namespace === namespace);
}

/** A pod that is going may have lost its address to another already. */
function addressOf(pod: LivePod | undefined, port: number): string | undefined {
  const ip = pod?.status?.podIP;
  if (ip === undefined || ip === '' || pod?.metadata.deletionTimestamp !== undefined) {
    return undefined;
  }
  return formatAddress({ host: ip, port });
}
