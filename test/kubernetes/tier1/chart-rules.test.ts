/**
 * The alert rules of a cluster and of the operator, held by Prometheus' own promtool against series
 * that are recorded here: each is quiet while it should be, and says what it should when it fires.
 * Beside the cluster there is always another one in the same Prometheus, whose series are none of
 * its rules' business.
 */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { stringify } from 'yaml';
import {
  type AlertRule,
  clusterRules,
  formatGroup,
  operatorRules,
} from '../../../operator/monitoring/mod.ts';
import { root } from '../../../tools/tree.ts';

const run = promisify(execFile);
const ruleGroups = [...clusterRules({ namespace: 'mq', name: 'orders' }), ...operatorRules];
const alerts = ruleGroups.flatMap(({ rules }) => rules).filter((rule) => 'alert' in rule);

interface Case {
  /** Selectors, and a value each minute as promtool writes them. */
  readonly series: Readonly<Record<string, string>>;
  readonly quietAt: string;
  readonly firesAt: string;
  readonly labels: Readonly<Record<string, string>>;
  /** What stands for `$value` in its sentences. */
  readonly value?: string;
}

const cluster = { namespace: 'mq', gantry_cluster: 'orders' };
const broker = { ...cluster, component: 'broker', pod: 'orders-broker-0-0' };
const nameServer = { ...cluster, component: 'nameserver', pod: 'orders-nameserver-0' };
const job = { namespace: 'mq', job: 'mq/gantry-operator' };
const operator = { ...job, component: 'operator', pod: 'gantry-operator-1' };
const brokerSets = { ...operator, name: 'brokerset' };
const MiB = 1024 * 1024;

const series = (name: string, labels: Readonly<Record<string, string>>): string => {
  return `${name}{${Object.entries(labels)
    .map(([label, value]) => `${label}="${value}"`)
    .join(',')}}`;
};
const disk = (free: string) => ({
  [series('gantry_disk_total_bytes', broker)]: '100x60',
  [series('gantry_disk_free_bytes', broker)]: free,
});
const lagging = { consumer_group: 'billing', topic: 'orders' };

