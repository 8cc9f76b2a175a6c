/** The API server is slow or wrong, and the operator gets over it. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { converged } from '../campaigns/operations.ts';
import { clusterManifest } from '../manifests.ts';
import { until } from '../until.ts';
import { World } from '../world.ts';

let world: World;

beforeAll(async () => {
  world = await World.start();
  await world.server.apply(clusterManifest({ groups: 2 }));
  await converged({ world, namespace: 'default' });
});

afterAll(() => world[Symbol.asyncDispose]());

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
