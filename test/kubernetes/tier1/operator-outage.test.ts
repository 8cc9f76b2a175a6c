/** The API server is slow, wrong or away, and the operator gets over it: nothing is done twice, nothing is left. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { converged } from '../campaigns/operations.ts';
import { fewestReady } from '../fewest-ready.ts';
import type { KubeObject } from '../kube-api.ts';
import { clusterManifest } from '../manifests.ts';
import { until } from '../until.ts';
import { type Plural, World } from '../world.ts';

let world: World;

beforeAll(async () => {
  world = await World.start();
  await world.server.apply(clusterManifest({ groups: 2 }));
  await world.server.apply(`
apiVersion: gantrymq.io/v1alpha1
kind: Topic
metadata: { name: ledger, namespace: default }
spec: { clusterRef: { name: it } }
`);
  await converged({ world, namespace: 'default' });
  await world.awaitReady('topics', 'ledger');
});

afterAll(() => world[Symbol.asyncDispose]());

const brokers = async (): Promise<readonly KubeObject[]> =>
  (await world.list('pods')).filter(({ metadata }) => metadata.name.includes('-broker-'));

/** UIDs by name. */
const uids = (objects: readonly KubeObject[]): Record<string, string> =>
  Object.fromEntries(objects.map(({ metadata: { name, uid } }) => [name, uid]));

/** The pods that were deleted since the `from`th call, each as often as it was. */
const deletedPods = (from: number): string[] =>
  world.proxy.mutations
    .slice(from)
    .filter(({ method, path, status }) => {
      return method === 'DELETE' && path.includes('/pods/') && status === 200;
    })
    .map(({ path }) => path.split('?', 1)[0]?.split('/').at(-1) ?? '')
    .toSorted();

/** Once nothing is to be done, nothing is written. */
async function isQuiet(): Promise<void> {
  expect(await world.changesIn(3_000)).toEqual([]);
}

test('a server that is slow, refuses, loses answers and cuts watches is borne', async () => {
  const { pid } = world.operator;
  const before = uids(await brokers());
  const sets = uids(await world.list('statefulsets'));
  const calls = world.proxy.mutations.length;
  const ledger = await world.ledger({ nameServers: world.nameServer('it'), topic: 'ledger' });
  const fewest = fewestReady(brokers);
  const heal = [
    world.proxy.inject({ effect: { kind: 'latency', delayMs: 200 } }),
    world.proxy.inject({ effect: { kind: 'duplicate-events' } }),
  ];
  const some = { matches: ({ method }: { method: string }) => method !== 'GET', times: 2 };
  world.proxy.inject({ effect: { kind: 'status', status: 429, retryAfterSeconds: 1 }, ...some });
  world.proxy.inject({ effect: { kind: 'status', status: 503 }, ...some });
  world.proxy.inject({ effect: { kind: 'reset' }, ...some });
  world.proxy.inject({ effect: { kind: 'lost-answer' }, ...some });
  world.proxy.inject({ effect: { kind: 'expired' }, times: 3 });
  expect(world.proxy.watches.cut()).toBeGreaterThan(0);
  await world.server.apply(clusterManifest({ groups: 2, annotations: { roll: '1' } }));
  await world.awaitCondition('brokersets', 'it-broker', {
    type: 'Reconciling',
    reason: 'RollingUpdate',
  });
  await converged({ world, namespace: 'default' });
  expect(world.proxy.unused, 'every fault has happened').toEqual([]);
  for (const end of heal) end();

  expect(await fewest(), 'brokers ready at a time').toBe(1);
  expect(deletedPods(calls)).toEqual(['it-broker-0-0', 'it-broker-1-0']);
  const after = uids(await brokers());
  expect(Object.keys(after).toSorted()).toEqual(['it-broker-0-0', 'it-broker-1-0']);
  expect(Object.values(before).filter((uid) => Object.values(after).includes(uid))).toEqual([]);
  expect(uids(await world.list('statefulsets'))).toEqual(sets);
  const report = await ledger.close();
  expect(report).toMatchObject({ lost: [], refused: 0 });
  expect(Object.keys(report.groups).toSorted()).toEqual(['it-broker-0', 'it-broker-1']);
  expect(world.operator.isRunning).toBe(true);
  expect(world.operator.pid).toBe(pid);
  await isQuiet();
});

test('a server that is away for a moment is asked for nothing twice, and nothing is forgotten', async () => {
  const { pid } = world.operator;
  const before = uids(await brokers());
  const calls = world.proxy.mutations.length;
  await world.proxy.down();
  await world.server.apply(clusterManifest({ groups: 3, annotations: { roll: '1' } }));
  expect(await world.changesIn(4_000)).toEqual([]);
  await world.proxy.up();
  await converged({ world, namespace: 'default' });
  const after = uids(await brokers());
  expect(after).toMatchObject(before);
  expect(Object.keys(after)).toHaveLength(3);
  expect(deletedPods(calls)).toEqual([]);
  expect(world.operator.isRunning).toBe(true);
  expect(world.operator.pid).toBe(pid);
  await isQuiet();
});

test('a namespace that is deleted goes, whatever is in it', async () => {
  const ours: readonly Plural[] = ['pods', 'statefulsets', 'persistentvolumeclaims'];
  const here = async (): Promise<Record<string, string>[]> =>
    Promise.all(ours.map(async (plural) => uids(await world.list(plural))));
  const before = await here();
  await world.server.kubectl(['create', 'namespace', 'shop']);
  await world.server.apply(clusterManifest({ namespace: 'shop' }));
  await converged({ world, namespace: 'shop' });
  await world.server.kubectl(['delete', 'namespace', 'shop', '--wait=false']);
  await until(
    async () => (await world.api.find('/api/v1/namespaces/shop')) === undefined,
    () => 'The namespace is still there',
  );
  await converged({ world, namespace: 'default' });
  expect(await here(), 'the other namespace is as it was').toEqual(before);
  await isQuiet();
});
