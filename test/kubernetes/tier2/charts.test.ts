/** The charts and plain manifests on a real node, as their users install them. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { PROGRAMS, run } from '../api-server.ts';
import { type RealNodes, startNodes } from '../real-nodes.ts';
import { until } from '../until.ts';
import { CLUSTER_CHART, Namespace, OPERATOR_CHART, print, SLOW_MS } from './namespace.ts';

const README = `${OPERATOR_CHART}/README.md`;
const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

let nodes: RealNodes;
let mq: Namespace;

beforeAll(async () => {
  nodes = await startNodes(1);
  mq = new Namespace(nodes, 'mq');
});

afterAll(() => nodes.close());

/** The commands of a step of the README, one by one. */
function stepsOf(number: number): string[] {
  const [, ...blocks] = readFileSync(README, 'utf8').split('```sh\n');
  const [commands = ''] = (blocks[number - 1] ?? '').split('```');
  return commands.split('\n').filter((line) => line !== '');
}

/** As a user's shell runs it in a checkout, with this Kubernetes for its own. */
function shell(command: string): Promise<string> {
  const environment = [`PATH=${PROGRAMS}:/usr/bin:/bin`, `KUBECONFIG=${nodes.kubeconfig}`];
  return run('/usr/bin/env', ['-C', ROOT, ...environment, 'sh', '-ec', command]);
}

const readiness = async (pod: string): Promise<number> => {
  const { metadata, status } = await mq.require('pod', pod);
  const conditions = status.conditions as { type: string; lastTransitionTime: string }[];
  const ready = conditions.find(({ type }) => type === 'Ready')?.lastTransitionTime ?? '';
  return (Date.parse(ready) - Date.parse(metadata.creationTimestamp)) / 1000;
};

const uidOf = async (pod: string): Promise<string> => (await mq.require('pod', pod)).metadata.uid;

test('the README, followed to the letter, leads from nothing to a message', async () => {
  const fromMs = Date.now();
  let shown = '';
  for (const command of [2, 3, 4].flatMap((step) => stepsOf(step))) {
    shown = await shell(command);
    if (command.startsWith('kubectl create namespace')) await mq.restrict();
  }
  const seconds = (Date.now() - fromMs) / 1000;
  print(`charts/gantry-operator/README.md to the first message: ${seconds.toFixed(1)} s`);
  print(`a broker's pod to Ready: ${await readiness('orders-broker-0-0')} s`);
  expect(shown).toContain('world');
  // Two come with the CRDs, for people; the operator has none.
  const named = (kind: string): Promise<string[]> =>
    mq.kubectl('get', kind, '-o', 'name').then((names) => {
      return names.split('\n').flatMap((name) => /gantry.*/.exec(name) ?? []);
    });
  expect(await named('clusterrole')).toEqual(['gantry-edit', 'gantry-view']);
  expect(await named('clusterrolebinding')).toEqual([]);
});

test('kubectl get shows clusters, their components and topics', async () => {
  await mq.apply(`
apiVersion: gantrymq.io/v1alpha1
kind: Topic
metadata: { name: greetings }
spec: { clusterRef: { name: orders } }
`);
  await mq.converged('rmqt', 'greetings');
  const shown = await mq.kubectl('get', 'rmq,rmqns,rmqbs,rmqt');
  print(shown);
  for (const kind of ['rocketmqcluster', 'nameserver', 'brokerset', 'topic']) {
    expect(shown).toContain(`${kind}.gantrymq.io/`);
  }
  await mq.send('orders', 'greetings', 'hello');
  expect(await mq.consume('orders', 'greetings')).toContain('hello');
});

test('the operator is upgraded and rolled back, and no broker notices', async () => {
  const before = await uidOf('orders-broker-0-0');
  await mq.helm('upgrade', 'gantry-operator', OPERATOR_CHART, '--set', 'replicas=2', '--wait');
  expect((await mq.require('deployment', 'gantry-operator'))['status'].readyReplicas).toBe(2);
  await mq.helm('rollback', 'gantry-operator', '1', '--wait');
  expect((await mq.require('deployment', 'gantry-operator'))['spec'].replicas).toBe(1);
  expect(await uidOf('orders-broker-0-0')).toBe(before);
});

test('a cluster is upgraded and rolled back by new values', async () => {
  const servers = (count: number): Promise<void> =>
    mq.until('rmqns', 'orders', ({ status }) => status.readyReplicas === count);
  await mq.helm('upgrade', 'orders', CLUSTER_CHART, '--set', 'nameServer.replicas=1');
  await servers(1);
  await mq.helm('rollback', 'orders', '1');
  await servers(2);
  await mq.converged('rmq', 'orders');
  expect(await mq.list('pods', 'app.kubernetes.io/component=nameserver')).toHaveLength(2);
});

test('clusters outlive the release of their operator', async () => {
  const before = await uidOf('orders-broker-0-0');
  await mq.helm('uninstall', 'gantry-operator', '--wait');
  expect(await mq.kubectl('get', 'rmq', '-o', 'name')).toContain('orders');
  expect(await uidOf('orders-broker-0-0')).toBe(before);
  expect(await mq.consume('orders', 'greetings')).toContain('hello');
});

test('kubectl apply of the plain manifests does the same, for all namespaces', async () => {
  const fromMs = Date.now();
  const plain = [...readFileSync(README, 'utf8').matchAll(/`(kubectl apply [^`]*)`/g)];
  const commands = plain.flatMap(([, command = '']) => command);
  expect(commands.slice(0, 2)).toHaveLength(2);
  for (const command of commands.slice(0, 2)) await shell(command);
  await mq.converged('rmq', 'quickstart');
  await mq.send('quickstart', 'greetings', 'hello');
  expect(await mq.consume('quickstart', 'greetings')).toContain('hello');
  print(`kubectl apply to the first message: ${((Date.now() - fromMs) / 1000).toFixed(1)} s`);
  await mq.converged('rmq', 'orders');
});

test('a cluster that is uninstalled leaves its volumes to the next of its name', async () => {
  await mq.helm('uninstall', 'orders');
  await mq.kubectl('wait', '--for=delete', 'rmq/orders', '--timeout=120s');
  await until(
    async () => (await mq.list('pods', 'gantrymq.io/cluster=orders')).length === 0,
    () => 'There are still pods',
    SLOW_MS,
  );
  expect(await mq.kubectl('get', 'pvc', '-o', 'name')).toContain('data-orders-broker-0-0');
  await mq.helm('install', 'orders', CLUSTER_CHART);
  await mq.converged('rmq', 'orders');
  expect(await mq.consume('orders', 'greetings')).toContain('hello');
});
