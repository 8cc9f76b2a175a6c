/** Series made of others: what every dashboard draws, by cluster. System topics are not counted. */
import type { RecordingRule } from './rule.ts';

/** Across the pods of one cluster. */
const cluster = 'sum by (namespace, gantry_cluster)';
const users = '{is_system="false"}';

export const recordingRules: readonly RecordingRule[] = [
  {
    record: 'gantry:messages_in:rate5m',
    expr: `${cluster} (rate(rocketmq_messages_in_total${users}[5m]))`,
  },
  {
    record: 'gantry:messages_out:rate5m',
    expr: `${cluster} (rate(rocketmq_messages_out_total${users}[5m]))`,
  },
  {
    record: 'gantry:bytes_in:rate5m',
    expr: `${cluster} (rate(rocketmq_throughput_in_total${users}[5m]))`,
  },
  {
    record: 'gantry:bytes_out:rate5m',
    expr: `${cluster} (rate(rocketmq_throughput_out_total${users}[5m]))`,
  },
  {
    record: 'gantry:consumer_lag_messages:sum',
    expr: `sum by (namespace, gantry_cluster, consumer_group, topic) (rocketmq_consumer_lag_messages${users})`,
  },
  {
    record: 'gantry:consumer_lag_milliseconds:max',
    expr: `max by (namespace, gantry_cluster, consumer_group, topic) (rocketmq_consumer_lag_latency_milliseconds${users})`,
  },
  {
    record: 'gantry:rpc_latency_milliseconds:p99_5m',
    expr: 'histogram_quantile(0.99, sum by (namespace, gantry_cluster, component, pod, le) (rate(rocketmq_rpc_latency_milliseconds_bucket{is_long_polling="false"}[5m])))',
  },
  {
    record: 'gantry:volume_used:ratio',
    // The claim of a pod is named for it; whose pod it is, its own series know.
    expr: [
      'max by (namespace, gantry_cluster, component, pod, persistentvolumeclaim) (',
      '  label_replace(1 - kubelet_volume_stats_available_bytes / kubelet_volume_stats_capacity_bytes,',
      '    "pod", "$1", "persistentvolumeclaim", "data-(.+)")',
      '  * on (namespace, pod) group_left (gantry_cluster, component)',
      '  (0 * max by (namespace, gantry_cluster, component, pod) (up{component=~"broker|nameserver"}) + 1)',
      ')',
    ].join('\n'),
  },
];
