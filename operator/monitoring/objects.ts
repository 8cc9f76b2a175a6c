/**
 * What watches one cluster, as Kubernetes objects: named as the cluster, in its namespace, with the
 * labels that its user gave it, by which a Prometheus may pick them. Pure.
 */
import { labelsOfChildren } from '../api/children.ts';
import type { RocketMQCluster } from '../api/rocketmq-cluster.ts';
import { labels, MANAGED_BY } from '../api/vocabulary/labels.ts';
import { dashboardOf } from './cluster-dashboard.ts';
import { formatDashboard } from './dashboard.ts';
import { formatGroup } from './rule.ts';
import { clusterRules } from './tables.ts';
import { relabelings } from './target-labels.ts';

/** What the pods of brokers and name servers call the port of `/metrics`. */
const PORT = 'management';

/** By which the usual sidecar of Grafana finds dashboards. */
const DASHBOARD_LABEL = 'grafana_dashboard';

const PROMETHEUS = 'monitoring.coreos.com/v1';

type Cluster = Pick<RocketMQCluster, 'metadata'>;

interface Head<Kind extends string> {
  readonly apiVersion: string;
  readonly kind: Kind;
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly labels: Readonly<Record<string, string>>;
  };
}

interface PodMonitor extends Head<'PodMonitor'> {
  readonly spec: {
    readonly selector: { readonly matchLabels: Readonly<Record<string, string>> };
    readonly podMetricsEndpoints: readonly { readonly port: string }[];
  };
}

export function podMonitor(cluster: Cluster): PodMonitor {
  const matchLabels = {
    [labels.name.name]: 'gantry',
    [labels.managedBy.name]: MANAGED_BY,
    [labels.cluster.name]: cluster.metadata.name,
  };
  const endpoint = { port: PORT, relabelings: relabelings() };
  return {
    ...headOf(cluster, PROMETHEUS, 'PodMonitor'),
    spec: { selector: { matchLabels }, podMetricsEndpoints: [endpoint] },
  };
}

interface PrometheusRule extends Head<'PrometheusRule'> {
  readonly spec: { readonly groups: readonly object[] };
}

export function prometheusRule(cluster: Cluster): PrometheusRule {
  const groups = clusterRules(cluster.metadata).map(formatGroup);
  return { ...headOf(cluster, PROMETHEUS, 'PrometheusRule'), spec: { groups } };
}

interface DashboardMap extends Head<'ConfigMap'> {
  readonly data: Readonly<Record<string, string>>;
}

export function dashboardMap(cluster: Cluster): DashboardMap {
  const { metadata, ...kind } = headOf(cluster, 'v1', 'ConfigMap');
  const dashboard = dashboardOf(cluster.metadata);
  return {
    ...kind,
    metadata: {
      ...metadata,
      name: `${metadata.name}-dashboard`,
      labels: { ...metadata.labels, [DASHBOARD_LABEL]: '1' },
    },
    data: { [`${dashboard.uid}.json`]: JSON.stringify(formatDashboard(dashboard)) },
  };
}

function headOf<Kind extends string>(
  { metadata }: Cluster,
  apiVersion: string,
  kind: Kind,
): Head<Kind> {
  return {
    apiVersion,
    kind,
    metadata: {
      name: metadata.name,
      namespace: metadata.namespace,
      labels: {
        ...labelsOfChildren(metadata),
        [labels.name.name]: 'gantry',
        [labels.instance.name]: metadata.name,
        [labels.managedBy.name]: MANAGED_BY,
        [labels.partOf.name]: 'gantry',
      },
    },
  };
}
