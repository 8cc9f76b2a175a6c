/**
 * A cluster's traffic, lag, latency and disks; the page that somebody opens first. One page for all
 * clusters, whose reader picks, and one for each that wants its own.
 */
import { createHash } from 'node:crypto';
import type { Dashboard } from './dashboard.ts';
import { seriesOf, type Watched } from './target-labels.ts';

const anyComponent = 'component=~"broker|nameserver"';

export const clusterDashboard: Dashboard = {
  uid: 'gantry-cluster',
  title: 'Gantry / Cluster',
  description: 'Brokers and name servers of a RocketMQCluster.',
  variables: [
    {
      name: 'namespace',
      label: 'Namespace',
      query: `label_values(up{${anyComponent}}, namespace)`,
    },
    {
      name: 'cluster',
      label: 'Cluster',
      query: `label_values(up{${anyComponent}, namespace=~"$namespace"}, gantry_cluster)`,
    },
  ],
  rows: rowsOf('namespace=~"$namespace", gantry_cluster=~"$cluster"'),
};

/** Grafana takes no longer ones. */
const UID_CHARACTERS_MAX = 40;

/** Of one cluster alone, beside those of others in the same Grafana. */
export function dashboardOf(cluster: Watched): Dashboard {
  const { namespace, name } = cluster;
  const digest = createHash('sha256').update(`${namespace}/${name}`).digest('hex');
  return {
    uid: `gantry-${digest}`.slice(0, UID_CHARACTERS_MAX),
    title: `Gantry / ${namespace} / ${name}`,
    description: `Brokers and name servers of the RocketMQCluster ${name} in ${namespace}.`,
    variables: [],
    rows: rowsOf(seriesOf(cluster)),
  };
}

type Row = Dashboard['rows'][number];

/** Of the series that `picked` picks. */
function rowsOf(picked: string): Row[] {
  return [overview(picked), traffic(picked), consumers(picked), disk(picked), processes(picked)];
}

function overview(picked: string): Row {
  return {
    title: 'Overview',
    panels: [
      {
        title: 'Brokers up',
        kind: 'number',
        unit: 'short',
        columns: 4,
        queries: [{ expr: `sum(up{component="broker", ${picked}})`, legend: 'brokers' }],
      },
      {
        title: 'Name servers up',
        kind: 'number',
        unit: 'short',
        columns: 4,
        queries: [{ expr: `sum(up{component="nameserver", ${picked}})`, legend: 'name servers' }],
      },
      {
        title: 'Messages in',
        kind: 'number',
        unit: 'msg/s',
        columns: 4,
        queries: [{ expr: `sum(gantry:messages_in:rate5m{${picked}})`, legend: 'in' }],
      },
      {
        title: 'Messages out',
        kind: 'number',
        unit: 'msg/s',
        columns: 4,
        queries: [{ expr: `sum(gantry:messages_out:rate5m{${picked}})`, legend: 'out' }],
      },
      {
        title: 'Lag',
        kind: 'number',
        unit: 'short',
        columns: 4,
        queries: [{ expr: `sum(gantry:consumer_lag_messages:sum{${picked}})`, legend: 'messages' }],
      },
      {
        title: 'Fullest disk',
        kind: 'number',
        unit: 'percentunit',
        columns: 4,
        queries: [{ expr: `max(gantry:disk_used:ratio{${picked}})`, legend: 'used' }],
      },
    ],
  };
}

function traffic(picked: string): Row {
  return {
    title: 'Traffic',
    panels: [
      {
        title: 'Messages',
        kind: 'lines',
        unit: 'msg/s',
        columns: 12,
        queries: [
          { expr: `gantry:messages_in:rate5m{${picked}}`, legend: '{{gantry_cluster}} in' },
          { expr: `gantry:messages_out:rate5m{${picked}}`, legend: '{{gantry_cluster}} out' },
        ],
      },
      {
        title: 'Bytes',
        kind: 'lines',
        unit: 'Bps',
        columns: 12,
        queries: [
          { expr: `gantry:bytes_in:rate5m{${picked}}`, legend: '{{gantry_cluster}} in' },
          { expr: `gantry:bytes_out:rate5m{${picked}}`, legend: '{{gantry_cluster}} out' },
        ],
      },
      {
        title: 'Busiest topics',
        kind: 'lines',
        unit: 'msg/s',
        columns: 12,
        queries: [
          {
            expr: `topk(10, sum by (topic) (rate(rocketmq_messages_in_total{${users(picked)}}[5m])))`,
            legend: '{{topic}}',
          },
        ],
      },
      {
        title: 'Messages in, by broker',
        kind: 'lines',
        unit: 'msg/s',
        columns: 12,
        queries: [
          {
            expr: `sum by (pod) (rate(rocketmq_messages_in_total{${users(picked)}}[5m]))`,
            legend: '{{pod}}',
          },
        ],
      },
    ],
  };
}

