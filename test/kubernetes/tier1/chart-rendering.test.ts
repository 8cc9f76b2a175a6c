/** What Helm makes of the charts, before anything is installed. */
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { loadConfig } from '../../../config/mod.ts';
import { operatorSchema, readManifest } from '../../../operator/mod.ts';
import { deployedOperator } from '../../../tools/charts/deploy.ts';
import { operatorChart } from '../../../tools/charts.ts';
import { readTree, root } from '../../../tools/tree.ts';
import { PROGRAMS, run } from '../api-server.ts';

const OPERATOR = join(root, 'charts/gantry-operator');
const CLUSTER = join(root, 'charts/gantry-cluster');
const HELM = join(PROGRAMS, 'helm');
const PROMETHEUS = ['PodMonitor', 'PrometheusRule'].flatMap((kind) => [
  '--api-versions',
  `monitoring.coreos.com/v1/${kind}`,
]);

interface Rendered {
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly annotations?: object;
  };
  readonly [field: string]: unknown;
}

async function render(chart: string, ...options: readonly string[]): Promise<Rendered[]> {
  const text = await run(HELM, ['template', 'try', chart, '--namespace', 'mq', ...options]);
  return parseAllDocuments(text)
    .map((document) => document.toJS() as Rendered | null)
    .filter((object) => object !== null);
}

const set = (...values: readonly string[]) => values.flatMap((value) => ['--set', value]);
const kindsOf = (objects: readonly Rendered[]) => objects.map(({ kind }) => kind);

/** And what binds them, besides what people may do with the kinds. */
function clusterRolesIn(objects: readonly Rendered[]): string[] {
  return objects
    .filter(({ kind }) => kind.startsWith('ClusterRole'))
    .map(({ metadata }) => metadata.name)
    .filter((name) => !['gantry-view', 'gantry-edit'].includes(name));
}

function argumentsOf(objects: readonly Rendered[]): string[] {
  const deployment = objects.find(({ kind }) => kind === 'Deployment') as unknown as {
    readonly spec: {
      readonly template: { readonly spec: { readonly containers: readonly { args: string[] }[] } };
    };
  };
  return deployment.spec.template.spec.containers[0]?.args ?? [];
}

/** As the operator itself reads them. */
function configOf(objects: readonly Rendered[]) {
  const [role, ...assignments] = argumentsOf(objects);
  expect(role).toBe('operator');
  const host = { name: 'pod', address: '127.0.0.1', homeFolder: '/', environment: {} };
  return loadConfig(operatorSchema, { assignments, host }).config;
}

test.each([
  ['operator', OPERATOR, []],
  ['operator of some namespaces', OPERATOR, set('watch.namespaces={a,b}')],
  ['operator of all', OPERATOR, set('watch.allNamespaces=true', 'monitoring.dashboards=true')],
  ['cluster', CLUSTER, []],
])('helm lint finds nothing in the chart of the %s', async (_what, chart, options) => {
  expect(await run(HELM, ['lint', '--strict', chart, ...options])).toContain('0 chart(s) failed');
});

test('deploy/ is what the chart renders to', () => {
  const tree = readTree();
  const chart = operatorChart(tree);
  const current = tree.find(({ path }) => path === 'deploy/operator.yaml')?.text;
  expect(deployedOperator(chart, undefined)).toBe(current);
});

