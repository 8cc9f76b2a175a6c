/**
 * The components of a cluster, as manifests of their own: exactly what its user wrote, plus where
 * they belong. Pure; the defaults come when a child is completed.
 */
import { API_VERSION } from './metadata.ts';
import { INHERITED, type RocketMQCluster } from './rocketmq-cluster.ts';
import { labels } from './vocabulary/labels.ts';

/** A child and, for each field of its spec, where in the umbrella its user would look for it. */
export interface Child {
  readonly kind: 'NameServer' | 'BrokerSet';
  readonly manifest: Readonly<Record<string, unknown>>;
  /** The path in the umbrella of a path below the child's spec. */
  readonly placeOf: (field: string) => string;
}

export const CLUSTER_LABEL = labels.cluster.name;

export function childrenOf(cluster: RocketMQCluster): Child[] {
  const { metadata, spec } = cluster;
  const nameServer = child(cluster, 'NameServer', {
    name: metadata.name,
    path: 'spec.nameServer',
    given: spec.nameServer ?? {},
    extra: {},
  });
  const brokerSets = spec.brokerSets.map(({ name, ...given }, index) =>
    child(cluster, 'BrokerSet', {
      name: `${metadata.name}-${name}`,
      path: `spec.brokerSets[${index}]`,
      given,
      extra: { clusterName: metadata.name, nameServers: { ref: { name: metadata.name } } },
    }),
  );
  return [nameServer, ...brokerSets];
}

interface Placed {
  readonly name: string;
  readonly path: string;
  readonly given: Readonly<Record<string, unknown>>;
  /** What the umbrella adds of its own. */
  readonly extra: Readonly<Record<string, unknown>>;
}

/** Name servers know no users. */
const ONLY_BROKERS: readonly string[] = ['auth', 'networkPolicy'];

function child(
  { metadata, spec }: RocketMQCluster,
  kind: Child['kind'],
  { name, path, given, extra }: Placed,
): Child {
  const inherited = new Map<string, unknown>(
    INHERITED.filter((field) => kind === 'BrokerSet' || !ONLY_BROKERS.includes(field))
      .filter((field) => given[field] === undefined && spec[field] !== undefined)
      .map((field) => [field, spec[field]]),
  );
  return {
    kind,
    manifest: {
      apiVersion: API_VERSION,
      kind,
      metadata: {
        name,
        namespace: metadata.namespace,
        labels: labelsOfChildren(metadata),
        annotations: {},
      },
      spec: { ...Object.fromEntries(inherited), ...given, ...storageOf(spec, given), ...extra },
    },
    placeOf: (field) => {
      const [top = ''] = field.split(/[.[]/, 1);
      return inherited.has(top) ? `spec.${field}` : `${path}${field === '' ? '' : `.${field}`}`;
    },
  };
}

/** Labels of the tool that installed the umbrella: it would take a child for an object of its own. */
const OF_TOOLS =
  /^(?:app\.kubernetes\.io\/(?:managed-by|instance|version)|helm\.sh\/.*|argocd\.argoproj\.io\/.*|[a-z]+\.toolkit\.fluxcd\.io\/.*)$/;

/** What the umbrella's user says of all that belongs to it, and whose it is. */
export function labelsOfChildren({
  name,
  labels: given,
}: RocketMQCluster['metadata']): Readonly<Record<string, string>> {
  const inherited = Object.entries(given).filter(([label]) => !OF_TOOLS.test(label));
  return { ...Object.fromEntries(inherited), [CLUSTER_LABEL]: name };
}

/** What the umbrella says of all volumes, where a child does not say otherwise. */
function storageOf(
  { deletionPolicy }: RocketMQCluster['spec'],
  given: Readonly<Record<string, unknown>>,
): object {
  if (deletionPolicy === 'Retain') return {};
  const storage = blockOf(given['storage']);
  const retention = { whenDeleted: deletionPolicy, ...blockOf(storage['retention']) };
  return { storage: { ...storage, retention } };
}

function blockOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
