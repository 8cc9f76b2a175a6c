import { expect, test } from 'vitest';
import { decodeRecords, encodeBatch, parseProperties } from '../../protocol/mod.ts';
import {
  type BrokerWorld,
  pullHeader,
  sendHeader,
  withBroker,
} from '../../test/fakes/broker-world.ts';

const body = Buffer.from('hello');

async function codeOf(
  { ask }: BrokerWorld,
  fields: Parameters<typeof sendHeader>[0],
  content = body,
): Promise<readonly [number, string]> {
  const { code, remark = '' } = await ask('SEND_MESSAGE', sendHeader(fields), content);
  return [code, remark];
}

async function records({ ask }: BrokerWorld, fields: Parameters<typeof pullHeader>[0] = {}) {
  const reply = await ask('PULL_MESSAGE', pullHeader(fields));
  return [...decodeRecords(reply.body)].map((record) => ({
    ...record,
    body: record.body.toString(),
    properties: parseProperties(record.properties),
  }));
}

test('a send to an unknown topic creates it as the default topic and the producer agree', async () => {
  await withBroker([], async (world) => {
    expect(await codeOf(world, { defaultTopicQueueNums: 3 })).toEqual([0, '']);
    const { body: answer } = await world.ask('GET_TOPIC_CONFIG', { topic: 'orders' });
    const wanted = { topicName: 'orders', readQueueNums: 3, writeQueueNums: 3, perm: 6 };
    expect(JSON.parse(answer.toString())).toMatchObject(wanted);
    expect(await codeOf(world, { topic: 'more', defaultTopicQueueNums: 99, queueId: 7 })).toEqual([
      0,
      '',
    ]);
    expect((await codeOf(world, { topic: 'more', queueId: 8 }))[0]).toBe(29);
  });
});

test('without a default topic that allows it, an unknown topic stays unknown', async () => {
  await withBroker(['autoCreateTopicEnable=false'], async (world) => {
    expect((await codeOf(world, {}))[0]).toBe(17);
    expect((await codeOf(world, { defaultTopic: 'SELF_TEST_TOPIC' }))[0]).toBe(17);
    expect((await codeOf(world, { topic: '%RETRY%g' }))[0]).toBe(0);
  });
});

test('what is wrong with a send is told in the order of the checks', async () => {
  await withBroker([], async (world) => {
    expect((await codeOf(world, { topic: 'a b' }))[0]).toBe(29);
    expect((await codeOf(world, { topic: 'SCHEDULE_TOPIC_XXXX', queueId: 99 }))[0]).toBe(16);
    expect((await codeOf(world, { topic: 'BenchmarkTest', queueId: 1024 }))[0]).toBe(29);
    expect((await codeOf(world, {}, Buffer.alloc(0)))[0]).toBe(13);
    expect((await codeOf(world, {}, Buffer.alloc(4 * 1024 * 1024 + 1)))[0]).toBe(13);
    const properties = `p\u0001${'x'.repeat(40_000)}\u0002`;
    expect((await codeOf(world, { properties }))[0]).toBe(13);
    expect(await records(world)).toEqual([]);
  });
});

test.each([
  ['delay levels', { properties: 'DELAY\u00013\u0002' }],
  ['timed messages', { properties: 'TIMER_DELAY_SEC\u00013\u0002' }],
  ['transactional', { properties: 'TRAN_MSG\u0001true\u0002' }],
  ['transactional', { sysFlag: 4 }],
])('%s are refused by name, not stored as plain messages', async (feature, fields) => {
  await withBroker([], async (world) => {
    const [code, remark] = await codeOf(world, fields);
    expect(code).toBe(13);
    expect(remark).toContain(feature);
    expect(await records(world)).toEqual([]);
  });
});

test('a plain message is stored with what the client and the broker say of it', async () => {
  await withBroker([], async (world) => {
    await codeOf(world, { properties: 'TAGS\u0001t\u0002POP_CK\u0001mine\u0002', flag: 7 });
    const [record] = await records(world);
    expect(record).toMatchObject({ body: 'hello', flag: 7, queueOffset: 0, topic: 'orders' });
    expect(Object.fromEntries(record?.properties ?? [])).toEqual({
      TAGS: 't',
      UNIQ_KEY: expect.stringMatching(/^7F000001[\dA-F]{24}$/),
      MSG_REGION: 'DefaultRegion',
      TRACE_ON: 'true',
      CLUSTER: 'DefaultCluster',
    });
  });
});

test('without a queue the broker takes one of those that may be written', async () => {
  await withBroker([], async ({ ask }) => {
    for (let count = 0; count < 20; count++) {
      const reply = await ask('SEND_MESSAGE', sendHeader({ queueId: -1 }), body);
      expect(Number(reply.fields['queueId'])).toBeLessThan(4);
    }
  });
});

