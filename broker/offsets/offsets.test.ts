import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { consumerOffsetTable, resetOffsets } from '../../protocol/bodies/mod.ts';
import { sleep } from '../../runtime/mod.ts';
import { pullHeader, sendHeader, withBroker } from '../../test/fakes/broker-world.ts';
import { ConsumerOffsets } from './consumer-offsets.ts';

const queue = { consumerGroup: 'consumers', topic: 'orders', queueId: 0 };
const body = Buffer.from('hello');

test('offsets that were saved are read back as they were', () => {
  const name = fc.stringMatching(/^[\w%|-]{1,20}$/);
  const commits = fc.array(fc.tuple(name, name, fc.nat(20), fc.maxSafeNat()));
  fc.assert(
    fc.property(commits, (all) => {
      const offsets = new ConsumerOffsets(() => 7);
      for (const [topic, group, queueId, at] of all) offsets.commit(topic, group, queueId, at);
      const read = new ConsumerOffsets(() => 8);
      read.load(offsets.toBody());
      for (const [topic, group] of all) {
        expect(read.queues(topic, group)).toEqual(offsets.queues(topic, group));
        expect(read.topicsOf(group)).toContain(topic);
        expect(read.groupsOf(topic)).toContain(group);
      }
      expect(read.version).toEqual(offsets.version);
    }),
  );
});

test('the version moves once in five hundred commits', () => {
  const offsets = new ConsumerOffsets(() => 7);
  for (let at = 0; at < 1499; at++) offsets.commit('t', 'g', 0, at);
  expect(offsets.version).toEqual({ counter: 2, stateVersion: 0, timestamp: 7 });
});

test('what is forgotten of a topic or a group is that alone', () => {
  const offsets = new ConsumerOffsets(() => 7);
  for (const topic of ['a', 'b']) {
    for (const group of ['g', 'h', 'g@broadcast']) offsets.commit(topic, group, 0, 1);
  }
  offsets.forgetTopic('a');
  offsets.forgetGroup('h');
  expect(offsets.groupsOf('a')).toEqual([]);
  expect(offsets.groupsOf('b')).toEqual(['g', 'g@broadcast']);
});

test('what a group pulled or was reset to is forgotten with it and with the topic', () => {
  const offsets = new ConsumerOffsets(() => 7);
  for (const [topic, group] of [
    ['a', 'g'],
    ['a', 'h'],
    ['b', 'g'],
    ['c', 'i'],
  ] as const) {
    offsets.notePulled(topic, group, 0, 5);
    offsets.reset(topic, group, 0, 5);
  }
  const left = () =>
    ['a g', 'a h', 'b g', 'c i'].filter((pair) => {
      const [topic = '', group = ''] = pair.split(' ');
      const isReset = offsets.findReset(topic, group, 0) !== undefined;
      return isReset || offsets.findPulled(topic, group, 0) !== offsets.find(topic, group, 0);
    });
  offsets.forgetTopic('a');
  expect(left()).toEqual(['b g', 'c i']);
  offsets.forgetPulls('g');
  expect(left()).toEqual(['c i']);
  expect(offsets.find('b', 'g', 0)).toBe(5);
  offsets.forgetGroup('i');
  expect(left()).toEqual([]);
});

test('a topic that was only pulled leaves nothing behind', () => {
  const offsets = new ConsumerOffsets(() => 7);
  offsets.notePulled('a', 'g', 0, 5);
  offsets.forgetTopic('a');
  expect(offsets.findPulled('a', 'g', 0)).toBeUndefined();
});

test('a commit to a queue that the topic does not have is refused, and nothing is kept', async () => {
  await withBroker([], async ({ ask }) => {
    await ask('SEND_MESSAGE', sendHeader({ defaultTopicQueueNums: 4 }), body);
    const commit = async (queueId: number) =>
      (await ask('UPDATE_CONSUMER_OFFSET', { ...queue, queueId, commitOffset: 1 })).code;
    expect([await commit(3), await commit(4), await commit(-1)]).toEqual([0, 29, 29]);
    const { body: table } = await ask('GET_ALL_CONSUMER_OFFSET', {});
    expect(consumerOffsetTable.decode(table).offsetTable).toEqual(
      new Map([['orders@consumers', new Map([[3, 1]])]]),
    );
  });
});

test('a group begins a young queue at its first message, unless its client forbids that', async () => {
  await withBroker([], async ({ ask }) => {
    await ask('SEND_MESSAGE', sendHeader(), body);
    expect((await ask('QUERY_CONSUMER_OFFSET', queue)).fields['offset']).toBe('0');
    const { code } = await ask('QUERY_CONSUMER_OFFSET', { ...queue, setZeroIfNotFound: false });
    expect(code).toBe(22);
    await ask('UPDATE_CONSUMER_OFFSET', { ...queue, commitOffset: 1 });
    expect((await ask('QUERY_CONSUMER_OFFSET', queue)).fields['offset']).toBe('1');
  });
});

