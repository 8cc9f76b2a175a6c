/**
 * Every resource the operator touches, once: requests, caches and the Roles of the chart are
 * derived from this table. What is not here, or lacks the verb, it may not and does not do.
 */
import { assert } from '../../runtime/mod.ts';
import { API_VERSION } from '../api/metadata.ts';
import { labels } from '../api/vocabulary/labels.ts';
import type { Desired, Key, KubeObject } from './object.ts';

export type Verb = 'get' | 'list' | 'watch' | 'create' | 'patch' | 'delete';

export interface Resource {
  readonly apiVersion: string;
  readonly kind: string;
  readonly plural: string;
  readonly scope: 'Namespaced' | 'Cluster';
  /** Which of them are in the caches: all, those with our `managed-by` label, or none. */
  readonly watched: 'all' | 'managed' | 'no';
  readonly verbs: readonly Verb[];
  /** Parts that are written by themselves: each is a rule of its own in a Role. */
  readonly subresources: readonly ('status' | 'finalizers')[];
}

/** The label of everything we make; the others are not watched. */
export const MANAGED_BY_LABEL = labels.managedBy.name;

const watching: readonly Verb[] = ['get', 'list', 'watch'];
/** Server-side apply creates with `create` and changes with `patch`. */
const applying: readonly Verb[] = [...watching, 'create', 'patch'];
/** Children that also go before their owner does. */
const owning: readonly Verb[] = [...applying, 'delete'];

const MANAGED = { scope: 'Namespaced', watched: 'managed', subresources: [] } as const;

/** A kind of ours: its user writes the spec, we write the status. */
function ours(kind: string, plural: string, verbs: readonly Verb[]): Resource {
  return {
    apiVersion: API_VERSION,
    kind,
    plural,
    scope: 'Namespaced',
    watched: 'all',
    verbs,
    subresources: ['status'],
  };
}

/** One with children. To name it as their owner, who holds its going up, takes its finalizers. */
function owner(kind: string, plural: string, verbs: readonly Verb[]): Resource {
  return { ...ours(kind, plural, verbs), subresources: ['status', 'finalizers'] };
}

export const resources = {
  rocketMQClusters: owner('RocketMQCluster', 'rocketmqclusters', [...watching, 'patch']),
  nameServers: owner('NameServer', 'nameservers', owning),
  brokerSets: owner('BrokerSet', 'brokersets', owning),
  controllers: ours('Controller', 'controllers', watching),
  proxies: ours('Proxy', 'proxies', watching),
  topics: ours('Topic', 'topics', [...watching, 'patch']),
  consumerGroups: ours('ConsumerGroup', 'consumergroups', [...watching, 'patch']),

  statefulSets: {
    ...MANAGED,
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    plural: 'statefulsets',
    verbs: owning,
  },
  pods: {
    ...MANAGED,
    apiVersion: 'v1',
    kind: 'Pod',
    plural: 'pods',
    verbs: [...watching, 'patch', 'delete'],
  },
  services: { ...MANAGED, apiVersion: 'v1', kind: 'Service', plural: 'services', verbs: owning },
  configMaps: {
    ...MANAGED,
    apiVersion: 'v1',
    kind: 'ConfigMap',
    plural: 'configmaps',
    verbs: owning,
  },
  claims: {
    ...MANAGED,
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    plural: 'persistentvolumeclaims',
    verbs: [...watching, 'patch'],
  },
  serviceAccounts: {
    ...MANAGED,
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    plural: 'serviceaccounts',
    verbs: applying,
  },
  disruptionBudgets: {
    ...MANAGED,
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    plural: 'poddisruptionbudgets',
    verbs: owning,
  },

  podMonitors: unwatched('monitoring.coreos.com/v1', 'PodMonitor', 'podmonitors', [
    'get',
    'list',
    'create',
    'patch',
    'delete',
  ]),
  prometheusRules: unwatched('monitoring.coreos.com/v1', 'PrometheusRule', 'prometheusrules', [
    'get',
    'list',
    'create',
    'patch',
    'delete',
  ]),
  leases: unwatched('coordination.k8s.io/v1', 'Lease', 'leases', ['get', 'create', 'patch']),
  events: unwatched('events.k8s.io/v1', 'Event', 'events', ['list', 'create', 'patch']),
  namespaces: ofTheCluster('v1', 'Namespace', 'namespaces'),
  nodes: ofTheCluster('v1', 'Node', 'nodes'),
  storageClasses: ofTheCluster('storage.k8s.io/v1', 'StorageClass', 'storageclasses'),
} as const satisfies Readonly<Record<string, Resource>>;

function unwatched(
  apiVersion: string,
  kind: string,
  plural: string,
  verbs: readonly Verb[],
): Resource {
  return { apiVersion, kind, plural, verbs, scope: 'Namespaced', watched: 'no', subresources: [] };
}

/**
 * Of the whole cluster: only read, one at a time, and not at all with namespaced Roles, where a
 * look is refused. Who looks must do without.
 */
function ofTheCluster(apiVersion: string, kind: string, plural: string): Resource {
  return {
    apiVersion,
    kind,
    plural,
    verbs: ['get'],
    scope: 'Cluster',
    watched: 'no',
    subresources: [],
  };
}

const byKind = new Map<string, Resource>(
  Object.values<Resource>(resources).map((resource) => [
    `${resource.apiVersion} ${resource.kind}`,
    resource,
  ]),
);

/** The row that `object` belongs to; an object of another kind is a mistake of ours. */
export function resourceOf({
  apiVersion,
  kind,
}: Pick<KubeObject | Desired, 'apiVersion' | 'kind'>): Resource {
  const resource = byKind.get(`${apiVersion} ${kind}`);
  assert(resource !== undefined, `${apiVersion} ${kind} in the table of resources`);
  return resource;
}

/** The path of all objects in `namespace`; of all namespaces when there is none. */
export function collectionPath({ apiVersion, plural }: Resource, namespace?: string): string {
  const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  const place = namespace === undefined ? '' : `/namespaces/${encodeURIComponent(namespace)}`;
  return `${root}${place}/${plural}`;
}

export function objectPath(resource: Resource, { namespace, name }: Key, part?: string): string {
  const path = `${collectionPath(resource, namespace)}/${encodeURIComponent(name)}`;
  return part === undefined ? path : `${path}/${part}`;
}
