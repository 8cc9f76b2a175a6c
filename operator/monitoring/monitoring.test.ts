import { readFileSync } from 'node:fs';
import { collectDefaultMetrics, Registry } from 'prom-client';
import { beforeAll, describe, expect, test } from 'vitest';
import { findMetrics } from '../../tools/tables.ts';
import { componentObjects, readManifest } from '../mod.ts';
import { dashboardOf } from './cluster-dashboard.ts';
import { formatDashboard } from './dashboard.ts';
import { dashboardMap, podMonitor, prometheusRule } from './objects.ts';
import { selectorsIn } from './promql.ts';
import { formatGroup } from './rule.ts';
import { clusterRules, dashboards as ofAllClusters, operatorRules } from './tables.ts';
import { TARGET_LABELS } from './target-labels.ts';

const watched = { namespace: 'mq', name: 'orders' };

/** What others show, and the labels of it that we use. */
const foreign: Readonly<Record<string, readonly string[]>> = {
  up: [],
};
const everywhere = ['namespace', 'pod', ...Object.keys(TARGET_LABELS)];

const known = new Map<string, readonly string[]>(Object.entries(foreign));
const ruleGroups = [...clusterRules(watched), ...operatorRules];
const dashboards = [...ofAllClusters, dashboardOf(watched)];
const rules = ruleGroups.flatMap((group) => group.rules);
const alerts = rules.filter((rule) => 'alert' in rule);
const panels = dashboards.flatMap(({ rows }) => rows.flatMap((row) => row.panels));

beforeAll(async () => {
  for (const { rows } of await findMetrics()) {
    for (const [name, { kind, labels }] of Object.entries(rows)) {
      const suffixes = kind === 'histogram' ? ['_bucket', '_sum', '_count'] : [''];
      for (const suffix of suffixes) known.set(`${name}${suffix}`, labels);
    }
  }
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  for (const { name } of registry.getMetricsAsArray()) known.set(name, []);
  for (const rule of rules) if ('record' in rule) known.set(rule.record, recorded(rule.expr));
});

/** The labels that an aggregation keeps, besides those that are everywhere. */
function recorded(expr: string): readonly string[] {
  return [...expr.matchAll(/\bby \(([^)]*)\)/g)].flatMap(([, list = '']) => list.split(/,\s*/));
}

/** What is wrong with the metrics that an expression names. */
function wrongIn(expr: string): string[] {
  return selectorsIn(expr).flatMap(({ metric, labels }) => {
    const own = known.get(metric);
    if (own === undefined) return [`nothing shows ${metric}`];
    return labels
      .filter((label) => ![...own, ...everywhere].includes(label))
      .map((label) => `${metric} has no label ${label}`);
  });
}

describe('every metric that is asked for is shown by somebody, with the labels asked for:', () => {
  test.each(rules.map((rule) => ['alert' in rule ? rule.alert : rule.record, rule.expr]))(
    '%s',
    (_name, expr) => {
      expect(selectorsIn(expr)).not.toEqual([]);
      expect(wrongIn(expr)).toEqual([]);
    },
  );

  test.each(panels.map(({ title, queries }) => [title, queries] as const))(
    'panel %s',
    (_title, queries) => {
      expect(queries.flatMap(({ expr }) => wrongIn(expr))).toEqual([]);
      expect(queries.every(({ expr }) => selectorsIn(expr).length > 0)).toBe(true);
    },
  );

  test.each(
    dashboards.flatMap(({ variables }) => variables.map(({ name, query }) => [name, query])),
  )('variable %s', (_name, query) => {
    const [, selector = ''] = /^label_values\((.+), \w+\)$/.exec(query) ?? [];
    expect(selectorsIn(selector)).not.toEqual([]);
    expect(wrongIn(selector)).toEqual([]);
  });
});

test('rules and the dashboard of a cluster look at no series of another', () => {
  const exprs = [
    ...clusterRules(watched).flatMap((group) => group.rules.map(({ expr }) => expr)),
    ...dashboardOf(watched).rows.flatMap((row) =>
      row.panels.flatMap(({ queries }) => queries.map(({ expr }) => expr)),
    ),
  ];
  expect(exprs.length).toBeGreaterThan(40);
  for (const expr of exprs) {
    for (const { metric, labels } of selectorsIn(expr)) {
      expect(labels, `${metric} in ${expr}`).toEqual(
        expect.arrayContaining(['namespace', 'gantry_cluster']),
      );
    }
    expect(expr).toContain('namespace="mq", gantry_cluster="orders"');
    expect(expr).not.toContain('$');
  }
});

