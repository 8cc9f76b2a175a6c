/** The proxy itself, against the real API server: a fault that does nothing proves nothing. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ApiServer, startApiServer } from '../api-server.ts';
import { FaultProxy } from '../fault-proxy.ts';
import { KubeApi } from '../kube-api.ts';

const MAPS = '/api/v1/namespaces/default/configmaps';

let server: ApiServer;
let proxy: FaultProxy;
let client: KubeApi;

beforeAll(async () => {
  server = await startApiServer();
  proxy = await FaultProxy.start(server.kubeconfig);
  client = new KubeApi(proxy.kubeconfig());
});

afterAll(async () => {
  client[Symbol.dispose]();
  await proxy[Symbol.asyncDispose]();
  await server.close();
});

const map = (name: string): object => ({ metadata: { name } });
const names = async (api: KubeApi): Promise<string[]> =>
  (await api.list(MAPS)).map(({ metadata }) => metadata.name);

test('what is not faulty goes through, and changes are counted', async () => {
  await client.create(MAPS, map('one'));
  await client.create(`${MAPS}?dryRun=All`, map('dry'));
  expect(await names(client)).toContain('one');
  expect(proxy.mutations).toEqual([{ method: 'POST', path: MAPS, status: 201 }]);
});

test('a refusal is the server’s to the client and nothing to the server', async () => {
  const effect = { kind: 'status', status: 429, retryAfterSeconds: 1 } as const;
  proxy.inject({ effect, times: 1, matches: ({ method }) => method === 'POST' });
  await expect(client.create(MAPS, map('two'))).rejects.toMatchObject({ status: 429 });
  expect(await names(server.api)).not.toContain('two');
  await client.create(MAPS, map('two'));
});

test('an answer that is lost was a call that was done', async () => {
  proxy.inject({
    effect: { kind: 'lost-answer' },
    times: 1,
    matches: ({ method }) => method === 'POST',
  });
  await expect(client.create(MAPS, map('three'))).rejects.toThrow('socket hang up');
  expect(await names(server.api)).toContain('three');
});

test('of faults for the same calls each has a call of its own, and only one that it can happen to', async () => {
  const matches = ({ method }: { method: string }): boolean => method !== 'GET';
  proxy.inject({ effect: { kind: 'status', status: 503 }, times: 1, matches });
  proxy.inject({ effect: { kind: 'expired' }, times: 1 });
  proxy.inject({ effect: { kind: 'lost-answer' }, times: 1, matches });
  await names(client);
  await expect(client.create(MAPS, map('four'))).rejects.toMatchObject({ status: 503 });
  await expect(client.create(MAPS, map('four'))).rejects.toThrow('socket hang up');
  expect(await names(server.api)).toContain('four');
  for await (const { type } of client.watch(`${MAPS}?watch=1`, new AbortController().signal)) {
    expect(type).toBe('ERROR');
  }
  expect.assertions(4);
});

test.each([
  ['before', false],
  ['after', true],
] as const)('a sender that is stopped %s a call has it done: %s', async (when, isDone) => {
  const stopped: string[] = [];
  proxy.stopAt({ call: 2, when, stop: async () => void stopped.push(when) });
  await client.create(MAPS, map(`first-${when}`));
  await expect(client.create(MAPS, map(`second-${when}`))).rejects.toThrow('socket hang up');
  expect(stopped).toEqual([when]);
  expect((await names(server.api)).includes(`second-${when}`)).toBe(isDone);
});

test('a stale list is what was first seen, until the fault is taken back', async () => {
  const before = await names(client);
  await server.api.create(MAPS, map('later'));
  const heal = proxy.inject({ effect: { kind: 'stale-list' } });
  expect(await names(client)).not.toContain('later');
  heal();
  expect(await names(client)).toEqual([...before, 'later'].toSorted());
});

test('watches hear twice, late, of their expiry, or are cut', async () => {
  const { resourceVersion } = (await client.read(MAPS)).metadata;
  const path = `${MAPS}?watch=1&resourceVersion=${resourceVersion}`;
  const heard = async (events: number): Promise<string[]> => {
    const seen: string[] = [];
    const end = new AbortController();
    for await (const { type } of client.watch(path, end.signal)) {
      seen.push(type);
      if (seen.length === events) break;
    }
    end.abort();
    return seen;
  };
  await server.api.create(MAPS, map('watched'));
  const heal = proxy.inject({ effect: { kind: 'duplicate-events' } });
  expect(await heard(2)).toEqual(['ADDED', 'ADDED']);
  heal();

  const release = proxy.inject({ effect: { kind: 'held-events', events: 2 } });
  const late = heard(2);
  await server.api.remove(`${MAPS}/watched`);
  expect(await late).toEqual(['ADDED', 'DELETED']);
  release();

  const delay = proxy.inject({ effect: { kind: 'late-events', delayMs: 500 } });
  const fromMs = Date.now();
  expect(await heard(1)).toEqual(['ADDED']);
  expect(Date.now() - fromMs).toBeGreaterThanOrEqual(500);
  delay();

  proxy.inject({ effect: { kind: 'expired' }, times: 1 });
  expect(await heard(1)).toEqual(['ERROR']);

  const told = heard(3);
  await expect.poll(() => proxy.watches.paths).toEqual([path]);
  proxy.watches.tell('{"type":"NEWS"}');
  expect((await told).toSorted()).toEqual(['ADDED', 'DELETED', 'NEWS']);
  await expect.poll(() => proxy.watches.paths).toEqual([]);

  const cut = heard(9);
  await expect.poll(() => proxy.watches.paths).toEqual([path]);
  expect(proxy.watches.cut()).toBe(1);
  await expect(cut).rejects.toThrow('aborted');
});

test('a server that is gone is there again at the same address', async () => {
  await proxy.down();
  await expect(names(client)).rejects.toThrow('ECONNREFUSED');
  await proxy.up();
  expect(await names(client)).toContain('one');
});
