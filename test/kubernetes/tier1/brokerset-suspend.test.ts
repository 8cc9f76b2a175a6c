/** When pods are stopped: all of a suspended set, that of a claim whose file system must grow, and none for live settings. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { BrokerSetWorld } from './broker-set-world.ts';

let it: BrokerSetWorld;

beforeAll(async () => {
  it = await BrokerSetWorld.start();
});

afterAll(async () => {
  await it[Symbol.asyncDispose]();
});

const brokers = async (): Promise<string[]> =>
  [...(await it.pods()).keys()].filter((name) => !name.includes('nameserver')).toSorted();

test('a suspended set has no pods and keeps its claims, and serves again with what it had', async () => {
  await it.admin((admin) => admin.putTopic({ topic: 'kept', cluster: 'it' }));
  const claim = await it.world.require('persistentvolumeclaims', 'data-it-0-0');
  await it.patch({ suspend: true });
  await it.condition({ type: 'Ready', status: 'False', reason: 'Suspended' });
  await expect.poll(brokers, { timeout: 60_000 }).toEqual([]);
  await it.until(({ status }) => status?.['phase'] === 'Suspended', 'it is not suspended');
  await it.patch({ suspend: null });
  await it.ready();
  expect(await brokers()).toEqual(['it-0-0', 'it-1-0']);
  const again = await it.world.require('persistentvolumeclaims', 'data-it-0-0');
  expect(again.metadata.uid).toBe(claim.metadata.uid);
  expect(await it.admin((admin) => admin.topics())).toContain('kept');
});

test('how long messages are kept is changed while brokers run', async () => {
  const before = await it.pods();
  await it.patch({ retentionHours: 5 });
  await it.ready();
  const config = await it.admin((admin) => admin.brokerConfig(it.broker('it-0')));
  expect(config.get('fileReservedTime')).toBe('5');
  expect(await it.pods()).toEqual(before);
});

test('a pod restarts when only that lets the file system of its claim grow', async () => {
  const before = await it.pods();
  const pending = {
    type: 'FileSystemResizePending',
    status: 'True',
    lastTransitionTime: '2020-01-01T00:00:00Z',
  };
  const path = '/api/v1/namespaces/default/persistentvolumeclaims/data-it-0-0/status';
  const setConditions = (conditions: object[] | null) =>
    it.world.api.patch(path, { status: { conditions } });
  await setConditions([pending]);
  await expect
    .poll(async () => (await it.pods()).get('it-0-0'), { timeout: 60_000 })
    .not.toBe(before.get('it-0-0'));
  await setConditions(null);
  await it.ready();
  expect((await it.pods()).get('it-1-0')).toBe(before.get('it-1-0'));
});