test('dashboards of two clusters are two to Grafana', () => {
  const uids = ['a/b-c', 'a-b/c', `${'x'.repeat(63)}/${'y'.repeat(40)}`].map((path) => {
    const [namespace = '', name = ''] = path.split('/');
    return dashboardOf({ namespace, name }).uid;
  });
  expect(new Set(uids).size).toBe(3);
  for (const uid of uids) expect(uid).toMatch(/^[-a-z0-9]{1,40}$/);
});

test('the check finds a metric and a label that nobody has', () => {
  expect(wrongIn('rate(rocketmq_mesages_in_total[5m])')).toEqual([
    'nothing shows rocketmq_mesages_in_total',
  ]);
  expect(wrongIn('sum(up{node="a"}) > 0')).toEqual(['up has no label node']);
});

test('selectors are found between functions, words, strings and durations', () => {
  const expr =
    'label_replace(a_total / on (pod) group_left (b) c{d=~"x|y(z)", e!="f"}, "g", "$1", "h", "i") unless rate(j:k[5m] offset 1h) > bool 1e3';
  expect(selectorsIn(expr)).toEqual([
    { metric: 'a_total', labels: [] },
    { metric: 'c', labels: ['d', 'e'] },
    { metric: 'j:k', labels: [] },
  ]);
});

test('an alert has a name of its own and says in whole sentences what is wrong', () => {
  expect(new Set(alerts.map(({ alert }) => alert)).size).toBe(alerts.length);
  for (const { alert, summary, description, for: holds } of alerts) {
    expect(summary, alert).toMatch(/\.$/);
    expect(description, alert).toMatch(/\.$/);
    expect(holds, alert).toMatch(/^\d+[smh]$/);
  }
});

test('a group is what Prometheus reads', () => {
  const [rule] = alerts;
  if (rule === undefined) throw new Error('There is no alert');
  expect(formatGroup({ name: 'a', rules: [rule] })).toEqual({
    name: 'a',
    rules: [
      {
        alert: rule.alert,
        expr: rule.expr,
        for: rule.for,
        labels: { severity: rule.severity },
        annotations: { summary: rule.summary, description: rule.description },
      },
    ],
  });
});

test('every pod has the labels that the PodMonitor picks it and names its series by', () => {
  const text = readFileSync(new URL('../../examples/quickstart.yaml', import.meta.url), 'utf8');
  const components = readManifest(text, { file: 'quickstart.yaml' });
  const objects = componentObjects(components, '0.0.0');
  const [cluster] = components.clusters;
  if (cluster === undefined) throw new Error('There is no cluster');
  const { selector, podMetricsEndpoints } = podMonitor(cluster).spec;
  const pods = objects.flatMap((object) =>
    object.kind === 'StatefulSet' ? [object.spec.template] : [],
  );
  expect(pods).toHaveLength(2);
  for (const { metadata, spec } of pods) {
    expect(metadata.labels).toMatchObject(selector.matchLabels);
    for (const label of Object.values(TARGET_LABELS)) expect(metadata.labels[label]).toBeDefined();
    expect(spec.containers[0]).toMatchObject({
      ports: expect.arrayContaining([
        expect.objectContaining({ name: podMetricsEndpoints[0]?.port }),
      ]),
    });
  }
});

test('what watches a cluster has the labels that its user picks it by, and none of the tool that installed it', () => {
  const labels = { release: 'prometheus', 'app.kubernetes.io/managed-by': 'Helm' };
  const cluster = { metadata: { ...watched, labels, annotations: {} } };
  for (const { metadata } of [podMonitor, prometheusRule, dashboardMap].map((of) => of(cluster))) {
    expect(metadata.namespace).toBe('mq');
    expect(metadata.name).toMatch(/^orders(?:-dashboard)?$/);
    expect(metadata.labels).toMatchObject({
      release: 'prometheus',
      'app.kubernetes.io/managed-by': 'gantry-operator',
      'gantrymq.io/cluster': 'orders',
    });
  }
  expect(dashboardMap(cluster).metadata.labels).toHaveProperty('grafana_dashboard', '1');
});

interface Placed {
  readonly id: number;
  readonly gridPos: {
    readonly x: number;
    readonly y: number;
    readonly w: number;
    readonly h: number;
  };
}

test.each(dashboards.map((dashboard) => [dashboard.title, dashboard] as const))(
  '%s: every panel has an id and a place of its own',
  (_title, dashboard) => {
    const { panels: all } = formatDashboard(dashboard) as { readonly panels: readonly Placed[] };
    expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
    const cells = all.flatMap(({ gridPos: { x, y, w, h } }) => {
      expect(x + w).toBeLessThanOrEqual(24);
      return Array.from({ length: w * h }, (_, at) => `${x + (at % w)} ${y + Math.floor(at / w)}`);
    });
    expect(new Set(cells).size).toBe(cells.length);
  },
);
