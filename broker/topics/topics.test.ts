import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  topicConfigList,
  topicConfigTable,
  topicList,
  topicStatsTable,
} from '../../protocol/bodies/mod.ts';
import type { StoredTopic } from '../../store/mod.ts';
import {
  type BrokerWorld,
  pullHeader,
  sendHeader,
  withBroker,
} from '../../test/fakes/broker-world.ts';
import { changeAttributes, parseAttributes } from './attributes.ts';
import { newTopic } from './topic-config.ts';
import { Topics } from './topics.ts';

const noQueues = { topic: (): StoredTopic => expect.fail('no queue is looked at') };

const topicName = fc.stringMatching(/^[%|a-zA-Z0-9_-]{1,20}$/);

test('a topic is found by its name and by the bytes of its name, until it is removed', () => {
  const changes = fc.array(fc.tuple(topicName, fc.boolean()), { maxLength: 400 });
  fc.assert(
    fc.property(changes, topicName, (all, stranger) => {
      const topics = new Topics(() => 7, noQueues);
      const there = new Set<string>();
      for (const [name, isRemoved] of all) {
        if (isRemoved) topics.remove(name);
        else topics.put(newTopic(name, 1));
        if (isRemoved) there.delete(name);
        else there.add(name);
      }
      for (const name of [...all.map(([each]) => each), stranger]) {
        const bytes = Buffer.from(`<${name}>`);
        const found = topics.findBytes(bytes, 1, bytes.length - 1);
        expect(found).toBe(topics.find(name));
        expect(found?.name).toBe(there.has(name) ? name : undefined);
      }
      expect(topics.size).toBe(there.size);
    }),
    { numRuns: 50 },
  );
});

test('a change moves the version and is told once; no change is no news', () => {
  const topics = new Topics(() => 7, noQueues);
  const told: string[][] = [];
  topics.listen((changed) => told.push(changed.map(({ name }) => name)));
  expect(topics.put(newTopic('a', 1))).toBe(true);
  expect(topics.put(newTopic('a', 1))).toBe(false);
  expect(topics.putAll([newTopic('a', 2), newTopic('b', 1)])).toBe(2);
  expect(told).toEqual([['a'], ['a', 'b']]);
  expect(topics.version.counter).toBe(2);
});

test.each([
  ['%RETRY%g', false],
  ['%DLQ%g', false],
  ['SCHEDULE_TOPIC_XXXX', false],
  ['x'.repeat(128), false],
  ['BenchmarkTest', true],
  ['orders', true],
])('the fast path may store to %s, once it is saved: %s', (name, isPlain) => {
  const topics = new Topics(() => 7, noQueues);
  const topic = topics.create(newTopic(name, 1));
  expect(topic.isPlain).toBe(false);
  topics.onDurable();
  expect(topic.isPlain).toBe(isPlain);
});

test('attributes change as asked, or it is said why not', () => {
  const current = new Map([['message.type', 'NORMAL']]);
  const change = (text: string, isNew = false) =>
    changeAttributes(isNew ? new Map() : current, parseAttributes(text), isNew);
  expect(change('+message.type=FIFO')).toEqual({ attributes: new Map([['message.type', 'FIFO']]) });
  expect(change('-message.type')).toEqual({ attributes: new Map() });
  expect(change('+reserve.time=-1,-message.type')).toEqual({
    attributes: new Map([['reserve.time', '-1']]),
  });
  expect(change('+cleanup.policy=DELETE', true)).toEqual({
    attributes: new Map([['cleanup.policy', 'DELETE']]),
  });
  for (const wrong of [
    'message.type=FIFO',
    '+colour=red',
    '+message.type=RED',
    '+cleanup.policy=DELETE',
    '+reserve.time=-2',
  ]) {
    expect(change(wrong), wrong).toHaveProperty('problem');
  }
});

const request = (topic: string, fields: object = {}) => ({
  topic,
  defaultTopic: 'TBW102',
  readQueueNums: 4,
  writeQueueNums: 4,
  perm: 6,
  topicFilterType: 'SINGLE_TAG',
  order: false,
  ...fields,
});

