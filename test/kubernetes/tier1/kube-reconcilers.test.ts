import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { MetricsRegistry } from '../../../metrics/mod.ts';
import type { ClusterAccess } from '../../../operator/access/mod.ts';
import {
  applyChild,
  type Desired,
  findLabelSelector,
  operatorMeter,
  type Reconciler,
  Reconcilers,
  type ReconcilersOptions,
  resources,
  writeStatus,
} from '../../../operator/kube/mod.ts';
import { type ApiServer, startApiServer } from '../api-server.ts';
import { FaultProxy } from '../fault-proxy.ts';
import { AttributeReconciler, type Attributes, child } from './attribute-reconciler.ts';
import { type ConfigMap, type Connected, connect, inDefault } from './kube-parts.ts';

const { topics, configMaps } = resources;

let cluster: ApiServer;
let proxy: FaultProxy;
let connected: Connected;
let others: Connected;
let reconciler: AttributeReconciler;
const running: Reconcilers[] = [];

beforeAll(async () => {
  cluster = await startApiServer();
  others = await connect(cluster.kubeconfig);
  await cluster.kubectl(['apply', '--server-side', '-f', 'crds']);
  await cluster.kubectl(['wait', '--for=condition=Established', 'crd', '--all']);
});

afterAll(async () => {
  others[Symbol.dispose]();
  await cluster.close();
});

beforeEach(async () => {
  reconciler = new AttributeReconciler();
  proxy = await FaultProxy.start(cluster.kubeconfig);
  connected = await connect(proxy.kubeconfig());
});

afterEach(async () => {
  await Promise.all(running.splice(0).map((one) => one.close()));
  connected[Symbol.dispose]();
  await proxy[Symbol.asyncDispose]();
  await cluster.kubectl(['delete', 'topics', '--all', '-n', 'default']);
});

function start(options: Partial<ReconcilersOptions> = {}, through: Connected = connected) {
  const reconcilers = new Reconcilers(
    through.runtime,
    through.server,
    {
      reconcilers: [reconciler as Reconciler],
      namespaces: [],
      watched: [topics, configMaps],
      selector: () => true,
      concurrency: 3,
      identity: 'test',
      access: {} as ClusterAccess,
      version: '0.0.0',
      ...options,
    },
    operatorMeter(new MetricsRegistry()),
  );
  running.push(reconcilers);
  reconcilers.ended.catch(() => undefined);
  reconcilers.start();
  return reconcilers;
}

function putTopic(
  name: string,
  attributes: Readonly<Record<string, string>>,
  labels: Readonly<Record<string, string>> = {},
): Promise<Attributes> {
  return others.client().apply<Attributes>(topics, {
    apiVersion: topics.apiVersion,
    kind: topics.kind,
    metadata: { name, namespace: 'default', labels },
    spec: { clusterRef: { name: 'orders' }, attributes },
  } as Desired);
}

const valueOf = async (name: string) =>
  (await others.client().find<ConfigMap>(configMaps, inDefault(name)))?.data?.['value'];

const writes = () => proxy.seen.filter((request) => !request.startsWith('GET '));
const eventually = <T>(look: () => T) => expect.poll(look, { timeout: 20_000, interval: 20 });

test('children are made, mended when somebody changes them, and go when they are not wanted', async () => {
  await putTopic('mended', { a: '1', b: '1' });
  start();
  await eventually(() => valueOf('b')).toBe('1');
  await others.client().patch(configMaps, inDefault('a'), { data: { value: 'changed' } });
  await eventually(() => valueOf('a')).toBe('1');
  const b = await others.client().find(configMaps, inDefault('b'));
  await others.client().remove(configMaps, inDefault('b'), { uid: b?.metadata.uid ?? '' });
  await eventually(() => valueOf('b')).toBe('1');
  await putTopic('mended', { a: '2' });
  await eventually(() => valueOf('b')).toBeUndefined();
  expect(await valueOf('a')).toBe('2');
});

