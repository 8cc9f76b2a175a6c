/**
 * What every series of a pod says of where it comes from, beside `namespace` and `pod`, which
 * Prometheus puts there itself. Rules and dashboards stand on them, PodMonitors bring them.
 */
import { labels } from '../api/vocabulary/labels.ts';

/** Label of the series, and the label of the pod that it is taken from. */
export const TARGET_LABELS = {
  component: labels.component.name,
  gantry_cluster: labels.cluster.name,
} as const;

/** As a PodMonitor is told. */
export function relabelings(): object[] {
  return Object.entries(TARGET_LABELS).map(([target, label]) => ({
    sourceLabels: [`__meta_kubernetes_pod_label_${label.replaceAll(/[^\w]/g, '_')}`],
    targetLabel: target,
  }));
}

/** A `RocketMQCluster`. */
export interface Watched {
  readonly namespace: string;
  readonly name: string;
}

/**
 * Picks the series of one cluster. Every selector of its rules has it: rules of several clusters
 * that one Prometheus reads must not see each other's series.
 */
export function seriesOf({ namespace, name }: Watched): string {
  return `namespace="${namespace}", gantry_cluster="${name}"`;
}
