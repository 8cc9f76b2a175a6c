/** Three nodes, of which one is drained, loses its power, or its cable; no message is lost. */
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Scratch } from '../../processes/scratch.ts';
import { clusterManifest } from '../manifests.ts';
import { until } from '../until.ts';
import { NAMESPACE, nameServers, Shop } from './shop.ts';

const LEDGER = fileURLToPath(new URL('../ledger-program.ts', import.meta.url));

let shop: Shop;

beforeAll(async () => {
  shop = await Shop.open(3);
  await shop.installOperator('--set', 'rbac.readClusterObjects=true', '--set', 'replicas=2');
  await shop.apply(clusterManifest({ namespace: NAMESPACE, groups: 2 }));
  await shop.apply(`
apiVersion: gantrymq.io/v1alpha1
kind: Topic
metadata: { name: ledger, namespace: ${NAMESPACE} }
spec: { clusterRef: { name: it } }
`);
  await shop.awaitReady('rocketmqcluster', 'it');
  await shop.awaitReady('topic', 'ledger');
});

afterAll(() => shop[Symbol.asyncDispose]());

const BROKER = 'it-broker-0-0';
const nodeOf = (pod: string): Promise<string> => shop.field(`pod/${pod}`, '.spec.nodeName');

async function isReady(): Promise<boolean> {
  const path = '.status.containerStatuses[0].ready';
  return (await shop.field(`pod/${BROKER}`, path).catch(() => '')) === 'true';
}

/** What a producer and a consumer saw while `disturb` went on. */
async function ledgerDuring(disturb: () => Promise<void>): Promise<Record<string, unknown>> {
  using scratch = new Scratch();
  const options = { nameServers: nameServers('it'), topic: 'ledger', folder: scratch.path };
  const flags = Object.entries(options).map(([name, value]) => `--${name}=${value}`);
  await using ledger = shop.nodes.inside([process.execPath, LEDGER, ...flags]);
  await sleep(3_000);
  await disturb();
  await until(isReady, () => `${BROKER} does not come back`, 180_000);
  await shop.awaitReady('rocketmqcluster', 'it');
  // Producers look for routes now and then: let them come back to the group.
  await sleep(5_000);
  const [, report = '{}'] = (await ledger.end()).trim().split('\n');
  console.log(report);
  return JSON.parse(report) as Record<string, unknown>;
}

const isGone = (): Promise<void> =>
  until(
    async () => !(await isReady()),
    () => `${BROKER} is still ready`,
  );

test('a node that is drained gives its pods up, and has them back', async () => {
  const node = await nodeOf(BROKER);
  const report = await ledgerDuring(async () => {
    const how = ['--ignore-daemonsets', '--delete-emptydir-data', '--force', '--timeout=120s'];
    await shop.nodes.kubectl(['drain', node, ...how]);
    await isGone();
    await shop.nodes.kubectl(['uncordon', node]);
  });
  expect(report).toMatchObject({ lost: [] });
});

test.each([
  ['loses its power', 'kill', 'start'],
  ['loses its cable', 'cut', 'heal'],
] as const)('a node that %s comes back with its broker and its messages', async (_, what, back) => {
  const node = await nodeOf(BROKER);
  const report = await ledgerDuring(async () => {
    await shop.nodes.node(what, node);
    const unknown = '--for=condition=Ready=Unknown';
    await shop.nodes.kubectl(['wait', `node/${node}`, unknown, '--timeout=60s']);
    await sleep(12_000);
    await shop.nodes.node(back, node);
  });
  expect(report).toMatchObject({ lost: [] });
});
