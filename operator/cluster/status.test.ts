import { describe, expect, test } from 'vitest';
import { check } from '../api/check.ts';
import { readObject } from '../api/read-object.ts';
import { clusterStatus as clusterStatusSchema } from '../api/status/rocketmq-cluster.ts';
import type { LiveChild } from './live-child.ts';
import { type Observed, planCluster } from './plan.ts';
import { clusterStatus, type StatusFacts } from './status.ts';

const read = readObject('RocketMQCluster', {
  apiVersion: 'gantrymq.io/v1alpha1',
  kind: 'RocketMQCluster',
  metadata: { name: 'orders', namespace: 'shop' },
  spec: { version: '1.0.0', brokerSets: [{ name: 'main', replicas: 1, durability: 'Async' }] },
});
if (!('manifest' in read)) throw new Error(read.message);
const { manifest } = read;

const child = (kind: LiveChild['kind'], name: string, changes: Partial<LiveChild>): LiveChild => ({
  kind,
  name,
  uid: name,
  isGoing: false,
  release: { version: '1.0.0', image: undefined },
  isReady: true,
  phase: 'Ready',
  reason: 'AllReady',
  message: 'all is well',
  stalled: undefined,
  work: undefined,
  version: '1.0.0',
  groups: kind === 'BrokerSet' ? 2 : 0,
  readyGroups: kind === 'BrokerSet' ? 1 : 0,
  addresses: kind === 'NameServer' ? ['a:9876', 'b:9876'] : [],
  annotations: {},
  ...changes,
  isSettled: changes.isSettled ?? changes.isReady ?? true,
});
const servers = (changes: Partial<LiveChild> = {}) => child('NameServer', 'orders', changes);
const main = (changes: Partial<LiveChild> = {}) => child('BrokerSet', 'orders-main', changes);

function statusOf(changes: Partial<Observed>, facts: Partial<StatusFacts> = {}) {
  const observed: Observed = {
    manifest,
    isPaused: false,
    isDeleting: false,
    hasFinalizer: true,
    children: [servers(), main()],
    foreign: [],
    version: '9.9.9',
    ...changes,
  };
  return clusterStatus({
    observed,
    plan: planCluster(observed),
    unusable: undefined,
    monitoring: undefined,
    before: {},
    key: { name: 'orders', namespace: 'shop' },
    generation: 4,
    nowMs: 0,
    ...facts,
  });
}

const conditionOf = (status: ReturnType<typeof statusOf>, type: string) =>
  status.conditions?.find((condition) => condition.type === type);

describe('a cluster', () => {
  test('that is well says what runs and where clients connect', () => {
    expect(statusOf({})).toMatchObject({
      observedGeneration: 4,
      phase: 'Ready',
      version: '1.0.0',
      groups: 2,
      readyGroups: 1,
      components: [
        { kind: 'NameServer', name: 'orders', ready: true },
        { kind: 'BrokerSet', name: 'orders-main', ready: true },
      ],
      endpoints: [
        { name: 'nameservers', address: 'a:9876;b:9876' },
        { name: 'nameserver-service', address: 'orders-nameserver.shop.svc:9876' },
      ],
    });
    expect(conditionOf(statusOf({}), 'Ready')).toMatchObject({ status: 'True' });
    expect(conditionOf(statusOf({}), 'Reconciling')).toBeUndefined();
  });

  test('that is being made names what is missing, and what it waits for', () => {
    const status = statusOf({ children: [servers({ isReady: false, message: 'no pod yet' })] });
    expect(status.phase).toBe('Creating');
    expect(conditionOf(status, 'Reconciling')).toMatchObject({
      reason: 'Creating',
      message: 'BrokerSet/orders-main, after NameServer/orders: no pod yet',
    });
    expect(status.components?.[1]).toMatchObject({ name: 'orders-main', ready: false });
  });

  test('is stalled by what stalls a component, and says which', () => {
    const stalled = { reason: 'ImagePull', message: 'no such image' } as const;
    const status = statusOf({ children: [servers(), main({ isReady: false, stalled })] });
    expect(status.phase).toBe('Failed');
    expect(conditionOf(status, 'Stalled')).toMatchObject({
      reason: 'ImagePull',
      message: 'BrokerSet/orders-main: no such image',
    });
  });

  test('whose spec cannot be used says why, and nothing of it that a status may not have', () => {
    const unusable = { reason: 'InvalidSpec', message: 'spec.brokerSets: is missing' } as const;
    const status = statusOf({ manifest: undefined, children: [] }, { unusable });
    expect(conditionOf(status, 'Stalled')).toMatchObject(unusable);
    expect(conditionOf(status, 'Ready')).toMatchObject({ status: 'False', reason: 'Stalled' });
    expect(status.components).toBeUndefined();
  });

  test('that is paused says so', () => {
    expect(conditionOf(statusOf({ isPaused: true }), 'Paused')).toMatchObject({
      status: 'True',
      reason: 'ByAnnotation',
    });
  });

  test('that is deleted says what is left', () => {
    const status = statusOf({ isDeleting: true });
    expect(status.phase).toBe('Deleting');
    expect(conditionOf(status, 'Reconciling')?.message).toBe(
      'yet to go: NameServer/orders, BrokerSet/orders-main',
    );
  });
});

