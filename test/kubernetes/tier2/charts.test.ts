/** The charts on a real node, as their users install them. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { until } from '../until.ts';
import { QUICKSTART } from '../world.ts';
import { CLUSTER_CHART, nameServers, OPERATOR_CHART, Shop } from './shop.ts';

let shop: Shop;

beforeAll(async () => {
  shop = await Shop.open(1);
});

afterAll(() => shop[Symbol.asyncDispose]());

const uidOf = (pod: string): Promise<string> => shop.field(`pod/${pod}`, '.metadata.uid');

test('helm install gives an operator that is ready, with Roles alone', async () => {
  await shop.installOperator();
  expect(await shop.kubectl('rollout', 'status', 'deployment/gantry-operator')).toContain(
    'successfully rolled out',
  );
  expect(await shop.kubectl('get', 'clusterrole', '-o', 'name')).not.toContain('gantry');
});

test('a cluster of the quickstart is ready, and takes and gives its first message', async () => {
  const fromMs = Date.now();
  await shop.apply(QUICKSTART);
  await shop.awaitReady('rocketmqcluster', 'quickstart');
  await shop.send('quickstart', 'greetings', 'hello');
  console.log(`kubectl apply to the first message: ${Date.now() - fromMs} ms`);
  expect(await shop.consume('quickstart', 'greetings', 1)).toContain('hello');
  console.log(await shop.kubectl('get', 'rmq,rmqns,rmqbs'));
});

test('pods find each other by name, and brokers advertise theirs', async () => {
  const where = ['--nameserver', nameServers('quickstart')];
  const shown = await shop.nodes.gantry(['admin', 'cluster', 'list', '-o', 'json', ...where]);
  expect(shown).toContain('quickstart-broker-0-0.quickstart-broker-0.shop.svc');
});

test('an evicted broker comes back with what it stored', async () => {
  const before = await uidOf('quickstart-broker-0-0');
  const eviction = JSON.stringify({
    apiVersion: 'policy/v1',
    kind: 'Eviction',
    metadata: { name: 'quickstart-broker-0-0', namespace: 'shop' },
  });
  const path = '/api/v1/namespaces/shop/pods/quickstart-broker-0-0/eviction';
  await shop.nodes.kubectl(['create', '--raw', path, '-f', '-'], eviction);
  await until(
    async () => ![before, ''].includes(await uidOf('quickstart-broker-0-0').catch(() => '')),
    () => 'The pod is not made again',
  );
  await shop.awaitReady('pod', 'quickstart-broker-0-0');
  expect(await shop.consume('quickstart', 'greetings', 1)).toContain('hello');
});

test('a larger size grows the volume under the running broker', async () => {
  const before = await uidOf('quickstart-broker-0-0');
  const broker = { name: 'broker', groups: 1, replicas: 1, durability: 'Async' };
  const brokerSets = [{ ...broker, storage: { size: '21Gi' } }];
  const patch = JSON.stringify({ spec: { brokerSets } });
  await shop.kubectl('patch', 'rocketmqcluster', 'quickstart', '--type=merge', '-p', patch);
  const claim = 'pvc/data-quickstart-broker-0-0';
  await until(
    async () => (await shop.field(claim, '.status.capacity.storage')) === '21Gi',
    () => 'The claim does not grow',
  );
  const set = 'sts/quickstart-broker-0';
  const template = '.spec.volumeClaimTemplates[0].spec.resources.requests.storage';
  await until(
    async () => (await shop.field(set, template).catch(() => '')) === '21Gi',
    () => 'The StatefulSet is not made again',
  );
  await shop.awaitReady('rocketmqcluster', 'quickstart');
  expect(await uidOf('quickstart-broker-0-0')).toBe(before);
});

test('the operator is upgraded and rolled back, and no broker notices', async () => {
  const before = await uidOf('quickstart-broker-0-0');
  const patience = ['--wait', '--timeout', '120s'];
  await shop.helm('upgrade', 'gantry-operator', OPERATOR_CHART, '--set', 'replicas=2', ...patience);
  expect(await shop.field('deployment/gantry-operator', '.status.readyReplicas')).toBe('2');
  await shop.helm('rollback', 'gantry-operator', '1', ...patience);
  expect(await shop.field('deployment/gantry-operator', '.spec.replicas')).toBe('1');
  expect(await uidOf('quickstart-broker-0-0')).toBe(before);
});

test('the chart of a cluster is installed, upgraded, rolled back and uninstalled', async () => {
  const size = ['--set', 'nameServer.replicas=1'];
  await shop.helm('install', 'second', CLUSTER_CHART, ...size);
  await shop.awaitReady('rocketmqcluster', 'second');
  await shop.helm('upgrade', 'second', CLUSTER_CHART, '--set', 'nameServer.replicas=2');
  const replicas = (): Promise<string> =>
    shop.field('statefulset/second-nameserver', '.spec.replicas');
  const becomes = (count: string): Promise<void> =>
    until(
      async () => (await replicas()) === count,
      () => `There are not ${count} name servers`,
    );
  await becomes('2');
  await shop.helm('rollback', 'second', '1');
  await becomes('1');
  await shop.helm('uninstall', 'second');
  await shop.kubectl('wait', '--for=delete', 'rocketmqcluster/second', '--timeout=120s');
  expect(await shop.kubectl('get', 'pvc', '-o', 'name')).toContain('data-second-broker-0-0');
});

test('clusters outlive the release of their operator', async () => {
  const before = await uidOf('quickstart-broker-0-0');
  await shop.helm('uninstall', 'gantry-operator', '--wait');
  expect(await shop.kubectl('get', 'rmq', '-o', 'name')).toContain('quickstart');
  expect(await uidOf('quickstart-broker-0-0')).toBe(before);
  expect(await shop.consume('quickstart', 'greetings', 1)).toContain('hello');
});