const cases: Readonly<Record<AlertRule['alert'], Case>> = {
  GantryBrokerDown: {
    series: { [series('up', broker)]: '1x9 0x60' },
    quietAt: '11m',
    firesAt: '13m',
    labels: broker,
  },
  GantryNameServerDown: {
    series: { [series('up', nameServer)]: '1x9 0x60' },
    quietAt: '14m',
    firesAt: '16m',
    labels: nameServer,
  },
  GantryNoNameServer: {
    series: {
      [series('up', nameServer)]: '1x9 0x60',
      [series('up', { ...nameServer, pod: 'orders-nameserver-1' })]: '1x19 0x60',
    },
    quietAt: '18m',
    firesAt: '22m',
    labels: cluster,
  },
  GantryBrokerExpired: {
    series: { [series('gantry_nameserver_brokers_expired_total', nameServer)]: '0x19 1x60' },
    quietAt: '18m',
    firesAt: '21m',
    labels: cluster,
  },
  GantryBrokerReadOnly: {
    series: { [series('rocketmq_broker_permission', broker)]: '6x9 4x60' },
    quietAt: '20m',
    firesAt: '27m',
    labels: broker,
    value: '4',
  },
  GantryDiskFilling: {
    series: disk('50x9 18x60'),
    quietAt: '15m',
    firesAt: '22m',
    labels: broker,
    value: '82%',
  },
  GantryDiskAlmostFull: {
    series: disk('50x9 11x60'),
    quietAt: '10m',
    firesAt: '13m',
    labels: broker,
    value: '89%',
  },
  GantryDiskFull: {
    series: disk('11x9 9x60'),
    quietAt: '9m',
    firesAt: '11m',
    labels: broker,
    value: '91%',
  },
  GantryCleaningFails: {
    series: { [series('gantry_store_clean_failures_total', broker)]: '0x9 0+6x60' },
    quietAt: '12m',
    firesAt: '18m',
    labels: { ...cluster, pod: broker.pod },
  },
  GantryFlushBehind: {
    series: { [series('rocketmq_storage_flush_behind_bytes', broker)]: `0x9 ${512 * MiB}x60` },
    quietAt: '12m',
    firesAt: '17m',
    labels: broker,
    value: '512Mi',
  },
  GantryDispatchBehind: {
    series: { [series('rocketmq_storage_dispatch_behind_bytes', broker)]: `0x9 ${128 * MiB}x60` },
    quietAt: '12m',
    firesAt: '17m',
    labels: broker,
    value: '128Mi',
  },
  GantryConsumerLag: {
    series: {
      [series('rocketmq_consumer_lag_latency_milliseconds', {
        ...broker,
        ...lagging,
        is_system: 'false',
      })]: '0x9 900000x60',
      [series('rocketmq_consumer_lag_latency_milliseconds', {
        ...broker,
        ...lagging,
        topic: 'SCHEDULE_TOPIC_XXXX',
        is_system: 'true',
      })]: '900000x60',
    },
    quietAt: '15m',
    firesAt: '21m',
    labels: { ...cluster, ...lagging },
    value: '900k',
  },
  GantrySlowRequests: {
    series: Object.fromEntries(
      [
        ['1000', '0x9 0+90x60'],
        ['2000', '0x9 0+100x60'],
        ['+Inf', '0x9 0+100x60'],
      ].map(([le = '', values = '']) => [
        series('rocketmq_rpc_latency_milliseconds_bucket', {
          ...broker,
          is_long_polling: 'false',
          le,
        }),
        values,
      ]),
    ),
    quietAt: '15m',
    firesAt: '30m',
    labels: broker,
  },
  GantryEventLoopBlocked: {
    series: { [series('nodejs_eventloop_lag_p99_seconds', broker)]: '0.01x9 0.75x60' },
    quietAt: '15m',
    firesAt: '22m',
    labels: broker,
    value: '750ms',
  },
  GantryConnectionsNearLimit: {
    series: {
      [series('process_open_fds', broker)]: '10x9 900x60',
      [series('process_max_fds', broker)]: '1000x70',
    },
    quietAt: '15m',
    firesAt: '22m',
    labels: broker,
    value: '90%',
  },
  GantryMalformedInput: {
    series: { [series('gantry_remoting_malformed_total', broker)]: '0x9 0+60x60' },
    quietAt: '12m',
    firesAt: '40m',
    labels: { ...cluster, pod: broker.pod },
  },
  GantryOperatorDown: {
    series: { [series('up', operator)]: '1x9 0x60' },
    quietAt: '14m',
    firesAt: '16m',
    labels: job,
  },
  GantryOperatorNotLeading: {
    series: {
      [series('gantry_operator_leading', operator)]: '1x9 0x60',
      [series('gantry_operator_leading', { ...operator, pod: 'gantry-operator-2' })]: '0x70',
    },
    quietAt: '9m',
    firesAt: '16m',
    labels: job,
  },
  GantryReconcileFailing: {
    series: {
      [series('gantry_operator_reconciles_total', { ...brokerSets, result: 'error' })]:
        '0x9 0+10x80',
      [series('gantry_operator_reconciles_total', { ...brokerSets, result: 'success' })]: '0+10x90',
    },
    quietAt: '20m',
    firesAt: '60m',
    labels: { ...job, name: 'brokerset' },
    value: '50%',
  },
  GantryReconcileStuck: {
    series: {
      [series('workqueue_longest_running_processor_seconds', brokerSets)]: '1x9 60+60x60',
    },
    quietAt: '16m',
    firesAt: '20m',
    labels: { ...job, name: 'brokerset' },
  },
  GantryObjectsStalled: {
    series: {
      [series('gantry_operator_stalled_objects', {
        ...operator,
        resource: 'brokersets',
        reason: 'InvalidSpec',
      })]: '_x9 1x60',
    },
    quietAt: '20m',
    firesAt: '30m',
    labels: { ...job, resource: 'brokersets', reason: 'InvalidSpec' },
    value: '1',
  },
  GantryOperatorBehind: {
    series: { [series('workqueue_depth', brokerSets)]: '0x9 80x60' },
    quietAt: '20m',
    firesAt: '27m',
    labels: { ...job, name: 'brokerset' },
    value: '80',
  },
  GantryOperatorBlocked: {
    series: { [series('nodejs_eventloop_lag_p99_seconds', operator)]: '0.01x9 0.75x60' },
    quietAt: '15m',
    firesAt: '22m',
    labels: operator,
    value: '750ms',
  },
  GantryOperatorBlind: {
    series: {
      [series('gantry_operator_watch_silence_seconds', { ...operator, resource: 'pods' })]:
        '5x9 60+60x60',
    },
    quietAt: '20m',
    firesAt: '30m',
    labels: { ...job, resource: 'pods' },
  },
  GantryOperatorForbidden: {
    series: {
      [series('gantry_operator_api_request_duration_seconds_count', {
        ...operator,
        method: 'PATCH',
        code: '403',
      })]: '0x9 0+1x60',
      [series('gantry_operator_api_request_duration_seconds_count', {
        ...operator,
        method: 'GET',
        code: '403',
      })]: '0+60x70',
    },
    quietAt: '20m',
    firesAt: '30m',
    labels: { ...job, method: 'PATCH' },
  },
};

