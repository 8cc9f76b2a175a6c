/** Series made of others: what every dashboard draws, by cluster. System topics are not counted. */
import type { RecordingRule } from './rule.ts';

const byCluster = 'sum by (namespace, gantry_cluster)';

/** Of the series that `picked` picks, as `seriesOf` has it. */
export function recordingRules(picked: string): RecordingRule[] {
  const users = `{${picked}, is_system="false"}`;
  return [
    {
      record: 'gantry:messages_in:rate5m',
      expr: `${byCluster} (rate(rocketmq_messages_in_total${users}[5m]))`,
    },
    {
      record: 'gantry:messages_out:rate5m',
      expr: `${byCluster} (rate(rocketmq_messages_out_total${users}[5m]))`,
    },
    {
      record: 'gantry:bytes_in:rate5m',
      expr: `${byCluster} (rate(rocketmq_throughput_in_total${users}[5m]))`,
    },
    {
      record: 'gantry:bytes_out:rate5m',
      expr: `${byCluster} (rate(rocketmq_throughput_out_total${users}[5m]))`,
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
      expr: `histogram_quantile(0.99, sum by (namespace, gantry_cluster, component, pod, le) (rate(rocketmq_rpc_latency_milliseconds_bucket{${picked}, is_long_polling="false"}[5m])))`,
    },
    {
      record: 'gantry:disk_used:ratio',
      expr: `max by (namespace, gantry_cluster, component, pod) (1 - gantry_disk_free_bytes{${picked}} / gantry_disk_total_bytes{${picked}})`,
    },
  ];
}