test('what is as it should be costs no write, neither of this operator nor of the next', async () => {
  await putTopic('quiet', { c: '1' });
  const first = start();
  await eventually(() => writes().length).toBe(2);
  expect(writes().map((request) => request.split('?')[0])).toEqual([
    'PATCH /api/v1/namespaces/default/configmaps/c',
    'PATCH /apis/gantrymq.io/v1alpha1/namespaces/default/topics/quiet/status',
  ]);
  const before = reconciler.reconciles;
  await others.client().patch(topics, inDefault('quiet'), {
    metadata: { annotations: { look: 'again' } },
  });
  await eventually(() => reconciler.reconciles).toBeGreaterThan(before);
  await first.close();
  const seen = reconciler.reconciles;
  start();
  await eventually(() => reconciler.reconciles).toBeGreaterThan(seen);
  await eventually(() => proxy.watches.paths.length).toBe(2);
  expect(writes()).toHaveLength(2);
});

test('a reconcile begins only when the caches have what the one before wrote', async () => {
  const seen: (string | undefined)[] = [];
  const counting: Reconciler = {
    name: 'counting',
    resource: topics,
    owns: [],
    reconcile: async (object, { client, caches }) => {
      const count = caches.of<ConfigMap>(configMaps).find(inDefault('counter'))?.data?.['value'];
      seen.push(count);
      if (seen.length > 5) return {};
      const { apiVersion, kind, metadata } = object;
      const owner = { apiVersion, kind, name: metadata.name, uid: metadata.uid };
      const next = child('counter', String(Number(count ?? 0) + 1));
      await client.apply(configMaps, {
        ...next,
        metadata: { ...next.metadata, ownerReferences: [owner] },
      });
      return { requeueAfterMs: 1 };
    },
  };
  proxy.inject({ effect: { kind: 'late-events', delayMs: 300 } });
  await putTopic('counted', {});
  start({ reconcilers: [counting] });
  await eventually(() => seen.length).toBe(6);
  expect(seen).toEqual([undefined, '1', '2', '3', '4', '5']);
});

test('a failure is tried again', async () => {
  let failures = 3;
  reconciler.before = async () => {
    if (failures-- > 0) throw new Error('not yet');
  };
  await putTopic('failing', { d: '1' });
  start();
  await eventually(() => valueOf('d')).toBe('1');
  expect(reconciler.reconciles).toBeGreaterThan(3);
});

test("somebody else's object of the name is not taken over", async () => {
  const foreign = await putTopic('foreign', {});
  const { name, uid } = foreign.metadata;
  const owner = { apiVersion: topics.apiVersion, kind: topics.kind, name, uid, controller: true };
  const theirs = child('e', 'theirs');
  await others.client().apply(configMaps, {
    ...theirs,
    metadata: { ...theirs.metadata, ownerReferences: [owner] },
  });
  await putTopic('foreign', { e: 'theirs' });
  await putTopic('late', { e: 'ours' });
  const errors: unknown[] = [];
  reconciler.before = async (object, context) => {
    if (object.metadata.name !== 'late') return;
    await applyChild(context, object, child('e', 'ours')).catch((error: unknown) => {
      errors.push(error);
    });
  };
  start();
  await eventually(() => errors.length).toBeGreaterThan(0);
  expect(String(errors[0])).toContain('it belongs to Topic "foreign"');
  expect(await valueOf('e')).toBe('theirs');
});

test('an operator with a selector leaves the objects of others alone', async () => {
  await putTopic('gold', { f: '1' }, { tier: 'gold' });
  await putTopic('silver', { g: '1' }, { tier: 'silver' });
  const selector = findLabelSelector('tier in (gold)');
  start(selector === undefined ? {} : { selector });
  await eventually(() => valueOf('f')).toBe('1');
  await putTopic('silver', { g: '2' }, { tier: 'silver' });
  await putTopic('gold', { f: '2' }, { tier: 'gold' });
  await eventually(() => valueOf('f')).toBe('2');
  expect(await valueOf('g')).toBeUndefined();
});

test('of two operators one acts; when it stops the other goes on at once', async () => {
  const lease = { namespace: 'default', name: 'election' };
  await using second = await FaultProxy.start(cluster.kubeconfig);
  using other = await connect(second.kubeconfig());
  const first = start({ lease: { ...lease, identity: 'first' } });
  await putTopic('led', { h: '1' });
  await eventually(() => valueOf('h')).toBe('1');
  const waiting = start({ lease: { ...lease, identity: 'second' } }, other);
  await eventually(() => waiting.ready()).toEqual([]);
  await putTopic('led', { h: '2' });
  await eventually(() => valueOf('h')).toBe('2');
  expect(second.seen.filter((request) => !request.startsWith('GET '))).toEqual([]);
  await first.close();
  await putTopic('led', { h: '3' });
  await expect.poll(() => valueOf('h'), { timeout: 5_000 }).toBe('3');
  await waiting.close();
  const held = await others.client().find(resources.leases, lease);
  expect(held?.spec).toMatchObject({ leaseTransitions: 1 });
  expect(held?.spec).not.toHaveProperty('holderIdentity');
});

