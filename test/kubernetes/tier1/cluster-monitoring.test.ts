/**
 * `spec.monitoring` at a real API server, with and without the kinds of the Prometheus operator: a
 * schema that lets everything through is all that is needed of those.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { stringify } from 'yaml';
import type { KubeObject } from '../kube-api.ts';
import { lenientKind } from '../lenient-kind.ts';
import { until } from '../until.ts';
import { World } from '../world.ts';

const GROUP = '/apis/monitoring.coreos.com/v1/namespaces/default';
const PATHS = {
  PodMonitor: `${GROUP}/podmonitors/orders`,
  PrometheusRule: `${GROUP}/prometheusrules/orders`,
  ConfigMap: '/api/v1/namespaces/default/configmaps/orders-dashboard',
} as const;

let world: World;

beforeAll(async () => {
  // Nothing is started: what watches a cluster does not wait for it.
  world = await World.start({ nodes: [] });
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

const monitored = (monitoring: object): Promise<string> =>
  world.server.apply(
    stringify({
      apiVersion: 'gantrymq.io/v1alpha1',
      kind: 'RocketMQCluster',
      metadata: { name: 'orders', namespace: 'default', labels: { release: 'prometheus' } },
      spec: {
        nameServer: { replicas: 1 },
        brokerSets: [{ name: 'main', replicas: 1, durability: 'Async' }],
        monitoring,
      },
    }),
  );

const find = (kind: keyof typeof PATHS): Promise<KubeObject | undefined> =>
  world.api.find(PATHS[kind]).catch(() => undefined);

/** The kinds that are there, in this order. */
async function kinds(): Promise<string[]> {
  const there: string[] = [];
  for (const kind of ['PodMonitor', 'PrometheusRule', 'ConfigMap'] as const) {
    if ((await find(kind)) !== undefined) there.push(kind);
  }
  return there;
}

/** What Kubernetes knows is asked every half minute. */
const PATIENT = { timeout: 90_000 };

const condition = (expected: Readonly<Record<string, string>>) =>
  world.awaitCondition('rocketmqclusters', 'orders', { type: 'MonitoringApplied', ...expected });

test('without the kinds, Enabled says what is missing, Auto makes nothing, and the cluster is made', async () => {
  await monitored({ prometheusRule: 'Enabled', dashboards: true });
  await condition({ status: 'False', reason: 'KindMissing' });
  await expect.poll(kinds, PATIENT).toEqual(['ConfigMap']);
  const { status } = await world.require('rocketmqclusters', 'orders');
  const conditions = status.conditions as { type: string; message: string }[];
  expect(conditions.map(({ type }) => type)).not.toContain('Stalled');
  expect(conditions.find(({ type }) => type === 'MonitoringApplied')?.message).toBe(
    'spec.monitoring.prometheusRule is Enabled, but Kubernetes does not know the kind PrometheusRule: install the Prometheus operator, or say Auto',
  );
  expect(await world.require('nameservers', 'orders')).toBeDefined();
});

test('the kinds are found when somebody installs them later, and what they need is taken', async () => {
  for (const kind of ['PodMonitor', 'PrometheusRule']) {
    await world.server.apply(lenientKind('monitoring.coreos.com/v1', kind));
  }
  await expect.poll(kinds, PATIENT).toEqual(['PodMonitor', 'PrometheusRule', 'ConfigMap']);
  await condition({ status: 'True', reason: 'Applied' });
  const monitor = await find('PodMonitor');
  expect(monitor?.metadata).toMatchObject({
    labels: { release: 'prometheus', 'app.kubernetes.io/managed-by': 'gantry-operator' },
    ownerReferences: [{ kind: 'RocketMQCluster', name: 'orders', controller: true }],
  });
  const matchLabels: object = monitor?.['spec'].selector.matchLabels;
  const [pod] = (await world.list('pods')).filter(({ metadata: { labels = {} } }) =>
    Object.entries(matchLabels).every(([name, value]) => labels[name] === value),
  );
  expect(pod?.metadata.name).toMatch(/^orders-nameserver-/);
});

test('what watches a cluster and is as it should be is not written to, and put right when it is not', async () => {
  const isOfMonitoring = ({ path }: { readonly path: string }) => /monitors|rules|maps/.test(path);
  const before = world.proxy.mutations.filter(isOfMonitoring).length;
  const annotations = { touched: 'once' };
  await world.patch('rocketmqclusters', 'orders', { metadata: { annotations } });
  await world.api.patch(PATHS.PodMonitor, { spec: { podMetricsEndpoints: [] } });
  await until(
    async () => (await find('PodMonitor'))?.['spec'].podMetricsEndpoints.length === 1,
    () => 'a PodMonitor stays as somebody changed it',
  );
  expect(world.proxy.mutations.filter(isOfMonitoring)).toHaveLength(before + 1);
});

test('what is switched off goes', async () => {
  await monitored({ podMonitor: 'Disabled', prometheusRule: 'Auto', dashboards: false });
  await expect.poll(kinds, PATIENT).toEqual(['PrometheusRule']);
  await condition({ status: 'True', message: 'PrometheusRule/orders' });
});

test('all of it goes with the cluster', async () => {
  await monitored({ dashboards: true });
  await expect.poll(kinds, PATIENT).toEqual(['PodMonitor', 'PrometheusRule', 'ConfigMap']);
  await world.server.kubectl(['delete', 'rmq', 'orders', '--wait=false']);
  await expect.poll(kinds, PATIENT).toEqual([]);
});
