import { describe, expect, test } from 'vitest';
import type { Runtime } from '../runtime/mod.ts';
import { simulated } from '../simulation/mod.ts';
import { FakeCluster } from '../test/fakes/cluster.ts';
import { DirectAdmin } from './direct-admin.ts';
import { committedOffsets, isOwnGroup, topicKind } from './direct-answers.ts';

function world(
  seed: number,
  body: (admin: DirectAdmin, addresses: readonly string[], runtime: Runtime) => Promise<void>,
): Promise<void> {
  return simulated(seed, async (runtime) => {
    await using cluster = await FakeCluster.start(runtime, 3);
    await using admin = DirectAdmin.start(runtime, {
      connectTimeoutMs: 1000,
      callTimeoutMs: 2000,
      connectionsMax: 2,
    });
    await body(
      admin,
      cluster.brokers.map(({ address }) => address),
      runtime,
    );
  });
}

describe('DirectAdmin', () => {
  test('asks the process at an address, with no name server in between', () =>
    world(1, async (admin, [address = '']) => {
      expect((await admin.runtimeInfo(address, {})).get('brokerVersionDesc')).toBe('fake');
      await expect(admin.runtimeInfo('127.0.0.1:9', {})).rejects.toMatchObject({
        name: 'NetworkError',
      });
    }));

  test('closes the connection used longest ago when there are too many', () =>
    world(2, async (admin, [one = '', two = '', three = '']) => {
      await admin.runtimeInfo(one, {});
      await admin.runtimeInfo(two, {});
      await admin.runtimeInfo(one, {});
      await admin.runtimeInfo(three, {});
      expect(admin.connected.toSorted()).toEqual([one, three].toSorted());
    }));

  test('never closes one that carries a call', () =>
    world(3, async (admin, addresses) => {
      const answers = await Promise.all(addresses.map((one) => admin.runtimeInfo(one, {})));
      expect(answers).toHaveLength(3);
    }));
});

test('the keys of committed offsets name topic and group', () => {
  const dataVersion = { counter: 0, stateVersion: 0, timestamp: 0 };
  const offsetTable = new Map([['%RETRY%g@g', new Map([[3, 7]])]]);
  expect(committedOffsets({ dataVersion, offsetTable })).toEqual([
    { topic: '%RETRY%g', group: 'g', queueId: 3, offset: 7 },
  ]);
});

test.each([
  ['orders', 'user'],
  ['%RETRY%g', 'retry'],
  ['%DLQ%g', 'deadLetter'],
  ['rmq_sys_wheel_timer', 'system'],
  ['broker-a', 'system'],
])('topic %s is a %s topic', (topic, kind) => {
  expect(topicKind(topic, ['broker-a'])).toBe(kind);
});

test('groups that every broker has are its own', () => {
  expect([isOwnGroup('TOOLS_CONSUMER'), isOwnGroup('GID_billing')]).toEqual([true, false]);
});