test('offsets survive a restart', async () => {
  await withBroker([], async ({ ask, restart }) => {
    await ask('SEND_MESSAGE', sendHeader(), body);
    await ask('UPDATE_CONSUMER_OFFSET', { ...queue, commitOffset: 1 });
    await restart();
    expect((await ask('QUERY_CONSUMER_OFFSET', queue)).fields['offset']).toBe('1');
  });
});

test('commits of what does not exist are refused', async () => {
  await withBroker(['autoCreateSubscriptionGroup=false'], async ({ ask }) => {
    const commit = { ...queue, commitOffset: 1 };
    expect((await ask('UPDATE_CONSUMER_OFFSET', commit)).code).toBe(26);
    const known = { ...commit, consumerGroup: 'TOOLS_CONSUMER' };
    expect((await ask('UPDATE_CONSUMER_OFFSET', known)).code).toBe(17);
    await ask('SEND_MESSAGE', sendHeader(), body);
    expect((await ask('UPDATE_CONSUMER_OFFSET', known)).code).toBe(0);
    expect((await ask('UPDATE_CONSUMER_OFFSET', { ...known, queueId: -1 })).code).toBe(29);
  });
});

test('the ends of a queue, and places in it by time', async () => {
  await withBroker([], async ({ ask, runtime }) => {
    const times: number[] = [];
    for (let count = 0; count < 4; count++) {
      times.push(runtime.clock.wallMs());
      await ask('SEND_MESSAGE', sendHeader(), body);
      await sleep(runtime.clock, 1_000);
    }
    const asked = { topic: 'orders', queueId: 0 };
    expect((await ask('GET_MAX_OFFSET', asked)).fields['offset']).toBe('4');
    expect((await ask('GET_MIN_OFFSET', asked)).fields['offset']).toBe('0');
    const [, second = 0] = times;
    const found = await ask('SEARCH_OFFSET_BY_TIMESTAMP', { ...asked, timestamp: second });
    expect(found.fields['offset']).toBe('1');
    const { fields } = await ask('GET_EARLIEST_MSG_STORETIME', asked);
    expect(Number(fields['timestamp'])).toBeGreaterThanOrEqual(times[0] ?? 0);
    const empty = await ask('GET_EARLIEST_MSG_STORETIME', { ...asked, queueId: 1 });
    expect(empty.fields['timestamp']).toBe('-1');
  });
});

test('a group whose offset was reset is told once, and its commits until then are ignored', async () => {
  await withBroker([], async ({ ask }) => {
    for (let count = 0; count < 4; count++) await ask('SEND_MESSAGE', sendHeader(), body);
    await ask('UPDATE_CONSUMER_OFFSET', { ...queue, commitOffset: 4 });
    const reset = { group: 'consumers', topic: 'orders', timestamp: 0 };
    const { body: answer } = await ask('INVOKE_BROKER_TO_RESET_OFFSET', {
      ...reset,
      offset: 2,
      queueId: 0,
    });
    expect([...resetOffsets.decode(answer).offsetTable]).toEqual([
      [{ brokerName: 'broker-a', topic: 'orders', queueId: 0 }, 2],
    ]);
    await ask('UPDATE_CONSUMER_OFFSET', { ...queue, commitOffset: 4 });
    expect((await ask('QUERY_CONSUMER_OFFSET', queue)).fields['offset']).toBe('2');
    const told = await ask('PULL_MESSAGE', pullHeader({ queueOffset: 4 }));
    expect([told.code, told.fields['nextBeginOffset']]).toEqual([21, '2']);
    expect((await ask('PULL_MESSAGE', pullHeader({ queueOffset: 2 }))).code).toBe(0);
    await ask('UPDATE_CONSUMER_OFFSET', { ...queue, commitOffset: 4 });
    expect((await ask('QUERY_CONSUMER_OFFSET', queue)).fields['offset']).toBe('4');
    const outside = await ask('INVOKE_BROKER_TO_RESET_OFFSET', { ...reset, offset: 9, queueId: 0 });
    expect(outside.code).toBe(1);
  });
});

test('offsets can be cloned from one group to another', async () => {
  await withBroker([], async ({ ask }) => {
    await ask('SEND_MESSAGE', sendHeader(), body);
    await ask('UPDATE_CONSUMER_OFFSET', { ...queue, commitOffset: 1 });
    await ask('CLONE_GROUP_OFFSET', { srcGroup: 'consumers', destGroup: 'others' });
    const others = { ...queue, consumerGroup: 'others' };
    expect((await ask('QUERY_CONSUMER_OFFSET', others)).fields['offset']).toBe('1');
  });
});