test('messages of a batch are stored one by one, with their own properties before the shared ones', async () => {
  await withBroker([], async (world) => {
    const items = ['a', 'b', 'c'].map((name, flag) => ({
      flag,
      body: Buffer.from(name),
      properties: Buffer.from(`KEYS\u0001key ${name}\u0002UNIQ_KEY\u0001${name}`),
    }));
    const header = sendHeader({ batch: true, properties: 'UNIQ_KEY\u0001all\u0002' });
    const { code, fields } = await world.ask('SEND_BATCH_MESSAGE', header, encodeBatch(items));
    expect(code).toBe(0);
    expect(fields['msgId']?.split(',')).toHaveLength(3);
    expect(fields).toMatchObject({ queueOffset: '0', transactionId: 'all' });
    const stored = await records(world);
    expect(stored.map(({ flag, body, queueOffset }) => [flag, body, queueOffset])).toEqual([
      [0, 'a', 0],
      [1, 'b', 1],
      [2, 'c', 2],
    ]);
    expect(stored.map(({ properties }) => properties.get('KEYS'))).toEqual([
      'key a',
      'key b',
      'key c',
    ]);
    expect(stored.map(({ properties }) => properties.get('UNIQ_KEY'))).toEqual([
      'all',
      'all',
      'all',
    ]);
  });
});

test('a batch is taken as a whole or not at all', async () => {
  await withBroker([], async (world) => {
    const good = { flag: 0, body, properties: Buffer.alloc(0) };
    const long = { ...good, properties: Buffer.alloc(32_767, 'x') };
    const delayed = { ...good, properties: Buffer.from('DELAY\u00013\u0002') };
    for (const bad of [long, delayed, { ...good, body: Buffer.alloc(0) }]) {
      const header = sendHeader({ batch: true });
      const reply = await world.ask('SEND_BATCH_MESSAGE', header, encodeBatch([good, bad, good]));
      expect(reply.code).toBe(13);
    }
    const cut = encodeBatch([good, good]).subarray(0, -1);
    expect((await world.ask('SEND_BATCH_MESSAGE', sendHeader(), cut)).code).toBe(13);
    expect((await world.ask('SEND_BATCH_MESSAGE', sendHeader(), Buffer.alloc(0))).code).toBe(13);
    expect(await records(world)).toEqual([]);
  });
});

test('a retry that was tried enough becomes a dead letter', async () => {
  await withBroker([], async (world) => {
    const retry = { topic: '%RETRY%g', reconsumeTimes: 2, maxReconsumeTimes: 2 };
    expect((await codeOf(world, retry))[0]).toBe(0);
    expect(await records(world, { topic: '%RETRY%g' })).toHaveLength(1);
    const delayed = { ...retry, reconsumeTimes: 3, properties: 'DELAY\u00015\u0002a\u0001b\u0002' };
    expect((await codeOf(world, delayed))[0]).toBe(0);
    const [dead] = await records(world, { topic: '%DLQ%g' });
    expect(dead?.properties.get('a')).toBe('b');
    expect(dead?.properties.has('DELAY')).toBe(false);
  });
});

test('a group that consumes in order has its failed messages among the dead letters', async () => {
  await withBroker([], async (world) => {
    const lock = {
      consumerGroup: 'g',
      clientId: 'c',
      mqSet: [{ topic: 't', brokerName: 'b', queueId: 0 }],
    };
    await world.ask('LOCK_BATCH_MQ', {}, Buffer.from(JSON.stringify(lock)));
    await codeOf(world, { topic: '%RETRY%g', reconsumeTimes: 1, maxReconsumeTimes: 5 });
    expect(await records(world, { topic: '%DLQ%g' })).toHaveLength(1);
  });
});

test('sends are refused before the time they are allowed from', async () => {
  const later = 'startAcceptSendRequestTimeStamp=8640000000000000';
  await withBroker([later], async (world) => {
    expect((await codeOf(world, {}))[0]).toBe(1);
  });
});

test('a reply to a queue that its topic does not have is not stored', async () => {
  await withBroker([], async ({ ask }) => {
    const topic = 'DefaultCluster_REPLY_TOPIC';
    const properties = 'REPLY_TO_CLIENT\u0001nobody\u0002';
    const stored = async (queueId: number) => {
      const header = sendHeader({ topic, queueId, properties });
      const { fields } = await ask('SEND_REPLY_MESSAGE', header, body);
      return fields['msgId'] !== '0';
    };
    expect([await stored(0), await stored(-1)]).toEqual([true, true]);
    expect([await stored(1), await stored(2_147_483_647)]).toEqual([false, false]);
    const { fields } = await ask('GET_MAX_OFFSET', { topic, queueId: 0 });
    expect(fields['offset']).toBe('2');
  });
});
