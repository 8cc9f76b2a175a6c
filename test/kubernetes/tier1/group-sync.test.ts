/** Consumer groups as objects, on brokers that really run; and kinds that come later. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { World } from '../world.ts';
import { EntityCluster } from './entity-cluster.ts';

let cluster: EntityCluster;
let world: World;

beforeAll(async () => {
  cluster = await EntityCluster.start();
  ({ world } = cluster);
});

afterAll(() => cluster[Symbol.asyncDispose]());

const onBrokers = (group: string) =>
  cluster.each((broker) => cluster.access.findGroup(broker, group));
const ready = (name: string) => world.awaitReady('consumergroups', name);
const eventually = <T>(look: () => T) => expect.poll(look, { timeout: 30_000, interval: 100 });

const usual = {
  group: 'GID_billing',
  consumeEnabled: true,
  consumeBroadcast: true,
  consumeOrderly: false,
  retryTimesMax: 3,
  retryQueues: 1,
};

test('a group is made on every broker group, and kept as its spec says', async () => {
  const spec = 'groupName: GID_billing, retry: { maxTimes: 3 }';
  await cluster.apply('ConsumerGroup', 'name: billing', spec);
  await ready('billing');
  expect(await onBrokers('GID_billing')).toEqual([usual, usual]);
  const [one = '', other = ''] = cluster.brokers;
  await cluster.access.putGroup(one, { ...usual, consumeEnabled: false });
  await cluster.access.removeGroup(other, 'GID_billing');
  await cluster.look('consumergroups', 'billing');
  await eventually(() => onBrokers('GID_billing')).toEqual([usual, usual]);
  await world.patch('consumergroups', 'billing', { spec: { consume: { orderly: true } } });
  const orderly = { ...usual, consumeOrderly: true };
  await eventually(() => onBrokers('GID_billing')).toEqual([orderly, orderly]);
});

const adopted = { ...usual, group: 'strange', retryTimesMax: 16 };

test('one that exists otherwise is a conflict until it may be adopted', async () => {
  const strange = { ...usual, group: 'strange', retryTimesMax: 99 };
  await cluster.each((broker) => cluster.access.putGroup(broker, strange));
  await cluster.apply('ConsumerGroup', 'name: strange');
  await world.awaitCondition('consumergroups', 'strange', { type: 'Stalled', reason: 'Conflict' });
  const said = await cluster.condition('consumergroups', 'strange', 'Stalled');
  expect(said?.message).toContain('retry.maxTimes is 99, wanted 16');
  expect(await onBrokers('strange')).toEqual([strange, strange]);
  await world.patch('consumergroups', 'strange', {
    metadata: { annotations: { 'gantrymq.io/adopt': 'true' } },
  });
  await ready('strange');
  expect(await onBrokers('strange')).toEqual([adopted, adopted]);
});

test('one whose cluster is not there says so, and does not keep its namespace from going', async () => {
  await world.server.apply(`
apiVersion: gantrymq.io/v1alpha1
kind: ConsumerGroup
metadata: { name: lost, namespace: default }
spec: { clusterRef: { name: nowhere }, deletionPolicy: Delete }
`);
  await world.awaitCondition('consumergroups', 'lost', {
    type: 'Ready',
    reason: 'ClusterNotFound',
  });
  await world.server.kubectl(['delete', 'consumergroup', 'lost', '--timeout=30s']);
  expect(await world.find('consumergroups', 'lost')).toBeUndefined();
});

test('a deleted one is removed from the brokers only with deletionPolicy Delete', async () => {
  await world.server.kubectl(['delete', 'consumergroup', 'strange', '--timeout=30s']);
  expect(await onBrokers('strange')).toEqual([adopted, adopted]);
  await world.patch('consumergroups', 'billing', { spec: { deletionPolicy: 'Delete' } });
  await eventually(
    async () => (await world.require('consumergroups', 'billing')).metadata.finalizers,
  ).toEqual(['gantrymq.io/consumer-group']);
  await world.server.kubectl(['delete', 'consumergroup', 'billing', '--timeout=30s']);
  expect(await onBrokers('GID_billing')).toEqual(['none', 'none']);
});

test('controllers and proxies can be written and say that they come later', async () => {
  await world.server.apply(`
apiVersion: gantrymq.io/v1alpha1
kind: Controller
metadata: { name: later, namespace: default }
spec: {}
---
apiVersion: gantrymq.io/v1alpha1
kind: Proxy
metadata: { name: later, namespace: default }
spec: { clusterRef: { name: orders } }
`);
  for (const plural of ['controllers', 'proxies']) {
    const wait = [
      'wait',
      plural,
      'later',
      '--for=jsonpath={.status.phase}=Failed',
      '--timeout=30s',
    ];
    await world.server.kubectl(wait);
    expect(await world.server.kubectl(['get', plural, 'later', '-o', 'yaml'])).toContain(
      'reason: NotImplemented',
    );
  }
});
