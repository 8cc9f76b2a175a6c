/** Claims: they grow, they are kept, and nobody takes those of another cluster. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { until } from '../until.ts';
import { BrokerSetWorld } from './broker-set-world.ts';

let it: BrokerSetWorld;

beforeAll(async () => {
  it = await BrokerSetWorld.start();
});

afterAll(async () => {
  await it[Symbol.asyncDispose]();
});

test('claims grow and sets are made anew around their pods, which do not notice', async () => {
  const before = await it.pods();
  const set = await it.world.require('statefulsets', 'it-1');
  await it.patch({ storage: { size: '2Gi' } });
  await it.until(({ status }) => status?.['volumeFloor'] === '2Gi', 'claims did not grow');
  await until(
    async () => {
      const now = await it.world.find('statefulsets', 'it-1');
      return now !== undefined && now.metadata.uid !== set.metadata.uid;
    },
    () => 'the set was not made anew',
  );
  await it.ready();
  expect(await it.pods()).toEqual(before);
  const sets = await it.world.list('statefulsets');
  const sizes = sets
    .filter(({ metadata }) => metadata.name !== 'it-nameserver')
    .map(({ spec }) => spec.volumeClaimTemplates[0].spec.resources.requests.storage as string);
  expect(sizes).toEqual(['2Gi', '2Gi']);
  const [group] = ((await it.world.require('brokersets', 'it'))['status']?.['groupStatus'] ??
    []) as object[];
  expect(group).not.toHaveProperty('pendingRecreate');
});

test('a deleted set leaves its claims, and a new one of its name finds them again', async () => {
  const before = await it.world.require('persistentvolumeclaims', 'data-it-0-0');
  await it.world.server.kubectl(['delete', 'brokerset', 'it']);
  await until(
    async () =>
      (await it.world.list('pods')).every(({ metadata }) => metadata.name.includes('nameserver')),
    () => 'pods are still there',
  );
  expect((await it.world.require('persistentvolumeclaims', 'data-it-0-0')).metadata.uid).toBe(
    before.metadata.uid,
  );
  await it.apply({ size: '2Gi' });
  await it.ready();
  expect((await it.world.require('persistentvolumeclaims', 'data-it-0-0')).metadata.uid).toBe(
    before.metadata.uid,
  );
});

test('a claim that holds the data of another cluster is left alone, and the other groups serve', async () => {
  await it.world.server.apply(`
apiVersion: v1
kind: PersistentVolumeClaim
metadata:
  name: data-it-2-0
  namespace: default
  annotations: { gantrymq.io/owner: BrokerSet/default/other/it-2/other }
spec:
  accessModes: [ReadWriteOnce]
  resources: { requests: { storage: 1Gi } }
`);
  await it.patch({ groups: 3 });
  await it.condition({ type: 'Stalled', reason: 'IdentityMismatch' });
  expect(await it.world.find('statefulsets', 'it-2')).toBeUndefined();
  await it.until(({ status }) => status?.['readyGroups'] === 2, 'the other groups do not serve');
  await it.world.server.kubectl(['delete', 'pvc', 'data-it-2-0']);
  await it.world.patch('brokersets', 'it', { metadata: { annotations: { look: '1' } } });
  await it.ready();
  await it.until(({ status }) => status?.['readyGroups'] === 3, 'the new group does not serve');
});

test('a set of the same name in another namespace is another cluster', async () => {
  await it.world.server.kubectl(['create', 'namespace', 'elsewhere']);
  await it.world.server.apply(`
apiVersion: gantrymq.io/v1alpha1
kind: NameServer
metadata: { name: it, namespace: elsewhere }
spec: { replicas: 1, storage: { ephemeral: {} } }
---
apiVersion: gantrymq.io/v1alpha1
kind: BrokerSet
metadata: { name: it, namespace: elsewhere }
spec: { nameServers: { ref: { name: it } }, replicas: 1, storage: { ephemeral: {} } }
`);
  await it.world.awaitReady('brokersets', 'it', 'elsewhere');
  const status = (await it.world.require('brokersets', 'it', 'elsewhere'))['status'];
  expect(status).toMatchObject({ readyGroups: 1, replicas: 1 });
  await it.world.server.kubectl(['delete', 'namespace', 'elsewhere', '--timeout=60s']);
  await it.ready();
});
