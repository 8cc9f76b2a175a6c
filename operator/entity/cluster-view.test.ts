import { describe, expect, test } from 'vitest';
import type { Cache, Caches, KubeObject } from '../kube/mod.ts';
import { clusterView } from './cluster-view.ts';

interface Facts {
  readonly namespace?: string;
  readonly owner?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly deletionTimestamp?: string;
  readonly spec?: object;
  readonly status?: object;
}

function object(kind: string, name: string, facts: Facts = {}): KubeObject {
  const { namespace = 'shop', owner, labels = {}, deletionTimestamp, ...rest } = facts;
  const reference = { apiVersion: '', kind: '', name: '', uid: owner ?? '', controller: true };
  return {
    apiVersion: '',
    kind,
    metadata: {
      name,
      namespace,
      uid: `uid-${name}`,
      resourceVersion: '1',
      creationTimestamp: '2026-01-01T00:00:00Z',
      labels,
      ownerReferences: owner === undefined ? [] : [reference],
      ...(deletionTimestamp === undefined ? {} : { deletionTimestamp }),
    },
    ...rest,
  };
}

function cachesOf(objects: readonly KubeObject[]): Caches {
  const of = (kind: string): Cache<KubeObject> => {
    const held = objects.filter((one) => one.kind === kind);
    return {
      find: ({ namespace, name }) =>
        held.find(({ metadata }) => metadata.name === name && metadata.namespace === namespace),
      all: () => held,
      ownedBy: (uid) =>
        held.filter(({ metadata }) => metadata.ownerReferences?.some((one) => one.uid === uid)),
      labelled: (label, value) => held.filter(({ metadata }) => metadata.labels?.[label] === value),
      hasSynced: true,
    };
  };
  // What is held was put there by the test, of the type it asks for.
  return { of: (resource) => of(resource.kind) as never };
}

const cluster = (facts: Facts = {}) =>
  object('RocketMQCluster', 'orders', { spec: { allowedNamespaces: ['team'] }, ...facts });

const group = (index: number, more: object = {}) => ({
  index,
  name: `orders-main-${index}`,
  phase: 'Ready',
  members: [],
  ...more,
});

const set = (...groupStatus: readonly object[]) =>
  object('BrokerSet', 'orders-main', { owner: 'uid-orders', status: { groupStatus } });

const pod = (name: string, of: string, podIP: string, facts: Facts = {}) =>
  object('Pod', name, {
    labels: { 'gantrymq.io/broker-set': 'orders-main', 'gantrymq.io/broker-group': of },
    status: { podIP },
    ...facts,
  });

const view = (objects: readonly KubeObject[], namespace = 'shop', from?: string) =>
  clusterView(cachesOf(objects), namespace, {
    name: 'orders',
    ...(from === undefined ? {} : { namespace: from }),
  });

const groupsOf = (...objects: readonly KubeObject[]) => view([cluster(), ...objects]).groups;

describe('the cluster that is pointed at', () => {
  test('is missing, is going, or is there', () => {
    expect(view([])).toMatchObject({ state: 'missing', shown: 'shop/orders' });
    const going = cluster({ deletionTimestamp: '2026-01-01T00:00:00Z' });
    expect(view([going]).state).toBe('deleting');
    expect(view([cluster()]).state).toBe('there');
  });

  test('allows its own namespace, and those it lists', () => {
    expect(view([cluster()], 'team', 'shop').state).toBe('there');
    expect(view([cluster()], 'stranger', 'shop').state).toBe('notAllowed');
  });
});

describe('a broker group', () => {
  test('is reached at the address of its pod, and named by its set in the cluster', () => {
    const other = pod('else', 'orders-main-0', '10.0.0.9', { namespace: 'other' });
    expect(groupsOf(set(group(0)), pod('p', 'orders-main-0', '10.0.0.1'), other)).toEqual([
      { set: 'main', group: 'orders-main-0', address: '10.0.0.1:10911', isServing: true },
    ]);
    const six = pod('p', 'orders-main-0', 'fd00::1');
    expect(groupsOf(set(group(0)), six)[0]?.address).toBe('[fd00::1]:10911');
  });

  test('is reached at its master where it has more pods than one, else not at all', () => {
    const pods = [pod('p-0', 'orders-main-0', '10.0.0.1'), pod('p-1', 'orders-main-0', '10.0.0.2')];
    const led = group(0, { master: { pod: 'p-1' } });
    expect(groupsOf(set(led), ...pods)[0]?.address).toBe('10.0.0.2:10911');
    expect(groupsOf(set(group(0)), ...pods)[0]?.address).toBeUndefined();
  });

  test('is not reached at a pod that is going, or has no address', () => {
    const going = { deletionTimestamp: '2026-01-01T00:00:00Z' };
    const gone = pod('p', 'orders-main-0', '10.0.0.1', going);
    expect(groupsOf(set(group(0)), gone)[0]?.address).toBeUndefined();
    expect(groupsOf(set(group(0)))[0]?.address).toBeUndefined();
  });

  test.each([
    [{ phase: 'Creating' }, false],
    [{ phase: 'Pending' }, false],
    [{ drain: { step: 'Prepare', since: '', blockers: [] } }, false],
    [{ phase: 'Updating' }, true],
    [{ phase: 'Degraded' }, true],
  ])('with %j serves: %j', (facts, serves) => {
    expect(groupsOf(set(group(0, facts)))[0]?.isServing).toBe(serves);
  });

  test('of a set that is not the cluster’s own is none of its groups', () => {
    const foreign = object('BrokerSet', 'orders-main', { owner: 'uid-of-another' });
    expect(groupsOf(foreign)).toEqual([]);
  });
});

test('name servers are reached at their pods', () => {
  const nameServer = object('NameServer', 'orders', { owner: 'uid-orders' });
  const labels = {
    'app.kubernetes.io/instance': 'orders',
    'app.kubernetes.io/component': 'nameserver',
  };
  const server = object('Pod', 'orders-nameserver-0', { labels, status: { podIP: '10.0.0.3' } });
  expect(view([cluster(), nameServer, server]).nameServers).toEqual(['10.0.0.3:9876']);
});
