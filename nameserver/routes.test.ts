import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { topicQueueMappingInfo } from '../protocol/bodies/mod.ts';
import { type BrokerRegistration, minId, Routes } from './routes.ts';

const rules = { deleteTopicWithBrokerRegistration: false };
const version = (counter: number, stateVersion = 0) => ({ counter, stateVersion, timestamp: 1 });

function queues(perm = 6, count = 4) {
  return { perm, readQueueNums: count, topicSysFlag: 0, writeQueueNums: count };
}

function broker(changes: Partial<BrokerRegistration> = {}): BrokerRegistration {
  return {
    cluster: 'c',
    brokerName: 'a',
    brokerAddr: '10.0.0.1:10911',
    brokerId: 0,
    haServerAddr: '10.0.0.1:10912',
    zoneName: undefined,
    timeoutMs: undefined,
    enableActingMaster: undefined,
    dataVersion: version(1),
    topics: new Map([
      ['T', queues()],
      ['U', queues(4, 2)],
    ]),
    mappings: [],
    filterServers: [],
    channel: undefined,
    ...changes,
  };
}

const slave = (changes: Partial<BrokerRegistration> = {}): BrokerRegistration =>
  broker({ brokerId: 1, brokerAddr: '10.0.0.2:10911', haServerAddr: '10.0.0.2:10912', ...changes });

/** All there is to see of the routes, whatever order it was told in. */
function state(routes: Routes) {
  const live = [...routes.live].map(({ cluster, brokerAddr, lastSeenMs, dataVersion }) => {
    return [`${cluster} ${brokerAddr}`, lastSeenMs, dataVersion] as const;
  });
  return {
    topics: new Map([...routes.topics].map(([topic, byBroker]) => [topic, new Map(byBroker)])),
    groups: new Map(
      [...routes.groups].map(([name, { addresses, ...rest }]) => [
        name,
        { ...rest, addresses: new Map(addresses) },
      ]),
    ),
    clusters: new Map([...routes.clusters].map(([name, names]) => [name, new Set(names)])),
    live: new Set(live.map((entry) => JSON.stringify(entry))),
  };
}

const anyTopics = fc
  .dictionary(
    fc.constantFrom('T', 'U', 'V', 'W'),
    fc.constantFrom(queues(), queues(4, 1), queues(2)),
  )
  .map((table) => new Map(Object.entries(table)));

/** Brokers of few names, clusters and addresses, so that they meet. */
const anyRegistration: fc.Arbitrary<BrokerRegistration> = fc
  .record({
    cluster: fc.constantFrom('c', 'd'),
    brokerName: fc.constantFrom('a', 'b'),
    place: fc.nat({ max: 3 }),
    brokerId: fc.nat({ max: 2 }),
    enableActingMaster: fc.constantFrom(undefined, false, true),
    dataVersion: fc.record({
      counter: fc.nat({ max: 2 }),
      stateVersion: fc.nat({ max: 1 }),
      timestamp: fc.constant(1),
    }),
    topics: anyTopics,
  })
  .map(({ place, ...rest }) => broker({ ...rest, brokerAddr: `10.0.0.${place}:10911` }));

const anyCommand = fc.oneof(
  fc.record({ kind: fc.constant('register' as const), registration: anyRegistration }),
  fc.record({ kind: fc.constant('unregister' as const), registration: anyRegistration }),
  fc.record({ kind: fc.constant('expire' as const), registration: anyRegistration }),
);

