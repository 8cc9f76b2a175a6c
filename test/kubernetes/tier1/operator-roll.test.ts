/** What a producer sees while pods are replaced under it. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { converged } from '../campaigns/operations.ts';
import { clusterManifest } from '../manifests.ts';
import { World } from '../world.ts';

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
  await world.awaitReady('rocketmqclusters', 'it');
  await world.awaitReady('topics', 'ledger');
});

afterAll(() => world[Symbol.asyncDispose]());

const brokerPods = async (): Promise<string[]> =>
  (await world.list('pods'))
    .filter(({ metadata }) => metadata.name.includes('-broker-'))
    .map(({ metadata }) => metadata.uid);

test('another image replaces every broker and loses no message', async () => {
  const before = await brokerPods();
  const nameServers = world.nameServer('it');
  const ledger = await world.ledger({ nameServers, topic: 'ledger' });
  await world.server.apply(clusterManifest({ groups: 2, image: 'gantry:other' }));
  await converged({ world, namespace: 'default' });
  const report = await ledger.close();
  expect(report).toMatchObject({ lost: [], refused: 0 });
  expect(report.acknowledged).toBeGreaterThan(100);
  const after = await brokerPods();
  expect(after).toHaveLength(2);
  expect(before.filter((uid) => after.includes(uid))).toEqual([]);
  console.log(JSON.stringify(report));
});

test('a pod that does not come back pauses the roll, and the old spec goes on', async () => {
  const before = await brokerPods();
  await world.server.apply(clusterManifest({ groups: 2, image: 'gantry:other-crashes' }));
  await world.awaitCondition('brokersets', 'it-broker', { type: 'Stalled', status: 'True' });
  const during = await brokerPods();
  expect(before.filter((uid) => during.includes(uid))).toHaveLength(1);
  await world.server.apply(clusterManifest({ groups: 2, image: 'gantry:other' }));
  await converged({ world, namespace: 'default' });
});
