/** A broker set and its name servers come into being, and then nothing more is written. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { World } from '../world.ts';

let world: World;

beforeAll(async () => {
  world = await World.start();
});

afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

const MANIFEST = `
apiVersion: gantrymq.io/v1alpha1
kind: NameServer
metadata: { name: it, namespace: default }
spec: { replicas: 1 }
---
apiVersion: gantrymq.io/v1alpha1
kind: BrokerSet
metadata: { name: it, namespace: default }
spec:
  nameServers: { ref: { name: it } }
  groups: 2
  replicas: 1
  storage: { size: 1Gi }
`;

test('from two objects to brokers that take messages, and then no write more', async () => {
  await world.server.apply(MANIFEST);
  await world.awaitReady('nameservers', 'it');
  await world.awaitReady('brokersets', 'it');
  const set = await world.require('brokersets', 'it');
  expect(set['status']).toMatchObject({
    phase: 'Ready',
    groups: 2,
    readyGroups: 2,
    groupStatus: [
      { name: 'it-0', phase: 'Ready', master: { pod: 'it-0-0', brokerId: 0 } },
      { name: 'it-1', phase: 'Ready', master: { pod: 'it-1-0', brokerId: 0 } },
    ],
  });
  await world.awaitCondition('brokersets', 'it', { type: 'ConfigApplied', status: 'True' });
  await world.awaitCondition('nameservers', 'it', { type: 'ConfigApplied', status: 'True' });
  expect(await world.changesIn(3000)).toEqual([]);
});
