import { describe, expect, test } from 'vitest';
import { type RouteAnswer, withActingMasters, withinZone } from './route-answer.ts';
import type { BrokerGroup } from './routes.ts';

function group(brokerName: string, changes: Partial<BrokerGroup> = {}): BrokerGroup {
  const addresses = new Map([[0, `${brokerName}:10911`]]);
  return {
    brokerName,
    cluster: 'c',
    addresses,
    enableActingMaster: false,
    zoneName: undefined,
    ...changes,
  };
}

const queue = (brokerName: string, perm = 6) => ({
  brokerName,
  perm,
  readQueueNums: 1,
  topicSysFlag: 0,
  writeQueueNums: 1,
});

const slaves = new Map([
  [2, 's2:10911'],
  [1, 's1:10911'],
]);

const shownAs = (route: RouteAnswer) => route.groups.map(({ addresses }) => [...addresses.keys()]);

describe('withActingMasters()', () => {
  const acting = group('a', { addresses: slaves, enableActingMaster: true });

  test('shows the slave with the least id as master', () => {
    const shown = withActingMasters('T', { groups: [acting], queues: [queue('a', 4)] });
    expect(shown.groups[0]?.addresses).toEqual(
      new Map([
        [0, 's1:10911'],
        [2, 's2:10911'],
      ]),
    );
    expect([...slaves.keys()]).toEqual([2, 1]);
  });

  test.each([
    ['does not allow it', 'T', group('a', { addresses: slaves }), 4],
    ['has a master', 'T', group('a', { enableActingMaster: true }), 4],
    ['takes writes', 'T', acting, 6],
    ['is asked for its members', 'rmq_sys_SYNC_BROKER_MEMBER_a', acting, 4],
  ])('leaves a group alone that %s', (_name, topic, only, perm) => {
    const route = { groups: [only], queues: [queue('a', perm)] };
    expect(shownAs(withActingMasters(topic, route))).toEqual(shownAs(route));
  });
});

describe('withinZone()', () => {
  test('keeps the brokers of the zone, whatever the case, and those without master', () => {
    const groups = [
      group('here', { zoneName: 'EAST' }),
      group('there', { zoneName: 'west' }),
      group('nowhere'),
      group('headless', { zoneName: 'west', addresses: slaves }),
    ];
    const queues = groups.map(({ brokerName }) => queue(brokerName));
    const kept = withinZone('east', { groups, queues });
    expect(kept.groups.map(({ brokerName }) => brokerName)).toEqual(['here', 'headless']);
    expect(kept.queues.map(({ brokerName }) => brokerName)).toEqual(['here', 'headless']);
  });
});