test('whoever cannot renew its lease writes nothing any more, and says that it has ended', async () => {
  const lease = { namespace: 'default', name: 'lost', identity: 'cut off' };
  const leader = start({ lease });
  await putTopic('cut-off', { i: '1' });
  await eventually(() => valueOf('i')).toBe('1');
  const isLease = ({ path }: { path: string }) => path.includes('/leases/');
  proxy.inject({ matches: isLease, effect: { kind: 'reset' } });
  await expect(leader.ended).rejects.toThrow('Lease "default/lost" was not renewed');
  const written = writes().length;
  const before = reconciler.reconciles;
  await putTopic('cut-off', { i: '2' });
  await eventually(() => reconciler.reconciles).toBeGreaterThan(before);
  await leader.close();
  const late = writes().slice(written);
  expect(late.filter((request) => !request.includes('/leases'))).toEqual([]);
  expect(await valueOf('i')).toBe('1');
}, 40_000);

test('with Roles alone it works in its namespaces, and sees nothing of the others', async () => {
  await cluster.kubectl(['create', 'namespace', 'closed']);
  await cluster.kubectl(['create', 'serviceaccount', 'operator']);
  await cluster.kubectl([
    'create',
    'role',
    'operator',
    '--verb=get,list,watch,create,patch,delete',
    '--resource=configmaps,topics.gantrymq.io,topics.gantrymq.io/status',
  ]);
  await cluster.kubectl([
    'create',
    'rolebinding',
    'operator',
    '--role=operator',
    '--serviceaccount=default:operator',
  ]);
  const token = await cluster.kubectl(['create', 'token', 'operator']);
  await using limited = await FaultProxy.start(cluster.kubeconfig);
  using account = await connect(limited.kubeconfig(token.trim()));
  const everywhere = start({}, account);
  await eventually(() => limited.seen.length).toBeGreaterThan(2);
  expect(everywhere.ready()).toHaveLength(2);
  await everywhere.close();
  const inOne = start({ namespaces: ['default'] }, account);
  await eventually(() => inOne.ready()).toEqual([]);
  await putTopic('limited', { j: '1' });
  await eventually(() => valueOf('j')).toBe('1');
});

test('a status is of one object, not of whatever has its name by now', async () => {
  const client = others.client();
  const made = () =>
    client.apply<Attributes>(topics, {
      apiVersion: topics.apiVersion,
      kind: topics.kind,
      metadata: inDefault('status'),
      spec: { clusterRef: { name: 'orders' } },
    } as Desired);
  const former = await made();
  expect(await writeStatus({ client }, topics, former, { topicName: 'former' })).toBe(true);
  await client.remove(topics, inDefault('status'), { uid: former.metadata.uid });
  const next = await made();
  expect(next.metadata.uid).not.toBe(former.metadata.uid);
  await expect(writeStatus({ client }, topics, former, { topicName: 'late' })).rejects.toThrow(
    'Topic "default/status" is another one by now',
  );
  expect((await client.find(topics, inDefault('status')))?.status).toBeUndefined();
  expect(await writeStatus({ client }, topics, next, { topicName: 'next' })).toBe(true);
  await client.patch(topics, inDefault('status'), { metadata: { labels: { a: 'own' } } });
  const finds = vi.spyOn(client, 'find');
  expect(await writeStatus({ client }, topics, next, { topicName: 'own' })).toBe(true);
  expect(finds).not.toHaveBeenCalled();
  await others
    .client()
    .patch(topics, inDefault('status'), { metadata: { labels: { a: 'other' } } });
  expect(await writeStatus({ client }, topics, next, { topicName: 'other' })).toBe(true);
  expect(finds).toHaveBeenCalledOnce();
  const { status } = (await client.find(topics, inDefault('status'))) ?? {};
  expect(status).toEqual({ topicName: 'other' });
});
