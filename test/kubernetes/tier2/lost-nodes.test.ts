/**
 * Three nodes, of which one is drained, loses its power, or its cable. Volumes stay on their node,
 * so its broker comes back with the node; until then the operator touches no pod.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { clusterManifest } from '../manifests.ts';
import { type RealNodes, startNodes } from '../real-nodes.ts';
import { until } from '../until.ts';
import { Namespace, type Seen, SLOW_MS, showSeen } from './namespace.ts';

const BROKER = 'it-broker-0-0';

/** Longer than Kubernetes takes here to see that a node is lost and to delete its pods. */
const LOST_MS = 12_000;

let nodes: RealNodes;
let shop: Namespace;

beforeAll(async () => {
  nodes = await startNodes(3);
  shop = await Namespace.create(nodes, 'shop');
  await shop.installOperator('--set', 'rbac.readClusterObjects=true', '--set', 'replicas=2');
  await shop.apply(clusterManifest({ namespace: 'shop', groups: 2 }));
  await shop.apply(`
apiVersion: gantrymq.io/v1alpha1
kind: Topic
metadata: { name: ledger }
spec: { clusterRef: { name: it } }
`);
  await shop.converged('rmq', 'it');
  await shop.converged('rmqt', 'ledger');
});

afterAll(() => nodes.close());

async function nodeOf(pod: string): Promise<string> {
  return (await shop.require('pod', pod))['spec'].nodeName as string;
}

async function isServing(pod: string): Promise<boolean> {
  const found = (await shop.list('pods')).find(({ metadata: { name } }) => name === pod);
  const conditions = (found?.['status'].conditions ?? []) as { type: string; status: string }[];
  return conditions.some(({ type, status }) => type === 'Ready' && status === 'True');
}

/** What clients see while `lose` and `mend` happen to the node of the broker. */
async function whileLost(
  what: string,
  lose: (node: string) => Promise<unknown>,
  mend: (node: string) => Promise<unknown>,
): Promise<Seen> {
  const node = await nodeOf(BROKER);
  const seen = await shop.whileSending('it', async () => {
    await lose(node);
    await until(
      async () => !(await isServing(BROKER)),
      () => `${BROKER} still serves`,
      SLOW_MS,
    );
    await mend(node);
    await until(
      () => isServing(BROKER),
      () => `${BROKER} does not come back`,
      SLOW_MS,
    );
    await shop.converged('rmq', 'it');
    await shop.converged('rmqbs', 'it-broker');
  });
  showSeen(what, seen);
  return seen;
}

/** What the operator did to pods, by its events. */
async function deeds(): Promise<string[]> {
  const reasons = new Set([
    'PodReplaced',
    'PodRepaired',
    'PodForceDeleted',
    'StatefulSetRecreated',
  ]);
  const events = await shop.list('events.events.k8s.io');
  return events.map(({ reason }) => String(reason)).filter((reason) => reasons.has(reason));
}

test('a node that is drained gives its pods up, and has them back', async () => {
  const { lost } = await whileLost(
    'kubectl drain',
    (node) => {
      const how = ['--ignore-daemonsets', '--delete-emptydir-data', '--timeout=120s'];
      return nodes.kubectl(['drain', node, ...how]);
    },
    (node) => nodes.kubectl(['uncordon', node]),
  );
  expect(lost).toEqual([]);
});

test.each([
  ['loses its power', 'kill', 'start'],
  ['loses its cable', 'cut', 'heal'],
] as const)('a node that %s comes back with its broker and its messages', async (_, lose, mend) => {
  const { lost } = await whileLost(
    `a node: ${lose}, ${mend}`,
    async (node) => {
      await nodes.node(lose, node);
      const unknown = '--for=condition=Ready=Unknown';
      await nodes.kubectl(['wait', `node/${node}`, unknown, '--timeout=60s']);
      await sleep(LOST_MS);
    },
    (node) => nodes.node(mend, node),
  );
  expect(lost).toEqual([]);
});

test('the operator has touched no pod meanwhile: a lost node may have its pods still', async () => {
  expect(await deeds()).toEqual([]);
});
