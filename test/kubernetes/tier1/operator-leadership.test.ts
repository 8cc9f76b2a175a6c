/** Several operators at once: one acts, another stands by. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { converged } from '../campaigns/operations.ts';
import { clusterManifest } from '../manifests.ts';
import { OperatorProcess } from '../operator-process.ts';
import { until } from '../until.ts';
import { World } from '../world.ts';

let world: World;
let second: OperatorProcess;

const leading = async (): Promise<boolean[]> =>
  Promise.all([world.operator.isLeading(), second.isLeading()]);

beforeAll(async () => {
  world = await World.start({ operator: { leaderElection: 'true' } });
  await until(
    () => world.operator.isLeading(),
    () => `It does not lead: ${world.operator.output}`,
  );
  second = await OperatorProcess.start(world.proxy.kubeconfig());
});

afterAll(async () => {
  await second[Symbol.asyncDispose]();
  await world[Symbol.asyncDispose]();
});

test('the second one waits, ready', async () => {
  await until(
    () => second.isReady(),
    () => `The second is not ready: ${second.output}`,
  );
  await world.server.apply(clusterManifest());
  await converged({ world, namespace: 'default' });
  expect(await leading()).toEqual([true, false]);
});

test('it takes over when the first is killed, and changes nothing that is right', async () => {
  const before = world.proxy.mutations.length;
  await world.operator.kill();
  await until(
    () => second.isLeading(),
    () => `Nobody leads: ${second.output}`,
  );
  await world.mutationsIn(5_000);
  expect(world.proxy.mutations.slice(before)).toEqual([]);
});

test('a leader that ends in order is followed at once', async () => {
  await world.operator.restart();
  const fromMs = Date.now();
  await second.stop();
  await until(
    () => world.operator.isLeading(),
    () => `Nobody leads: ${world.operator.output}`,
  );
  expect(Date.now() - fromMs).toBeLessThan(10_000);
});