function consumers(picked: string): Row {
  return {
    title: 'Consumers',
    panels: [
      {
        title: 'Lag',
        kind: 'lines',
        unit: 'short',
        columns: 12,
        description: 'Messages that are not committed, of groups with a connected member.',
        queries: [
          {
            expr: `topk(10, gantry:consumer_lag_messages:sum{${picked}})`,
            legend: '{{consumer_group}} {{topic}}',
          },
        ],
      },
      {
        title: 'Age of the oldest unconsumed message',
        kind: 'lines',
        unit: 'ms',
        columns: 12,
        queries: [
          {
            expr: `topk(10, gantry:consumer_lag_milliseconds:max{${picked}})`,
            legend: '{{consumer_group}} {{topic}}',
          },
        ],
      },
      {
        title: 'Connections',
        kind: 'lines',
        unit: 'short',
        columns: 12,
        queries: [
          { expr: `sum(rocketmq_producer_connections{${picked}})`, legend: 'producers' },
          { expr: `sum(rocketmq_consumer_connections{${picked}})`, legend: 'consumers' },
          { expr: `sum(gantry_remoting_connections{${picked}})`, legend: 'all' },
        ],
      },
      {
        title: 'Requests that wait',
        kind: 'lines',
        unit: 'short',
        columns: 12,
        queries: [
          {
            expr: `sum by (pod, processor) (rocketmq_processor_watermark{${picked}})`,
            legend: '{{pod}} {{processor}}',
          },
        ],
      },
    ],
  };
}

function disk(picked: string): Row {
  return {
    title: 'Disk',
    panels: [
      {
        title: 'Disk used',
        kind: 'lines',
        unit: 'percentunit',
        columns: 8,
        queries: [{ expr: `gantry:disk_used:ratio{${picked}}`, legend: '{{pod}}' }],
      },
      {
        title: 'Not on the disk yet',
        kind: 'lines',
        unit: 'bytes',
        columns: 8,
        description: 'What a power cut would cost a broker by itself.',
        queries: [{ expr: `rocketmq_storage_flush_behind_bytes{${picked}}`, legend: '{{pod}}' }],
      },
      {
        title: 'Oldest message',
        kind: 'lines',
        unit: 'ms',
        columns: 8,
        queries: [
          {
            expr: `rocketmq_storage_message_reserve_time_milliseconds{${picked}}`,
            legend: '{{pod}}',
          },
        ],
      },
    ],
  };
}

function processes(picked: string): Row {
  return {
    title: 'Processes',
    panels: [
      {
        title: 'Request latency, p99',
        kind: 'lines',
        unit: 'ms',
        columns: 6,
        queries: [{ expr: `gantry:rpc_latency_milliseconds:p99_5m{${picked}}`, legend: '{{pod}}' }],
      },
      {
        title: 'Processor',
        kind: 'lines',
        unit: 'short',
        columns: 6,
        queries: [{ expr: `rate(process_cpu_seconds_total{${picked}}[5m])`, legend: '{{pod}}' }],
      },
      {
        title: 'Memory',
        kind: 'lines',
        unit: 'bytes',
        columns: 6,
        queries: [{ expr: `process_resident_memory_bytes{${picked}}`, legend: '{{pod}}' }],
      },
      {
        title: 'Event loop delay, p99',
        kind: 'lines',
        unit: 's',
        columns: 6,
        queries: [{ expr: `nodejs_eventloop_lag_p99_seconds{${picked}}`, legend: '{{pod}}' }],
      },
    ],
  };
}

function users(picked: string): string {
  return `${picked}, is_system="false"`;
}
