import { afterAll, beforeAll, expect, test } from 'vitest';
import { resources } from '../../../operator/kube/mod.ts';
import { type ApiServer, startApiServer } from '../api-server.ts';
import { FaultProxy } from '../fault-proxy.ts';
import { type ConfigMap, type Connected, configMap, connect, inDefault } from './kube-parts.ts';

const { configMaps } = resources;
let cluster: ApiServer;
let proxy: FaultProxy;
let connected: Connected;

beforeAll(async () => {
  cluster = await startApiServer();
  proxy = await FaultProxy.start(cluster.kubeconfig);
  connected = await connect(proxy.kubeconfig());
});

afterAll(async () => {
  connected[Symbol.dispose]();
  await proxy[Symbol.asyncDispose]();
  await cluster.close();
});

test('an apply makes what is not there, and takes fields over from whoever had them', async () => {
  const client = connected.client();
  const made = await client.apply<ConfigMap>(configMaps, configMap('applied', { a: '1' }));
  expect(made.data).toEqual({ a: '1' });
  await client.apply(configMaps, configMap('applied', { a: '2', b: '2' }), { manager: 'other' });
  const ours = await client.apply<ConfigMap>(configMaps, configMap('applied', { a: '3' }));
  expect(ours.data).toEqual({ a: '3', b: '2' });
  const theirs = await client.apply<ConfigMap>(configMaps, configMap('applied', {}), {
    manager: 'other',
  });
  expect(theirs.data).toEqual({ a: '3' });
});

test('an apply that is to make something leaves alone what is there', async () => {
  const client = connected.client();
  const mustBeNew = { mustBeNew: true };
  const made = await client.apply(configMaps, configMap('new', { a: '1' }), mustBeNew);
  expect(made.metadata.uid).toBeDefined();
  await expect(
    client.apply(configMaps, configMap('new', { a: '2' }), mustBeNew),
  ).rejects.toMatchObject({ status: 409, reason: 'Conflict' });
  const found = await client.find<ConfigMap>(configMaps, inDefault('new'));
  expect(found?.data).toEqual({ a: '1' });
  const ours = await client.apply<ConfigMap>(configMaps, configMap('new', { b: '1' }));
  expect(ours.data).toEqual({ b: '1' });
});

test('a dry run is told what would come of it, and nothing comes of it', async () => {
  const client = connected.client();
  const would = await client.apply<ConfigMap>(configMaps, configMap('dry', { a: '1' }), {
    dryRun: true,
  });
  expect(would.data).toEqual({ a: '1' });
  expect(await client.find(configMaps, inDefault('dry'))).toBeUndefined();
});

test('a patch of an older version, or of another object of the name, is refused', async () => {
  const client = connected.client();
  const { metadata } = await client.apply(configMaps, configMap('patched', { a: '1' }));
  const key = inDefault('patched');
  const { uid, resourceVersion } = metadata;
  await client.patch(configMaps, key, { data: { a: '2' } }, { uid, resourceVersion });
  await expect(
    client.patch(configMaps, key, { data: { a: '3' } }, { resourceVersion }),
  ).rejects.toMatchObject({ status: 409, reason: 'Conflict' });
  await expect(
    client.patch(configMaps, key, { data: { a: '3' } }, { uid: 'another' }),
  ).rejects.toMatchObject({ status: 422, reason: 'Invalid' });
  expect((await client.find<ConfigMap>(configMaps, key))?.data).toEqual({ a: '2' });
});

test('a removal means one object, not whatever has its name by now', async () => {
  const client = connected.client();
  const { metadata } = await client.apply(configMaps, configMap('removed', {}));
  const key = inDefault('removed');
  await client.remove(configMaps, key, { uid: 'another' });
  expect(await client.find(configMaps, key)).toBeDefined();
  await client.remove(configMaps, key, { uid: metadata.uid });
  expect(await client.find(configMaps, key)).toBeUndefined();
  await client.remove(configMaps, key, { uid: metadata.uid });
});

test('a list comes in pages, each item with its kind', async () => {
  const client = connected.client();
  const names = Array.from({ length: 501 }, (_, index) => `paged-${index}`);
  const yaml = names.map((name) => {
    return `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${name}, labels: { set: paged } }\n`;
  });
  await cluster.kubectl(['create', '-f', '-'], yaml.join('---\n'));
  const before = proxy.seen.length;
  const found = await client.list(configMaps, { namespace: 'default', labels: { set: 'paged' } });
  expect(new Set(found.map(({ metadata }) => metadata.name))).toEqual(new Set(names));
  expect(found.every(({ kind, apiVersion }) => kind === 'ConfigMap' && apiVersion === 'v1')).toBe(
    true,
  );
  expect(proxy.seen.length - before).toBe(2);
});

test('what the server says it has not done is sent again, when it says', async () => {
  const client = connected.client();
  const effect = { kind: 'status', status: 429, retryAfterSeconds: 1 } as const;
  proxy.inject({ matches: ({ method }) => method === 'PATCH', times: 2, effect });
  const startMs = connected.runtime.clock.monotonicMs();
  await client.apply(configMaps, configMap('again', { a: '1' }));
  expect(connected.runtime.clock.monotonicMs() - startMs).toBeGreaterThan(2_000);
});

test('a write whose answer is lost is sent again only where twice is as good as once', async () => {
  const client = connected.client();
  const lost = { times: 1, effect: { kind: 'lost-answer' } } as const;
  proxy.inject(lost);
  const { metadata } = await client.apply(configMaps, configMap('lost', { a: '1' }));
  proxy.inject(lost);
  const { resourceVersion } = metadata;
  const key = inDefault('lost');
  await expect(
    client.patch(configMaps, key, { data: { a: '2' } }, { resourceVersion }),
  ).rejects.toMatchObject({ status: 0, reason: 'Unanswered' });
  expect((await client.find<ConfigMap>(configMaps, key))?.data).toEqual({ a: '2' });
});

test('credentials that are refused are read anew, once', async () => {
  const client = connected.client();
  const effect = { kind: 'status', status: 401 } as const;
  const matches = ({ method }: { method: string }) => method === 'GET';
  proxy.inject({ matches, times: 1, effect });
  expect(await client.find(configMaps, inDefault('no-such'))).toBeUndefined();
  proxy.inject({ matches, times: 2, effect });
  await expect(client.find(configMaps, inDefault('no-such'))).rejects.toMatchObject({
    status: 401,
    reason: 'Unauthorized',
  });
});

test('a call ends with its signal, and with its reason', async () => {
  const end = new AbortController();
  const client = connected.client({ signal: end.signal });
  const effect = { kind: 'status', status: 429, retryAfterSeconds: 30 } as const;
  proxy.inject({ matches: ({ method }) => method === 'PATCH', times: 1, effect });
  const applying = client.apply(configMaps, configMap('aborted', {}));
  end.abort(new Error('no longer wanted'));
  await expect(applying).rejects.toThrow('no longer wanted');
});

test('what an add-on would bring is known to be missing', async () => {
  const client = connected.client();
  expect(await client.serves(resources.podMonitors)).toBe(false);
  expect(await client.serves(resources.configMaps)).toBe(true);
});

test('without an answer it is said what could not be done, and why', async () => {
  await using closed = await FaultProxy.start(cluster.kubeconfig);
  using unreachable = await connect(closed.kubeconfig());
  await closed[Symbol.asyncDispose]();
  await expect(unreachable.client().find(configMaps, inDefault('any'))).rejects.toThrow(
    /^Cannot GET \/api\/v1\/namespaces\/default\/configmaps\/any: connect ECONNREFUSED/,
  );
});
