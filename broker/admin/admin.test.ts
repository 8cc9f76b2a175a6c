import { expect, test } from 'vitest';
import { brokerStats, consumeStats, consumeStatsList, kvTable } from '../../protocol/bodies/mod.ts';
import { type Clock, sleep } from '../../runtime/mod.ts';
import { pullHeader, sendHeader, withBroker } from '../../test/fakes/broker-world.ts';
import { Statistics } from './statistics.ts';

const body = Buffer.from('hello');
const queue = { consumerGroup: 'consumers', topic: 'orders', queueId: 0 };

test('how far a group is, queue by queue', async () => {
  await withBroker([], async ({ ask }) => {
    for (let count = 0; count < 4; count++) await ask('SEND_MESSAGE', sendHeader(), body);
    await ask('PULL_MESSAGE', pullHeader({ maxMsgNums: 3 }));
    await ask('UPDATE_CONSUMER_OFFSET', { ...queue, commitOffset: 1 });
    const stats = consumeStats.decode(
      (await ask('GET_CONSUME_STATS', { consumerGroup: 'consumers' })).body,
    );
    const [first] = [...stats.offsetTable.values()];
    expect(first).toMatchObject({ brokerOffset: 4, consumerOffset: 1, pullOffset: 3 });
    const all = consumeStatsList.decode((await ask('GET_BROKER_CONSUME_STATS', {})).body);
    expect(all).toMatchObject({
      totalDiff: 3,
      totalInflightDiff: 2,
      brokerAddr: '127.0.0.1:10911',
    });
  });
});

test('tables whose keys are queues are written as Java clients need them', async () => {
  await withBroker([], async ({ ask }) => {
    await ask('SEND_MESSAGE', sendHeader({ defaultTopicQueueNums: 1 }), body);
    const { body: answer } = await ask('GET_TOPIC_STATS_INFO', { topic: 'orders' });
    expect(answer.toString()).toContain(
      '"offsetTable":{{"brokerName":"broker-a","queueId":0,"topic":"orders"}:{',
    );
  });
});

test('the broker says of itself what tools parse', async () => {
  await withBroker([], async ({ ask }) => {
    await ask('SEND_MESSAGE', sendHeader(), body);
    const { table } = kvTable.decode((await ask('GET_BROKER_RUNTIME_INFO', {})).body);
    for (const key of ['putTps', 'getTotalTps', 'getTransferredTps', 'getFoundTps', 'getMissTps']) {
      expect(table.get(key)?.split(' ').map(Number)).toEqual([0, 0, 0]);
    }
    for (const key of ['msgPutTotalTodayNow', 'earliestMessageTimeStamp']) {
      expect(Number(table.get(key)), key).toBeGreaterThan(0);
    }
    expect(Number(table.get('commitLogDiskRatio'))).toBeLessThan(1);
    expect(table.get('brokerVersionDesc')).toBe('V5_3_3');
    expect(table.get('brokerActive')).toBe('true');
    expect(table.get('putMessageTimesTotal')).toBe('1');
  });
});

test('rates are of the last samples, and statistics of what exists', async () => {
  await withBroker([], async ({ ask, runtime }) => {
    await ask('SEND_MESSAGE', sendHeader(), body);
    await sleep(runtime.clock, 10_500);
    for (let count = 0; count < 20; count++) await ask('SEND_MESSAGE', sendHeader(), body);
    await sleep(runtime.clock, 10_000);
    const asked = { statsName: 'TOPIC_PUT_NUMS', statsKey: 'orders' };
    const { statsMinute } = brokerStats.decode((await ask('VIEW_BROKER_STATS_DATA', asked)).body);
    expect(statsMinute).toMatchObject({ sum: 20, tps: 2 });
    const unknown = await ask('VIEW_BROKER_STATS_DATA', { ...asked, statsKey: 'nothing' });
    expect(unknown.code).toBe(1);
  });
});

test('a total that is gone is forgotten; one at midnight is remembered', () => {
  let wallMs = new Date(2026, 0, 1, 23, 59, 55).getTime();
  const clock = { monotonicMs: () => wallMs, wallMs: () => wallMs } as Clock;
  let totals = [{ name: 'N', key: 'k', value: 5 }];
  const statistics = new Statistics(clock, () => totals);
  statistics.sample();
  wallMs += 10_000;
  totals = [{ name: 'N', key: 'k', value: 9 }];
  statistics.sample();
  expect(statistics.atMidnight('N', 'k', 0)).toBe(9);
  expect(statistics.rate('N', 'k', 'minute')).toEqual({ sum: 4, perSecond: 0.4 });
  totals = [];
  statistics.sample();
  expect(statistics.rate('N', 'k', 'minute')).toBeUndefined();
});

test('settings change by request when they can, and say why when they cannot', async () => {
  await withBroker([], async ({ ask }) => {
    const update = async (text: string) =>
      (await ask('UPDATE_BROKER_CONFIG', {}, Buffer.from(text))).code;
    expect(await update('autoCreateTopicEnable=false\n')).toBe(0);
    expect((await ask('SEND_MESSAGE', sendHeader(), body)).code).toBe(17);
    expect(await update('listenPort=1\n')).toBe(29);
    expect(await update('nonsense=1\n')).toBe(29);
    expect(await update('configBlackList=\n')).toBe(16);
    const settings = (await ask('GET_BROKER_CONFIG', {})).body.toString();
    expect(settings).toContain('autoCreateTopicEnable=false\n');
    expect(settings).toContain('brokerName=broker-a\n');
  });
});

test('features that are not there are refused by name', async () => {
  await withBroker([], async ({ ask }) => {
    const back = await ask('CONSUMER_SEND_MSG_BACK', { offset: 0, group: 'g', delayLevel: 0 });
    expect([back.code, back.remark]).toEqual([1, expect.stringContaining('retry')]);
    const recall = await ask('RECALL_MESSAGE', { topic: 't', recallHandle: 'h' });
    expect(recall.remark).toContain('timed messages');
  });
});