describe('Routes', () => {
  test('hold their invariants whatever brokers say', () => {
    fc.assert(
      fc.property(fc.array(anyCommand, { maxLength: 40 }), (commands) => {
        const routes = new Routes(rules);
        for (const [step, { kind, registration }] of commands.entries()) {
          if (kind === 'register') routes.register(registration, step * 10_000);
          if (kind === 'unregister') routes.unregister([registration]);
          if (kind === 'expire') {
            routes.unregister(routes.expired(step * 10_000).map((expired) => expired.broker));
          }
        }
        const named = new Set([...routes.clusters.values()].flatMap((names) => [...names]));
        expect(named).toEqual(new Set(routes.groups.keys()));
        for (const { addresses } of routes.groups.values()) {
          expect(addresses.size).toBeGreaterThan(0);
          expect(new Set(addresses.values()).size).toBe(addresses.size);
        }
        for (const byBroker of routes.topics.values()) {
          expect(byBroker.size).toBeGreaterThan(0);
          for (const [name, data] of byBroker) {
            expect(routes.groups.has(name)).toBe(true);
            expect(data.brokerName).toBe(name);
          }
        }
      }),
    );
  });

  test('come to the same state in whatever order different groups register', () => {
    fc.assert(
      fc.property(anyRegistration, anyRegistration, (left, right) => {
        const one = { ...left, brokerName: 'a', brokerAddr: '10.0.0.1:10911' };
        const other = { ...right, brokerName: 'b', brokerAddr: '10.0.0.2:10911' };
        const [forwards, backwards] = [new Routes(rules), new Routes(rules)];
        for (const registration of [one, other]) forwards.register(registration, 5);
        for (const registration of [other, one]) backwards.register(registration, 5);
        expect(state(forwards)).toEqual(state(backwards));
      }),
    );
  });

  test('are not changed by hearing the same again', () => {
    fc.assert(
      fc.property(anyRegistration, (registration) => {
        const routes = new Routes(rules);
        routes.register(registration, 5);
        const before = state(routes);
        routes.register(registration, 5);
        expect(state(routes)).toEqual(before);
      }),
    );
  });

  test('unregistration undoes registration', () => {
    fc.assert(
      fc.property(fc.array(anyRegistration, { maxLength: 8 }), anyRegistration, (others, last) => {
        const routes = new Routes(rules);
        for (const other of others) routes.register({ ...other, brokerName: 'b' }, 5);
        const before = state(routes);
        const registration = { ...last, brokerName: 'a', brokerAddr: '10.9.9.9:10911' };
        routes.register(registration, 5);
        routes.unregister([registration]);
        expect(state(routes)).toEqual(before);
      }),
    );
  });

  test('a broker is gone once its own time, or two minutes, passed without a sign of life', () => {
    const routes = new Routes(rules);
    routes.register(broker(), 0);
    routes.register(broker({ brokerName: 'b', brokerAddr: 'b:1', timeoutMs: 10_000 }), 0);
    const names = (nowMs: number) =>
      routes.expired(nowMs).map(({ broker: { brokerName } }) => brokerName);
    expect(names(10_000)).toEqual([]);
    expect(names(10_001)).toEqual(['b']);
    routes.live.touch('c', 'b:1', 10_001);
    expect(names(20_001)).toEqual([]);
    expect(names(120_001)).toEqual(['a', 'b']);
  });

  test('a broker must tell all its topics once before it may tell a single one', () => {
    const routes = new Routes(rules);
    const empty = state(routes);
    const single = broker({ topics: new Map([['N', queues()]]) });
    expect(routes.register(single, 0)).toEqual({ kind: 'refused' });
    expect(state(routes)).toEqual(empty);
    routes.register(broker(), 0);
    expect(routes.register({ ...single, dataVersion: version(2) }, 0).kind).toBe('registered');
    expect([...routes.topics.keys()]).toEqual(['T', 'U', 'N']);
  });

  test('an older life of a master cannot take the place of a newer one', () => {
    const routes = new Routes(rules);
    routes.register(broker({ dataVersion: version(1, 7) }), 0);
    const old = broker({ brokerAddr: '10.0.0.9:10911', dataVersion: version(9, 6) });
    expect(routes.register(old, 0)).toEqual({ kind: 'stale' });
    expect(routes.groups.get('a')?.addresses.get(0)).toBe('10.0.0.1:10911');
    expect(routes.live.find('c', '10.0.0.9:10911')).toBeUndefined();
    const newer = { ...old, dataVersion: version(1, 8) };
    expect(routes.register(newer, 0).kind).toBe('registered');
    expect(routes.groups.get('a')?.addresses.get(0)).toBe('10.0.0.9:10911');
  });

  test('a slave learns of its master, and its topics are not listened to', () => {
    const routes = new Routes(rules);
    expect(routes.register(slave(), 0)).toEqual({ kind: 'registered' });
    expect(routes.topics.size).toBe(0);
    routes.register(broker(), 0);
    const outcome = routes.register(slave(), 0);
    const master = { masterAddr: '10.0.0.1:10911', haServerAddr: '10.0.0.1:10912' };
    expect(outcome).toEqual({ kind: 'registered', master });
  });

  test('a slave that became master leaves its old place', () => {
    const routes = new Routes(rules);
    routes.register(broker(), 0);
    routes.register(slave(), 0);
    routes.register(slave({ brokerId: 0, dataVersion: version(2) }), 0);
    expect(routes.groups.get('a')?.addresses).toEqual(new Map([[0, '10.0.0.2:10911']]));
  });

  test('an address that takes another name leaves the old one', () => {
    const routes = new Routes(rules);
    routes.register(broker(), 0);
    routes.register(broker({ brokerName: 'renamed' }), 0);
    expect([...routes.groups.keys()]).toEqual(['renamed']);
    expect([...(routes.clusters.get('c') ?? [])]).toEqual(['renamed']);
  });

  test('queues of a topic change only with the version', () => {
    const routes = new Routes(rules);
    routes.register(broker(), 0);
    const changed = new Map([
      ['T', queues(4, 9)],
      ['N', queues()],
    ]);
    routes.register(broker({ topics: changed }), 0);
    expect(routes.topics.get('T')?.get('a')?.readQueueNums).toBe(4);
    expect(routes.topics.has('N')).toBe(true);
    routes.register(broker({ topics: changed, dataVersion: version(2) }), 0);
    expect(routes.topics.get('T')?.get('a')?.readQueueNums).toBe(9);
  });

  test('topics that a broker no longer has stay, unless the rule says otherwise', () => {
    for (const deleteTopicWithBrokerRegistration of [false, true]) {
      const routes = new Routes({ deleteTopicWithBrokerRegistration });
      routes.register(broker(), 0);
      const topics = new Map([['T', queues()]]);
      routes.register(broker({ topics, dataVersion: version(2) }), 0);
      expect(routes.topics.has('U')).toBe(!deleteTopicWithBrokerRegistration);
    }
  });

  test('without its master a group that allows it takes no writes', () => {
    const routes = new Routes(rules);
    const allowed = { enableActingMaster: true };
    routes.register(broker(allowed), 0);
    routes.register(slave(allowed), 0);
    const changes = routes.unregister([broker()]);
    expect(changes).toMatchObject([{ offlineAddr: '10.0.0.1:10911' }]);
    expect(routes.topics.get('T')?.get('a')?.perm).toBe(4);
    // The prime slave speaks for the group now, and must not give the write bit back.
    routes.register(slave({ ...allowed, dataVersion: version(5) }), 0);
    expect(routes.topics.get('T')?.get('a')?.perm).toBe(4);
    const back = routes.register(broker({ ...allowed, dataVersion: version(6) }), 0);
    expect(back).toMatchObject({ minIdChange: { haServerAddr: '10.0.0.1:10912' } });
    expect(routes.topics.get('T')?.get('a')?.perm).toBe(6);
  });

  test('write permission is taken from and given to all topics of a broker', () => {
    const routes = new Routes(rules);
    routes.register(broker(), 0);
    routes.register(broker({ brokerName: 'b', brokerAddr: 'b:1' }), 0);
    const perms = () =>
      [...routes.topics.values()].map((by) => [by.get('a')?.perm, by.get('b')?.perm]);
    expect(routes.setWritable('a', false)).toBe(2);
    expect(perms()).toEqual([
      [4, 6],
      [4, 4],
    ]);
    expect(routes.setWritable('a', true)).toBe(2);
    expect(perms()).toEqual([
      [6, 6],
      [6, 4],
    ]);
    expect(routes.setWritable('nobody', true)).toBe(0);
  });

  test('a topic is deleted from one cluster or from all', () => {
    const routes = new Routes(rules);
    routes.register(broker(), 0);
    routes.register(broker({ cluster: 'd', brokerName: 'b', brokerAddr: 'b:1' }), 0);
    routes.deleteTopic('T', 'd');
    expect([...(routes.topics.get('T')?.keys() ?? [])]).toEqual(['a']);
    routes.deleteTopic('U');
    expect(routes.topics.has('U')).toBe(false);
    routes.deleteTopic('T', 'no such cluster');
    expect(routes.topics.has('T')).toBe(true);
  });

  test('mappings of a topic go with its queues', () => {
    const mapping = (topic: string, bname: string) => ({
      ...topicQueueMappingInfo.fallback(),
      topic,
      bname,
    });
    const all = () => [...new Map(routes.mappings)].map(([topic, of]) => [topic, [...of.keys()]]);
    const routes = new Routes(rules);
    const ours = ['T', 'U', 'unknown'].map((topic) => mapping(topic, 'a'));
    routes.register(broker({ mappings: ours }), 0);
    const other = { brokerName: 'b', brokerAddr: '10.0.0.9:10911' };
    routes.register(broker({ ...other, mappings: [mapping('T', 'b')] }), 0);
    expect(all()).toEqual([
      ['T', ['a', 'b']],
      ['U', ['a']],
    ]);
    routes.deleteTopic('U');
    expect(all()).toEqual([['T', ['a', 'b']]]);
    routes.unregister([broker()]);
    expect(all()).toEqual([['T', ['b']]]);
    routes.deleteTopic('T', 'c');
    expect(all()).toEqual([]);
  });

  test('a single topic is registered for known brokers only', () => {
    const routes = new Routes(rules);
    routes.register(broker(), 0);
    routes.registerTopic('N', [{ brokerName: 'a', ...queues() }]);
    routes.registerTopic('M', [
      { brokerName: 'a', ...queues() },
      { brokerName: 'nobody', ...queues() },
    ]);
    expect([routes.topics.has('N'), routes.topics.has('M')]).toEqual([true, false]);
  });

  test('the brokers of a connection are those that registered through it', () => {
    const routes = new Routes(rules);
    const [mine, theirs] = [{}, {}];
    routes.register(broker({ channel: mine }), 0);
    routes.register(slave({ channel: theirs }), 0);
    expect(routes.registeredBy(mine)).toMatchObject([{ brokerName: 'a', brokerId: 0 }]);
    routes.register(broker({ channel: theirs }), 0);
    expect(routes.registeredBy(mine)).toEqual([]);
  });

  test('the least id of nobody is that of a master', () => {
    const group = { brokerName: 'a', cluster: 'c', enableActingMaster: false, zoneName: undefined };
    expect(minId({ ...group, addresses: new Map() })).toBe(0);
  });
});
