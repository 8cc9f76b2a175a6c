/** Other objects that concern one: those of the same name among clients, those of one cluster. Pure. */
import type { GroupStatus } from '../api/status/broker-set.ts';
import {
  type Caches,
  controllerOf,
  type Follow,
  type Key,
  type KubeObject,
  keyOf,
  keyText,
  type Resource,
  resources,
} from '../kube/mod.ts';
import { isServingGroup } from './cluster-view.ts';

/** As much as is read of a topic or group that may be wrong in everything else. */
export interface EntityObject extends KubeObject {
  readonly spec: {
    readonly clusterRef: { readonly name: string; readonly namespace?: string };
    readonly topicName?: string;
    readonly groupName?: string;
  };
}

interface LiveCluster extends KubeObject {
  readonly spec: { readonly allowedNamespaces?: readonly string[] };
}

function clusterKeyOf({ metadata, spec }: EntityObject): Key {
  return { namespace: spec.clusterRef.namespace ?? metadata.namespace, name: spec.clusterRef.name };
}

function nameAmongClients({ metadata, spec }: EntityObject): string {
  return spec.topicName ?? spec.groupName ?? metadata.name;
}

/** What both stand for is one and the same. */
function isSame(one: EntityObject, other: EntityObject): boolean {
  return (
    nameAmongClients(one) === nameAmongClients(other) &&
    keyText(clusterKeyOf(one)) === keyText(clusterKeyOf(other))
  );
}

/** `namespace/name` of the object that has the older right to what `object` stands for. */
export function findElder(
  caches: Caches,
  resource: Resource,
  object: EntityObject,
): string | undefined {
  const elder = caches
    .of<EntityObject>(resource)
    .all()
    .filter((other) => other.metadata.uid !== object.metadata.uid && isSame(other, object))
    .filter((other) => mayPoint(caches, other) && isElder(other, object))
    .toSorted((left, right) => (isElder(left, right) ? -1 : 1))[0];
  return elder === undefined ? undefined : keyText(keyOf(elder));
}

/** By age; of the same second the one whose name comes first. */
function isElder({ metadata: one }: EntityObject, { metadata: other }: EntityObject): boolean {
  if (one.creationTimestamp !== other.creationTimestamp) {
    return Date.parse(one.creationTimestamp) < Date.parse(other.creationTimestamp);
  }
  return `${one.namespace}/${one.name}` < `${other.namespace}/${other.name}`;
}

function mayPoint(caches: Caches, object: EntityObject): boolean {
  const key = clusterKeyOf(object);
  const { namespace = '' } = object.metadata;
  if (key.namespace === namespace) return true;
  const cluster = caches.of<LiveCluster>(resources.rocketMQClusters).find(key);
  return cluster?.spec.allowedNamespaces?.includes(namespace) === true;
}

/** Where its groups are and which of them serve: a set under way says much else, and often. */
function placesOf({ metadata, status }: KubeObject): unknown {
  const { groupStatus = [] } = (status ?? {}) as { readonly groupStatus?: readonly GroupStatus[] };
  const groups = groupStatus.map((group) => {
    const { name, master, members } = group;
    const pods = members.map(({ pod, ready }) => [pod, ready]);
    return [name, isServingGroup(group), master?.pod, pods];
  });
  const { ownerReferences, deletionTimestamp } = metadata;
  return { groups, ownerReferences, deletionTimestamp };
}

/** Whose changes matter to objects of `resource`: their cluster, its sets, and their doubles. */
export function followsOf(resource: Resource): Follow[] {
  const keysWhere = (caches: Caches, holds: (object: EntityObject) => boolean): Key[] =>
    caches.of<EntityObject>(resource).all().filter(holds).map(keyOf);
  const ofCluster = (caches: Caches, key: Key): Key[] => {
    const shown = keyText(key);
    return keysWhere(caches, (object) => keyText(clusterKeyOf(object)) === shown);
  };
  return [
    {
      resource: resources.rocketMQClusters,
      keysOf: (cluster, caches) => ofCluster(caches, keyOf(cluster)),
    },
    {
      resource: resources.brokerSets,
      matter: placesOf,
      keysOf: (set, caches) => {
        const owner = controllerOf(set);
        if (owner === undefined) return [];
        return ofCluster(caches, { namespace: set.metadata.namespace, name: owner.name });
      },
    },
    {
      resource,
      keysOf: (changed, caches) => {
        const { uid } = changed.metadata;
        // Of the same resource, so of the same form.
        const double = changed as EntityObject;
        return keysWhere(caches, (one) => one.metadata.uid !== uid && isSame(one, double));
      },
    },
  ];
}
