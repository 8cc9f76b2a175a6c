import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import {
  ALL,
  deepFreeze,
  type KubeObject,
  Reflector,
  type RestartCause,
  resources,
  type Scope,
  Store,
} from '../../../operator/kube/mod.ts';
import { type ApiServer, startApiServer } from '../api-server.ts';
import { FaultProxy, statusObject } from '../fault-proxy.ts';
import type { Effect } from '../faults.ts';
import { type Connected, configMap, connect, inDefault } from './kube-parts.ts';

const { configMaps } = resources;
let cluster: ApiServer;
let proxy: FaultProxy;
/** Through the proxy, as the operator; and past it, as everybody else. */
let operator: Connected;
let others: Connected;
const stops: (() => Promise<void>)[] = [];

beforeAll(async () => {
  cluster = await startApiServer();
  others = await connect(cluster.kubeconfig);
});

afterAll(async () => {
  others[Symbol.dispose]();
  await cluster.close();
});

afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

interface Reflected {
  readonly store: Store;
  /** `Added a`, in their order. */
  readonly changes: readonly string[];
  readonly restarts: readonly RestartCause[];
}

async function reflect(scope: Scope = ALL): Promise<Reflected> {
  proxy = await FaultProxy.start(cluster.kubeconfig);
  operator = await connect(proxy.kubeconfig());
  const store = new Store([scope]);
  const changes: string[] = [];
  const restarts: RestartCause[] = [];
  store.observe(({ kind, object }) => {
    if (object.metadata.namespace === 'default') changes.push(`${kind} ${object.metadata.name}`);
  });
  const end = new AbortController();
  const { runtime, server } = operator;
  const parts = { ...runtime, server };
  const hooks = {
    keep: (object: KubeObject) => deepFreeze(object),
    onRestart: (cause: RestartCause) => {
      restarts.push(cause);
    },
  };
  const reflector = new Reflector(configMaps, { scope, store }, parts, hooks);
  const running = reflector.run(end.signal);
  stops.push(async () => {
    end.abort();
    await running;
    operator[Symbol.dispose]();
    await proxy[Symbol.asyncDispose]();
    const client = others.client();
    for (const { metadata } of await client.list(configMaps, { namespace: 'default' })) {
      await client.remove(configMaps, inDefault(metadata.name), { uid: metadata.uid });
    }
  });
  await until(() => store.hasSynced && proxy.watches.paths.length === 1);
  return { store, changes, restarts };
}

function until(holds: () => boolean): Promise<void> {
  return expect.poll(holds, { timeout: 20_000, interval: 10 }).toBe(true);
}

const put = (name: string, value: string) =>
  others.client().apply(configMaps, configMap(name, { value }));

async function remove(name: string): Promise<void> {
  const client = others.client();
  const object = await client.find(configMaps, inDefault(name));
  if (object) await client.remove(configMaps, inDefault(name), { uid: object.metadata.uid });
}

/** To the next watch. */
const refuse = (refusal: Omit<Extract<Effect, { kind: 'status' }>, 'kind'>) =>
  proxy.inject({
    effect: { kind: 'status', ...refusal },
    matches: ({ isWatch }) => isWatch,
    times: 1,
  });

test('what changes is seen, in its order, and kept without what nobody reads', async () => {
  await put('before', '1');
  const { store, changes } = await reflect();
  await put('one', '1');
  await put('one', '2');
  await remove('one');
  await until(() => changes.length === 4);
  expect(changes).toEqual(['Added before', 'Added one', 'Modified one', 'Deleted one']);
  const kept = store.find(inDefault('before'));
  expect(kept).toMatchObject({ kind: 'ConfigMap', data: { value: '1' } });
  expect(kept?.metadata).not.toHaveProperty('managedFields');
  expect(store.find(inDefault('one'))).toBeUndefined();
});

test('what has no label of ours is not seen', async () => {
  const { store, changes } = await reflect();
  await others.client().apply(configMaps, {
    ...configMap('foreign', {}),
    metadata: { name: 'foreign', namespace: 'default' },
  });
  await put('ours', '1');
  await until(() => store.find(inDefault('ours')) !== undefined);
  expect(changes).toEqual(['Added ours']);
});