async function names({ ask }: BrokerWorld): Promise<string[]> {
  const { body } = await ask('GET_ALL_TOPIC_CONFIG', {});
  return [...topicConfigTable.decode(body).topicConfigTable.keys()];
}

test('topics that operators make, change and delete', async () => {
  await withBroker([], async (world) => {
    const { ask, restart } = world;
    expect((await ask('UPDATE_AND_CREATE_TOPIC', request('orders'))).code).toBe(0);
    expect((await ask('UPDATE_AND_CREATE_TOPIC', request('TBW102'))).code).toBe(29);
    expect((await ask('UPDATE_AND_CREATE_TOPIC', request('broker-a'))).code).toBe(29);
    expect((await ask('UPDATE_AND_CREATE_TOPIC', request('DefaultCluster'))).code).toBe(29);
    expect((await ask('UPDATE_AND_CREATE_TOPIC', request('a b'))).code).toBe(29);
    expect(
      (await ask('UPDATE_AND_CREATE_TOPIC', request('many', { readQueueNums: 70_000 }))).code,
    ).toBe(29);
    expect(
      (await ask('UPDATE_AND_CREATE_TOPIC', request('odd', { attributes: '+x=y' }))).code,
    ).toBe(1);
    await ask('SEND_MESSAGE', sendHeader(), Buffer.from('m'));
    await ask('UPDATE_AND_CREATE_TOPIC', request('orders', { perm: 2 }));
    expect((await ask('PULL_MESSAGE', pullHeader())).code).toBe(16);
    await restart();
    expect(await names(world)).toContain('orders');
    expect((await ask('PULL_MESSAGE', pullHeader())).code).toBe(16);
    expect((await ask('DELETE_TOPIC_IN_BROKER', { topic: 'broker-a' })).code).toBe(29);
    expect((await ask('DELETE_TOPIC_IN_BROKER', { topic: 'orders' })).code).toBe(0);
    expect(await names(world)).not.toContain('orders');
    expect((await ask('GET_TOPIC_CONFIG', { topic: 'orders' })).code).toBe(17);
    await restart();
    expect(await names(world)).not.toContain('orders');
  });
});

test('of a list of topics all are made or none', async () => {
  await withBroker([], async (world) => {
    const put = async (list: readonly string[]) => {
      const topics = { topicConfigList: list.map((name) => newTopic(name, 2)) };
      return (await world.ask('UPDATE_AND_CREATE_TOPIC_LIST', {}, topicConfigList.encode(topics)))
        .code;
    };
    expect(await put(['a', 'b c'])).toBe(29);
    expect(await names(world)).not.toContain('a');
    expect(await put(['a', 'b'])).toBe(0);
    expect(await names(world)).toEqual(expect.arrayContaining(['a', 'b']));
  });
});

test('a topic that was deleted and made again is empty', async () => {
  await withBroker([], async ({ ask }) => {
    await ask('UPDATE_AND_CREATE_TOPIC', request('orders'));
    await ask('SEND_MESSAGE', sendHeader(), Buffer.from('old'));
    await ask('DELETE_TOPIC_IN_BROKER', { topic: 'orders' });
    await ask('UPDATE_AND_CREATE_TOPIC', request('orders'));
    const { fields } = await ask('SEND_MESSAGE', sendHeader(), Buffer.from('new'));
    expect(fields['queueOffset']).toBe('0');
    const { body } = await ask('GET_TOPIC_STATS_INFO', { topic: 'orders' });
    const maxOffsets = [...topicStatsTable.decode(body).offsetTable.values()].map(
      ({ maxOffset }) => maxOffset,
    );
    expect(maxOffsets).toEqual([1, 0, 0, 0]);
  });
});

test('the topics of the broker itself are there from the start', async () => {
  await withBroker([], async (world) => {
    const { body } = await world.ask('GET_SYSTEM_TOPIC_LIST_FROM_BROKER', {});
    const own = topicList.decode(body).topicList;
    expect(own).toEqual(expect.arrayContaining(['TBW102', 'SELF_TEST_TOPIC', 'CHECKPOINT_TOPIC']));
    expect(await names(world)).toEqual(
      expect.arrayContaining(['TBW102', 'BenchmarkTest', 'broker-a', 'DefaultCluster_REPLY_TOPIC']),
    );
  });
});
