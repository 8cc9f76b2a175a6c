/** Name servers are replaced one at a time, and never the last one that answers. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Admin } from '../../../client/mod.ts';
import { nodeRuntime } from '../../../runtime/node/mod.ts';
import { fewestReady } from '../fewest-ready.ts';
import { World } from '../world.ts';

let world: World;

beforeAll(async () => {
  world = await World.start();
  await world.server.apply(`
apiVersion: gantrymq.io/v1alpha1
kind: NameServer
metadata: { name: it, namespace: default }
spec: { replicas: 2, storage: { size: 1Gi } }
`);
  await settled();
});

afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

async function settled(): Promise<void> {
  await world.awaitReady('nameservers', 'it');
  await world.awaitCondition('nameservers', 'it', { type: 'ConfigApplied', status: 'True' });
}

const uids = async (): Promise<string[]> =>
  (await world.list('pods')).map(({ metadata: { name, uid } }) => `${name} ${uid}`).toSorted();

const address = (ordinal: number): string =>
  `${world.nodes[0]?.address(`it-nameserver-${ordinal}`)}:9876`;

test('their addresses are told, each by its own name', async () => {
  const { status } = await world.require('nameservers', 'it');
  expect(status).toMatchObject({
    phase: 'Ready',
    readyReplicas: 2,
    addresses: [
      'it-nameserver-0.it-nameserver-headless.default.svc:9876',
      'it-nameserver-1.it-nameserver-headless.default.svc:9876',
    ],
  });
});

test('a dynamic key reaches them as they run', async () => {
  const before = await uids();
  await world.patch('nameservers', 'it', { spec: { config: { enableAllTopicList: 'false' } } });
  await settled();
  for (const ordinal of [0, 1]) {
    await using admin = Admin.start(nodeRuntime(), { nameServers: address(ordinal) });
    const [settings] = (await admin.nameServerConfig()).values();
    expect(settings?.get('enableAllTopicList')).toBe('false');
  }
  expect(await uids()).toEqual(before);
});

test('a restart key replaces one after the other', async () => {
  const before = await uids();
  const fewest = fewestReady(() => world.list('pods'));
  const config = { scanNotActiveBrokerInterval: '4000' };
  await world.patch('nameservers', 'it', { spec: { config } });
  await world.awaitCondition('nameservers', 'it', { type: 'Reconciling', reason: 'RollingUpdate' });
  await settled();
  await expect
    .poll(async () => (await uids()).filter((pod) => before.includes(pod)), { timeout: 60_000 })
    .toEqual([]);
  await settled();
  expect(await fewest()).toBe(1);
});

test('there may be more of them, and less', async () => {
  await world.server.kubectl(['scale', 'nameserver', 'it', '--replicas=3']);
  await settled();
  expect(await uids()).toHaveLength(3);
  await world.server.kubectl(['scale', 'nameserver', 'it', '--replicas=1']);
  await expect.poll(async () => (await uids()).length, { timeout: 60_000 }).toBe(1);
  await settled();
});