const folder = mkdtempSync(join(tmpdir(), 'gantry-rules-'));
const file = join(folder, 'rules.yaml');
writeFileSync(file, stringify({ groups: ruleGroups.map(formatGroup) }));
let promtool = '';

beforeAll(async () => {
  promtool = (await run(join(root, 'tools/promtool'))).stdout.trim();
}, 900_000);
afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** As another cluster would show them, sick from the beginning. */
function ofAnother(all: Case['series']): Case['series'] {
  return Object.fromEntries(
    Object.entries(all)
      .filter(([name]) => name.includes('gantry_cluster="orders"'))
      .map(([name, values]) => [
        name.replace('gantry_cluster="orders"', 'gantry_cluster="other"'),
        values.slice(values.lastIndexOf(' ') + 1),
      ]),
  );
}

function filledIn(text: string, { labels, value = '' }: Case): string {
  return text
    .replaceAll(/\{\{ \$labels\.(\w+) \}\}/g, (_all, label: string) => labels[label] ?? '')
    .replaceAll(/\{\{ \$value[^}]*\}\}/g, value);
}

/** What promtool has to say; empty when every expectation holds. */
async function verdict(rule: AlertRule, one: Case): Promise<string> {
  const tests = join(folder, `${rule.alert}.yaml`);
  const { quietAt, firesAt, labels } = one;
  const expectation = {
    exp_labels: { ...labels, severity: rule.severity },
    exp_annotations: {
      summary: filledIn(rule.summary, one),
      description: filledIn(rule.description, one),
    },
  };
  const text = stringify({
    rule_files: [file],
    evaluation_interval: '1m',
    tests: [
      {
        interval: '1m',
        input_series: Object.entries({ ...one.series, ...ofAnother(one.series) }).map(
          ([name, values]) => ({
            series: name,
            values,
          }),
        ),
        alert_rule_test: [
          { eval_time: quietAt, alertname: rule.alert, exp_alerts: [] },
          { eval_time: firesAt, alertname: rule.alert, exp_alerts: [expectation] },
        ],
      },
    ],
  });
  writeFileSync(tests, text);
  const failed = await run(promtool, ['test', 'rules', tests]).then(
    () => '',
    ({ stdout, stderr }: { stdout: string; stderr: string }) => `${stdout}${stderr}`,
  );
  return failed;
}

test('Prometheus takes the rules', async () => {
  const chart = join(root, 'charts/gantry-operator/files/rules.yaml');
  await expect(
    run(promtool, ['check', 'rules', '--lint=all', '--lint-fatal', file, chart]),
  ).resolves.toBeDefined();
});

test('every alert has its series here, and no other has', () => {
  expect(Object.keys(cases).toSorted()).toEqual(alerts.map(({ alert }) => alert).toSorted());
});

test.each(alerts.map((rule) => [rule.alert, rule] as const))('%s', async (alert, rule) => {
  const one = cases[alert];
  if (one === undefined) throw new Error(`There are no series for ${alert}`);
  expect(await verdict(rule, one)).toBe('');
});

test('an expectation that does not hold is found', async () => {
  const [rule] = alerts;
  const one = rule && cases[rule.alert];
  if (rule === undefined || one === undefined) throw new Error('There is no alert');
  expect(await verdict(rule, { ...one, quietAt: one.firesAt })).toContain(rule.alert);
});
