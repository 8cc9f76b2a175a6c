/**
 * What somebody should be told of a cluster. Thresholds of the disk stand beside the broker's own:
 * it deletes early above 85 % and refuses messages above 90 %.
 */
import type { AlertRule } from './rule.ts';

/** Of the series that `picked` picks, as `seriesOf` has it. */
export function clusterAlerts(picked: string): AlertRule[] {
  return [
    ...serviceAlerts(picked),
    ...processAlerts(picked),
    ...diskAlerts(picked),
    ...trafficAlerts(picked),
  ];
}

/** Whether it serves. */
const serviceAlerts = (picked: string): AlertRule[] => [
  {
    alert: 'GantryBrokerDown',
    severity: 'critical',
    expr: `up{${picked}, component="broker"} == 0`,
    for: '2m',
    summary: 'Broker {{ $labels.pod }} does not answer.',
    description:
      'Its group serves nobody, unless it has another replica. Look at `kubectl describe pod` and the log of the pod.',
  },
  {
    alert: 'GantryNameServerDown',
    severity: 'warning',
    expr: `up{${picked}, component="nameserver"} == 0`,
    for: '5m',
    summary: 'Name server {{ $labels.pod }} does not answer.',
    description: 'Clients use the others; with none left, new clients find no broker.',
  },
  {
    alert: 'GantryNoNameServer',
    severity: 'critical',
    expr: `sum by (namespace, gantry_cluster) (up{${picked}, component="nameserver"}) == 0`,
    for: '1m',
    summary: 'No name server of {{ $labels.gantry_cluster }} answers.',
    description: 'Clients that are connected go on with what they know; new ones find no broker.',
  },
  {
    alert: 'GantryBrokerExpired',
    severity: 'warning',
    expr: `sum by (namespace, gantry_cluster) (increase(gantry_nameserver_brokers_expired_total{${picked}}[10m])) > 0`,
    for: '0m',
    summary: 'A broker of {{ $labels.gantry_cluster }} went silent.',
    description:
      'A name server took it out of the routes because it said nothing for two minutes: it died, froze, or the network between them broke.',
  },
  {
    alert: 'GantryBrokerReadOnly',
    severity: 'warning',
    expr: `rocketmq_broker_permission{${picked}} < 6`,
    for: '15m',
    summary: 'Broker {{ $labels.pod }} takes no messages or gives none.',
    description:
      '`brokerPermission` is {{ $value }} (2 write, 4 read) for a quarter of an hour. Somebody set it so, or a change has not ended.',
  },
];

const processAlerts = (picked: string): AlertRule[] => [
  {
    alert: 'GantryEventLoopBlocked',
    severity: 'warning',
    expr: `nodejs_eventloop_lag_p99_seconds{${picked}, component=~"broker|nameserver"} > 0.5`,
    for: '10m',
    summary: '{{ $labels.pod }} stalls for {{ $value | humanizeDuration }}.',
    description: 'It lacks processor or memory: raise the requests and limits of `pod.resources`.',
  },
  {
    alert: 'GantryConnectionsNearLimit',
    severity: 'warning',
    expr: `process_open_fds{${picked}, component=~"broker|nameserver"} / process_max_fds{${picked}} > 0.8`,
    for: '10m',
    summary: '{{ $labels.pod }} uses {{ $value | humanizePercentage }} of its file descriptors.',
    description: 'Without one it takes no connection and opens no file.',
  },
  {
    alert: 'GantryMalformedInput',
    severity: 'warning',
    expr: `sum by (namespace, gantry_cluster, pod) (rate(gantry_remoting_malformed_total{${picked}}[10m])) > 0.1`,
    for: '10m',
    summary: 'Something that does not speak the protocol connects to {{ $labels.pod }}.',
    description:
      'A scanner, a health check or a client of another protocol; its connections are closed.',
  },
];

const diskAlerts = (picked: string): AlertRule[] => [
  {
    alert: 'GantryDiskFilling',
    severity: 'warning',
    expr: `gantry:disk_used:ratio{${picked}} > 0.8`,
    for: '10m',
    summary: 'The disk of {{ $labels.pod }} is {{ $value | humanizePercentage }} full.',
    description:
      'Above 85 % a broker deletes messages before their time, above 90 % it refuses new ones. Raise `storage.size` or lower `retentionHours`.',
  },
  {
    alert: 'GantryDiskAlmostFull',
    severity: 'critical',
    expr: `gantry:disk_used:ratio{${picked}} > 0.88`,
    for: '2m',
    summary: 'The disk of {{ $labels.pod }} is {{ $value | humanizePercentage }} full.',
    description:
      'The broker deletes its oldest messages and that is not enough: at 90 % it refuses new ones. Raise `storage.size` now.',
  },
  {
    alert: 'GantryDiskFull',
    severity: 'critical',
    expr: `gantry:disk_used:ratio{${picked}} > 0.9`,
    for: '0m',
    summary:
      '{{ $labels.pod }} refuses messages: its disk is {{ $value | humanizePercentage }} full.',
    description: 'It takes messages again below 90 %. Raise `storage.size` now.',
  },
  {
    alert: 'GantryCleaningFails',
    severity: 'warning',
    expr: `sum by (namespace, gantry_cluster, pod) (increase(gantry_store_clean_failures_total{${picked}}[15m])) > 0`,
    for: '5m',
    summary: '{{ $labels.pod }} cannot remove messages that have expired.',
    description:
      'Its disk refuses it, so it will fill up. The log of the pod has the file and the error.',
  },
  {
    alert: 'GantryFlushBehind',
    severity: 'warning',
    expr: `rocketmq_storage_flush_behind_bytes{${picked}} > 256 * 1024 * 1024`,
    for: '5m',
    summary: '{{ $value | humanize1024 }}B of {{ $labels.pod }} are not on its disk.',
    description: 'A power cut would cost them: the disk takes less than producers send.',
  },
  {
    alert: 'GantryDispatchBehind',
    severity: 'warning',
    expr: `rocketmq_storage_dispatch_behind_bytes{${picked}} > 64 * 1024 * 1024`,
    for: '5m',
    summary: 'Consumers of {{ $labels.pod }} cannot see {{ $value | humanize1024 }}B yet.',
    description: 'Messages are stored and not in their queues: the broker lacks processor or disk.',
  },
];

const trafficAlerts = (picked: string): AlertRule[] => [
  {
    alert: 'GantryConsumerLag',
    severity: 'warning',
    expr: `gantry:consumer_lag_milliseconds:max{${picked}} > 10 * 60 * 1000`,
    for: '10m',
    summary: '{{ $labels.consumer_group }} is behind on {{ $labels.topic }}.',
    description:
      'Its oldest unconsumed message is {{ $value | humanize }} ms old. `gantry admin group progress` shows the queues and who has them.',
  },
  {
    alert: 'GantrySlowRequests',
    severity: 'warning',
    expr: `gantry:rpc_latency_milliseconds:p99_5m{${picked}} > 1000`,
    for: '10m',
    summary: '1 % of the requests to {{ $labels.pod }} take more than a second.',
    description: 'Look at its processor, the delay of its event loop and its disk.',
  },
];