test('nothing is missed while the watch is cut; an object made anew has gone before', async () => {
  const { store, changes, restarts } = await reflect();
  await put('gone', '1');
  await put('anew', '1');
  await put('same', '1');
  await until(() => changes.length === 3);
  const uid = store.find(inDefault('anew'))?.metadata.uid;
  proxy.watches.cut();
  await remove('gone');
  await remove('anew');
  await put('anew', '2');
  await until(() => changes.length === 6);
  expect(changes.slice(3)).toEqual(['Deleted gone', 'Deleted anew', 'Added anew']);
  expect(store.find(inDefault('anew'))?.metadata.uid).not.toBe(uid);
  expect(restarts).toEqual(['cut']);
});

test('a version that is too old, told in either way, ends in a list that finds what has gone', async () => {
  const { store, changes, restarts } = await reflect();
  await put('gone', '1');
  await put('anew', '1');
  await until(() => changes.length === 2);
  refuse({ status: 410 });
  proxy.watches.tell(JSON.stringify({ type: 'ERROR', object: statusObject(410) }));
  await remove('gone');
  await remove('anew');
  await put('anew', '2');
  await until(() => restarts.length === 2 && proxy.watches.paths.length === 1);
  expect(restarts).toEqual(['expired', 'expired']);
  expect(changes.slice(2).sort()).toEqual(['Added anew', 'Deleted anew', 'Deleted gone']);
  expect(store.all('default')).toHaveLength(1);
});

test('it comes back after refusals, nonsense and lost connections, with one watch at a time', async () => {
  const { store, changes, restarts } = await reflect();
  refuse({ status: 429, retryAfterSeconds: 2 });
  refuse({ status: 500, body: '<html>' });
  refuse({ status: 200, body: '' });
  refuse({ status: 200, body: 'nonsense\n' });
  const startMs = operator.runtime.clock.monotonicMs();
  proxy.watches.cut();
  await put('meanwhile', '1');
  await expect
    .poll(() => store.find(inDefault('meanwhile')), { timeout: 60_000, interval: 50 })
    .toBeDefined();
  expect(restarts).toEqual(['cut', 'refused', 'refused', 'too short', 'malformed']);
  expect(changes).toEqual(['Added meanwhile']);
  expect(proxy.watches.mostOfOnePath).toBe(1);
  // 0.8 + 2 (Retry-After) + 3.2 + 6.4 + 12.8, each a fifth less or more.
  expect(operator.runtime.clock.monotonicMs() - startMs).toBeGreaterThan(18_000);
}, 90_000);

test('an event that comes twice, or late, is no news', async () => {
  const { store, changes } = await reflect();
  const first = await put('twice', '1');
  await put('twice', '2');
  await until(() => changes.length === 2);
  const late = { type: 'ADDED', object: first };
  proxy.watches.tell(JSON.stringify(late));
  proxy.watches.tell(JSON.stringify({ type: 'DELETED', object: first }));
  await put('next', '1');
  await until(() => changes.length === 3);
  expect(changes).toEqual(['Added twice', 'Modified twice', 'Added next']);
  expect(store.find(inDefault('twice'))).toMatchObject({ data: { value: '2' } });
});

test('with one namespace it sees no other', async () => {
  const { store } = await reflect('default');
  await cluster.kubectl(['create', 'namespace', 'elsewhere']);
  const labels = { 'app.kubernetes.io/managed-by': 'gantry-operator' };
  await others.client().apply(configMaps, {
    ...configMap('elsewhere', {}),
    metadata: { name: 'elsewhere', namespace: 'elsewhere', labels },
  });
  await put('here', '1');
  await until(() => store.find(inDefault('here')) !== undefined);
  expect(store.all().map(({ metadata }) => metadata.name)).toEqual(['here']);
});

test('stopped, it leaves no watch behind', async () => {
  await reflect();
  const [stop] = stops.splice(0);
  const { watches } = proxy;
  expect(watches.paths).toHaveLength(1);
  await stop?.();
  expect(proxy.watches.paths.length).toBe(0);
});
