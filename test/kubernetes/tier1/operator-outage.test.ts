/** The API server is away, slow or wrong; brokers do not notice, and the operator gets over it. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { converged } from '../campaigns/operations.ts';
import { clusterManifest } from '../manifests.ts';
import { until } from '../until.ts';
import { World } from '../world.ts';

let world: World;

beforeAll(async () => {
  world = await World.start();
  await world.server.apply(clusterManifest());
  await world.server.apply(`
apiVersion: gantrymq.io/v1alpha1
kind: Topic
metadata: { name: ledger, namespace: default }
spec: { clusterRef: { name: it } }
`);
  await world.awaitReady('topics', 'ledger');
});

afterAll(() => world[Symbol.asyncDispose]());

test('brokers serve on without it, and what was asked for meanwhile is done after', async () => {
  const ledger = await world.ledger({ nameServers: world.nameServer('it'), topic: 'ledger' });
  await world.proxy.down();
  await world.server.apply(clusterManifest({ groups: 2 }));
  await world.mutationsIn(20_000);
  const report = await ledger.close();
  expect(report).toMatchObject({ lost: [], refused: 0 });
  expect(await world.list('statefulsets')).toHaveLength(2);
  await world.proxy.up();
  if (!world.operator.isRunning) await world.operator.restart();
  await converged({ world, namespace: 'default' });
  expect(await world.list('statefulsets')).toHaveLength(3);
});

test('a server that is slow, refuses, loses answers and cuts watches is borne', async () => {
  const heal = [
    world.proxy.inject({ effect: { kind: 'latency', delayMs: 200 } }),
    world.proxy.inject({ effect: { kind: 'duplicate-events' } }),
  ];
  const some = { matches: ({ method }: { method: string }) => method !== 'GET', times: 1 };
  world.proxy.inject({ effect: { kind: 'status', status: 429, retryAfterSeconds: 1 }, ...some });
  world.proxy.inject({ effect: { kind: 'status', status: 503 }, ...some });
  world.proxy.inject({ effect: { kind: 'lost-answer' }, ...some });
  world.proxy.inject({ effect: { kind: 'expired' }, times: 3 });
  world.proxy.cutWatches();
  await world.server.apply(clusterManifest({ groups: 2, annotations: { roll: '1' } }));
  await converged({ world, namespace: 'default' });
  for (const end of heal) end();
  expect(world.operator.isRunning).toBe(true);
});

test('a namespace that is deleted goes, whatever is in it', async () => {
  await world.server.kubectl(['create', 'namespace', 'shop']);
  await world.server.apply(clusterManifest({ namespace: 'shop' }));
  await converged({ world, namespace: 'shop' });
  await world.server.kubectl(['delete', 'namespace', 'shop', '--wait=false']);
  await until(
    async () => (await world.api.find('/api/v1/namespaces/shop')) === undefined,
    () => 'The namespace is still there',
  );
  await converged({ world, namespace: 'default' });
  expect(await world.list('statefulsets')).toHaveLength(3);
});