describe('the operator', () => {
  test('acts in its own namespace and is given Roles there only', async () => {
    const objects = await render(OPERATOR);
    expect(clusterRolesIn(objects)).toEqual([]);
    const roles = objects.filter(({ kind }) => kind === 'Role');
    expect(roles.map(({ metadata }) => metadata.namespace)).toEqual(['mq', 'mq']);
    expect(configOf(objects)).toMatchObject({
      namespaces: 'mq',
      leaseNamespace: 'mq',
      leaderElection: true,
    });
  });

  test('is given a Role in each namespace that it is told to watch, and a lease at home', async () => {
    const objects = await render(
      OPERATOR,
      ...set('watch.namespaces={a,b}', 'watch.selector=team=x'),
    );
    const bindings = objects.filter(({ kind }) => kind === 'RoleBinding');
    const places = bindings.map(({ metadata }) => metadata.namespace);
    expect(new Set(places)).toEqual(new Set(['a', 'b', 'mq']));
    expect(configOf(objects)).toMatchObject({ namespaces: 'a,b', selector: 'team=x' });
  });

  test('is given a ClusterRole when it watches all namespaces', async () => {
    const objects = await render(OPERATOR, ...set('watch.allNamespaces=true'));
    expect(clusterRolesIn(objects)).toEqual(['try-gantry-operator', 'try-gantry-operator']);
    expect(configOf(objects).namespaces).toBe('');
  });

  test('takes any of its options, and those of the values hold', async () => {
    const options = set('options.concurrency=3', 'options.leaseName=mine');
    expect(configOf(await render(OPERATOR, ...options))).toMatchObject({
      concurrency: 3,
      leaseName: 'mine',
    });
  });

  test('is monitored where Kubernetes knows how, or when told to', async () => {
    const monitored = async (...options: readonly string[]) =>
      kindsOf(await render(OPERATOR, ...options)).filter((kind) => /Monitor|Prometheus/.test(kind));
    const all = ['PodMonitor', 'PrometheusRule'];
    expect(await monitored()).toEqual([]);
    expect(await monitored(...PROMETHEUS)).toEqual(all);
    const modes = (mode: string) =>
      set(`monitoring.podMonitor=${mode}`, `monitoring.prometheusRule=${mode}`);
    expect(await monitored(...PROMETHEUS, ...modes('Disabled'))).toEqual([]);
    expect(await monitored(...modes('Enabled'))).toEqual(all);
  });

  test('brings dashboards that Grafana can read', async () => {
    const objects = await render(OPERATOR, ...set('monitoring.dashboards=true'));
    const maps = objects.filter(({ kind }) => kind === 'ConfigMap');
    expect(maps.map(({ metadata }) => metadata.name)).toEqual([
      'try-gantry-operator-gantry-cluster',
      'try-gantry-operator-gantry-operator',
    ]);
    for (const { data } of maps) {
      const [text] = Object.values(data as Record<string, string>);
      expect(JSON.parse(text ?? '')).toMatchObject({ schemaVersion: 39 });
    }
  });

  test('brings every CRD as it is in crds/, to be kept when the release goes', async () => {
    const crds = (await render(OPERATOR)).filter(({ kind }) => kind === 'CustomResourceDefinition');
    const wanted = readTree()
      .filter(({ path }) => path.startsWith('crds/'))
      .map(({ text }) => parse(text) as Rendered);
    expect(crds).toHaveLength(wanted.length);
    expect(crds.map(({ spec }) => spec)).toEqual(wanted.map(({ spec }) => spec));
    for (const { metadata } of crds) {
      expect(metadata.annotations).toMatchObject({ 'helm.sh/resource-policy': 'keep' });
    }
    const without = kindsOf(await render(OPERATOR, ...set('crds.create=false')));
    expect(without).not.toContain('CustomResourceDefinition');
    expect(without).not.toContain('ClusterRole');
  });

  test.each([
    ['a value that does not exist', 'watch.namespace=a', "'namespace' not allowed"],
    ['all namespaces and some', 'watch.allNamespaces=true,watch.namespaces={a}', 'maxItems'],
    ['a namespace that cannot be', 'watch.namespaces={A_b}', 'does not match pattern'],
    ['a mode that does not exist', 'monitoring.podMonitor=auto', 'must be one of'],
    ['no account', 'serviceAccount.create=false', 'serviceAccount.name is needed'],
  ])('refuses %s', async (_what, values, message) => {
    await expect(render(OPERATOR, '--set', values)).rejects.toThrow(message);
  });
});

describe('the cluster', () => {
  const manifest = async (...options: readonly string[]) => {
    return run(HELM, ['template', 'orders', CLUSTER, '--namespace', 'mq', ...options]);
  };

  test('is one manifest that the operator takes, named as the release', async () => {
    const { nameServers, brokerSets } = readManifest(await manifest(), { file: 'values' });
    expect(nameServers.map(({ metadata }) => metadata.name)).toEqual(['orders']);
    expect(brokerSets.map(({ metadata }) => metadata.name)).toEqual(['orders-broker']);
  });

  test('has whatever else its user says', async () => {
    const text = await manifest(
      ...set('name=hot', 'image=registry.example/gantry:1', 'nameServer.pod.labels.a=b'),
    );
    const [cluster] = parseAllDocuments(text).map((document) => document.toJS() as Rendered);
    expect(cluster?.metadata.name).toBe('hot');
    expect(cluster?.['spec']).toMatchObject({
      image: 'registry.example/gantry:1',
      nameServer: { replicas: 2, pod: { labels: { a: 'b' } } },
    });
    expect(cluster?.['spec']).not.toHaveProperty('name');
  });

  test('leaves the number of groups to whoever scales, until somebody says one', async () => {
    const groupsOf = async (...options: readonly string[]) => {
      const [cluster] = parseAllDocuments(await manifest(...options)).map(
        (document) => document.toJS() as { readonly spec: { readonly brokerSets: object[] } },
      );
      return cluster?.spec.brokerSets[0];
    };
    expect(await groupsOf()).not.toHaveProperty('groups');
    expect(await groupsOf(...set('brokerSets[0].groups=3,brokerSets[0].name=a'))).toMatchObject({
      groups: 3,
    });
  });

  test.each([
    ['a field that does not exist', 'nameServer.replica=2', "'replica' not allowed"],
    ['a number out of range', 'nameServer.replicas=99', 'maximum'],
    ['a set without a name', 'brokerSets[0].groups=1', "missing property 'name'"],
  ])('refuses %s', async (_what, values, message) => {
    await expect(manifest('--set', values)).rejects.toThrow(message);
  });
});