describe('an upgrade', () => {
  const old = { release: { version: '0.9.0', image: undefined }, version: '0.9.0' };

  test('says from where to where, and whose turn it is', () => {
    const before = { version: '0.9.0' };
    const first = statusOf({ children: [servers(old), main(old)] }, { before });
    expect(first.upgrade).toEqual({ from: '0.9.0', to: '1.0.0', step: 'NameServer/orders' });
    expect(first.phase).toBe('Updating');
    const rolling = servers({ isReady: false, version: undefined });
    const next = statusOf({ children: [rolling, main(old)] }, { before: first });
    expect(next.upgrade).toEqual(first.upgrade);
    const last = statusOf({ children: [servers(), main({ isReady: false })] }, { before: next });
    expect(last.upgrade).toMatchObject({ from: '0.9.0', step: 'BrokerSet/orders-main' });
    expect(statusOf({}, { before: last }).upgrade).toBeUndefined();
  });

  test('goes on, and the cluster is not ready, while brokers serve and are rolled', () => {
    const before = { version: '0.9.0', upgrade: { to: '1.0.0', step: 'NameServer/orders' } };
    const status = statusOf({ children: [servers(), main({ isSettled: false })] }, { before });
    expect(status.upgrade).toMatchObject({ step: 'BrokerSet/orders-main' });
    expect(conditionOf(status, 'Ready')).toMatchObject({
      status: 'False',
      message: 'BrokerSet/orders-main gets 1.0.0',
    });
  });

  test('is no part of a first start', () => {
    expect(statusOf({ children: [servers({ isReady: false })] }).upgrade).toBeUndefined();
  });
});

test('every status fits its schema, so that the API server takes it', () => {
  const unusable = { reason: 'InvalidSpec', message: 'x' } as const;
  const statuses = [
    statusOf({}),
    statusOf({ children: [] }),
    statusOf({ children: [servers({ isReady: false, isGoing: true })] }),
    statusOf({ isDeleting: true, children: [] }),
    statusOf({ manifest: undefined }, { unusable }),
    statusOf({ foreign: ['NameServer/orders'] }),
  ];
  expect(statuses.flatMap((status) => check(clusterStatusSchema, status))).toEqual([]);
});

test('says which set stays until the one in its place is ready', () => {
  const former = child('BrokerSet', 'orders-former', {});
  const status = statusOf({ children: [servers(), main({ isReady: false }), former] });
  expect(conditionOf(status, 'Reconciling')).toMatchObject({
    reason: 'GateHeld',
    message: 'until another set is ready: BrokerSet/orders-former stays',
  });
});

test('is under way while a component is, though all of them serve', () => {
  const work = { reason: 'RollingUpdate', message: 'outdated: orders-main-0' } as const;
  const children = [servers(), main({ phase: 'Updating', isSettled: false, work })];
  const status = statusOf({ children });
  expect(status.phase).toBe('Updating');
  expect(status.conditions).toContainEqual(
    expect.objectContaining({
      type: 'Reconciling',
      reason: 'RollingUpdate',
      message: 'BrokerSet/orders-main: outdated: orders-main-0',
    }),
  );
});
