import { beforeEach, describe, expect, test } from 'vitest';
import { KubeContext } from '../../test/fakes/kube-context.ts';
import type { RocketMQCluster } from '../api/rocketmq-cluster.ts';
import type { ClusterStatus } from '../api/status/rocketmq-cluster.ts';
import { KubeError, type KubeObject, resources } from '../kube/mod.ts';
import { clusterReconciler } from './reconciler.ts';

const { rocketMQClusters, podMonitors, prometheusRules, configMaps } = resources;

/** Longer than an answer about kinds holds. */
const LATER_MS = 60_000;

let world: KubeContext;
let reconciler: ReturnType<typeof clusterReconciler>;

beforeEach(() => {
  world = new KubeContext();
  reconciler = clusterReconciler();
});

/** A cluster in which everything is settled but what watches it. */
async function cluster(
  monitoring: Partial<RocketMQCluster['spec']['monitoring']> = {},
  annotations: Readonly<Record<string, string>> = {},
): Promise<void> {
  world.put({
    apiVersion: 'gantrymq.io/v1alpha1',
    kind: 'RocketMQCluster',
    metadata: { name: 'orders', namespace: 'shop', annotations },
    spec: { brokerSets: [{ name: 'main', replicas: 1, durability: 'Async' }], monitoring },
  });
  await settle();
}

const settle = () => world.settle(reconciler as never, 'orders');
const withAddOn = () =>
  [podMonitors, prometheusRules].map(({ plural }) => world.addOns.add(plural));
const condition = () => {
  const found = world.find<KubeObject & { status: ClusterStatus }>(rocketMQClusters, 'orders');
  return found?.status.conditions?.find(({ type }) => type === 'MonitoringApplied');
};
const made = () =>
  [podMonitors, prometheusRules].flatMap((resource) =>
    world.find(resource, 'orders') === undefined ? [] : [resource.kind],
  );
const dashboard = () => world.find(configMaps, 'orders-dashboard');

describe('Auto', () => {
  test('makes what Kubernetes knows, owned by the cluster, once', async () => {
    withAddOn();
    await cluster();
    expect(made()).toEqual(['PodMonitor', 'PrometheusRule']);
    const owner = { kind: 'RocketMQCluster', name: 'orders', controller: true };
    expect(world.find(podMonitors, 'orders')?.metadata.ownerReferences).toMatchObject([owner]);
    expect(condition()).toMatchObject({
      status: 'True',
      reason: 'Applied',
      message: 'PodMonitor/orders, PrometheusRule/orders',
    });
    world.writes.length = 0;
    await settle();
    expect(world.writes).toEqual([]);
  });

  test('makes nothing where Kubernetes knows nothing, and everything once it does', async () => {
    await cluster();
    expect(condition()).toMatchObject({ status: 'True', reason: 'NothingWanted' });
    expect(world.writes.filter((write) => /monitor|prometheus|configmap/.test(write))).toEqual([]);
    withAddOn();
    world.nowMs += LATER_MS;
    await settle();
    expect(made()).toEqual(['PodMonitor', 'PrometheusRule']);
  });
});

test('Enabled without the kind says what is missing, holds nothing up, and is made once it is there', async () => {
  await cluster({ podMonitor: 'Enabled' });
  expect(condition()).toMatchObject({
    status: 'False',
    reason: 'KindMissing',
    message:
      'spec.monitoring.podMonitor is Enabled, but Kubernetes does not know the kind PodMonitor: install the Prometheus operator, or say Auto',
  });
  expect(world.writes).toContain('apply nameservers shop/orders');
  const { status } = world.find<KubeObject & { status: ClusterStatus }>(
    rocketMQClusters,
    'orders',
  ) ?? { status: {} as ClusterStatus };
  expect(status.conditions?.map(({ type }) => type)).not.toContain('Stalled');
  withAddOn();
  world.nowMs += LATER_MS;
  await settle();
  expect(condition()).toMatchObject({ status: 'True', reason: 'Applied' });
});

test('what is switched off goes again', async () => {
  withAddOn();
  await cluster({ dashboards: true });
  expect(made()).toHaveLength(2);
  expect(dashboard()?.metadata.labels).toHaveProperty('grafana_dashboard', '1');
  await cluster({ podMonitor: 'Disabled', prometheusRule: 'Disabled', dashboards: false });
  expect(made()).toEqual([]);
  expect(dashboard()).toBeUndefined();
  expect(condition()).toMatchObject({ status: 'True', reason: 'NothingWanted' });
});

test('what somebody else has made under the name stays as it is', async () => {
  withAddOn();
  const { apiVersion, kind } = podMonitors;
  world.put({ apiVersion, kind, metadata: { name: 'orders', namespace: 'shop' }, spec: { a: 1 } });
  await cluster();
  expect(world.find(podMonitors, 'orders')?.spec).toEqual({ a: 1 });
  expect(condition()).toMatchObject({
    status: 'False',
    reason: 'Refused',
    message: expect.stringContaining('it exists and belongs to nobody'),
  });
  await cluster({ podMonitor: 'Disabled' });
  expect(made()).toEqual(['PodMonitor', 'PrometheusRule']);
});

test('a refusal of the API server, and no answer, are said and keep nothing else back', async () => {
  withAddOn();
  const facts = { status: 403, reason: 'Forbidden' };
  const error = new KubeError('prometheusrules is forbidden', facts);
  world.refusal = { plural: 'prometheusrules', error };
  await cluster();
  expect(condition()).toMatchObject({ reason: 'Refused', message: 'prometheusrules is forbidden' });
  expect(made()).toEqual(['PodMonitor']);
  const silence = new KubeError('no answer', { status: 0, reason: 'Timeout' });
  world.refusal = { plural: 'prometheusrules', error: silence };
  await settle();
  expect(condition()).toMatchObject({ status: 'Unknown', message: 'no answer' });
  world.refusal = undefined;
  await settle();
  expect(condition()).toMatchObject({ reason: 'Applied' });
});

test('a cluster that is paused keeps what it has, and what was said of it', async () => {
  withAddOn();
  await cluster();
  await cluster({ podMonitor: 'Disabled' }, { 'gantrymq.io/paused': 'true' });
  expect(made()).toHaveLength(2);
  expect(condition()).toMatchObject({ reason: 'Applied' });
});
