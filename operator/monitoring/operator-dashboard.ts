/** The operator at work: its queues, its failures, what it asks of the API server. */
import type { Dashboard } from './dashboard.ts';

const picked = 'namespace=~"$namespace"';

export const operatorDashboard: Dashboard = {
  uid: 'gantry-operator',
  title: 'Gantry / Operator',
  description: 'The operator that runs the clusters.',
  variables: [
    {
      name: 'namespace',
      label: 'Namespace',
      query: 'label_values(up{component="operator"}, namespace)',
    },
  ],
  rows: [
    {
      title: 'Overview',
      panels: [
        {
          title: 'Operators up',
          kind: 'number',
          unit: 'short',
          columns: 6,
          queries: [{ expr: `sum(up{component="operator", ${picked}})`, legend: 'operators' }],
        },
        {
          title: 'Leading',
          kind: 'number',
          unit: 'short',
          columns: 6,
          description: 'One, at any time.',
          queries: [{ expr: `sum(gantry_operator_leading{${picked}})`, legend: 'leaders' }],
        },
        {
          title: 'Clusters',
          kind: 'number',
          unit: 'short',
          columns: 6,
          queries: [
            {
              expr: `max(gantry_operator_cached_objects{resource="rocketmqclusters", ${picked}})`,
              legend: 'clusters',
            },
          ],
        },
        {
          title: 'Broker sets',
          kind: 'number',
          unit: 'short',
          columns: 6,
          queries: [
            {
              expr: `max(gantry_operator_cached_objects{resource="brokersets", ${picked}})`,
              legend: 'broker sets',
            },
          ],
        },
      ],
    },
    {
      title: 'Work',
      panels: [
        {
          title: 'Reconciles',
          kind: 'lines',
          unit: 'ops',
          columns: 12,
          queries: [
            {
              expr: `sum by (name, result) (rate(gantry_operator_reconciles_total{${picked}}[5m]))`,
              legend: '{{name}} {{result}}',
            },
          ],
        },
        {
          title: 'Time of a reconcile, p99',
          kind: 'lines',
          unit: 's',
          columns: 12,
          queries: [
            {
              expr: `histogram_quantile(0.99, sum by (name, le) (rate(workqueue_work_duration_seconds_bucket{component="operator", ${picked}}[5m])))`,
              legend: '{{name}}',
            },
          ],
        },
        {
          title: 'Waiting',
          kind: 'lines',
          unit: 'short',
          columns: 12,
          queries: [
            {
              expr: `sum by (name) (workqueue_depth{component="operator", ${picked}})`,
              legend: '{{name}}',
            },
          ],
        },
        {
          title: 'Tried again',
          kind: 'lines',
          unit: 'ops',
          columns: 12,
          queries: [
            {
              expr: `sum by (name) (rate(workqueue_retries_total{component="operator", ${picked}}[5m]))`,
              legend: '{{name}}',
            },
          ],
        },
      ],
    },
    {
      title: 'API server',
      panels: [
        {
          title: 'Requests',
          kind: 'lines',
          unit: 'ops',
          columns: 8,
          description:
            'Clusters that are as declared cause no writes; the lease is renewed every two seconds.',
          queries: [
            {
              expr: `sum by (method, code) (rate(gantry_operator_api_request_duration_seconds_count{${picked}}[5m]))`,
              legend: '{{method}} {{code}}',
            },
          ],
        },
        {
          title: 'Time of a request, p99',
          kind: 'lines',
          unit: 's',
          columns: 8,
          queries: [
            {
              expr: `histogram_quantile(0.99, sum by (method, le) (rate(gantry_operator_api_request_duration_seconds_bucket{${picked}}[5m])))`,
              legend: '{{method}}',
            },
          ],
        },
        {
          title: 'Watches that broke',
          kind: 'lines',
          unit: 'ops',
          columns: 8,
          queries: [
            {
              expr: `sum by (resource, cause) (rate(gantry_operator_watch_restarts_total{${picked}}[5m]))`,
              legend: '{{resource}} {{cause}}',
            },
          ],
        },
      ],
    },
    {
      title: 'Process',
      panels: [
        {
          title: 'Processor',
          kind: 'lines',
          unit: 'short',
          columns: 8,
          queries: [
            {
              expr: `rate(process_cpu_seconds_total{component="operator", ${picked}}[5m])`,
              legend: '{{pod}}',
            },
          ],
        },
        {
          title: 'Memory',
          kind: 'lines',
          unit: 'bytes',
          columns: 8,
          queries: [
            {
              expr: `process_resident_memory_bytes{component="operator", ${picked}}`,
              legend: '{{pod}}',
            },
          ],
        },
        {
          title: 'Event loop delay, p99',
          kind: 'lines',
          unit: 's',
          columns: 8,
          queries: [
            {
              expr: `nodejs_eventloop_lag_p99_seconds{component="operator", ${picked}}`,
              legend: '{{pod}}',
            },
          ],
        },
      ],
    },
  ],
};
