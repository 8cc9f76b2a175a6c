import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  brokerRequests,
  decodeRecords,
  formatProperties,
  type Serialization,
} from '../../protocol/mod.ts';
import { RemotingClient } from '../../remoting/mod.ts';
import {
  BROKER_AT,
  type BrokerWorld,
  sendHeader,
  withBroker,
} from '../../test/fakes/broker-world.ts';

const { SEND_MESSAGE_V2, PULL_MESSAGE } = brokerRequests;

interface Frame {
  readonly serialization: Serialization;
  readonly queueId: number;
  readonly sysFlag: number;
  readonly flag: number;
  readonly reconsumeTimes: number;
  readonly bornTimestamp: number;
  readonly isOneway: boolean;
  readonly properties: string;
  readonly body: Buffer;
}

/** Names that mean something among those that do not; values with what JSON escapes. */
const propertyName = fc.oneof(
  fc.constantFrom('TAGS', 'KEYS', 'UNIQ_KEY', 'WAIT', 'CLUSTER', 'MSG_REGION', 'a', 'n', 'größe'),
  fc.constantFrom('DELAY', 'TRAN_MSG', 'TIMER_DELAY_MS', 'POP_CK', 'INNER_NUM'),
);
const propertyValue = fc.oneof(
  fc.constantFrom('', '0', 'true', 'false', 'TagA', 'k1 k2', '7F0000010BD418B4AAC2128F3C5A0000'),
  fc.string({ unit: fc.constantFrom('a', '"', '\\', '/', '\n', 'ü', '绿', '😀'), maxLength: 80 }),
);
const properties = fc
  .tuple(fc.array(fc.tuple(propertyName, propertyValue), { maxLength: 6 }), fc.boolean())
  .map(([items, isClosed]) => {
    const text = formatProperties(new Map(items));
    return isClosed ? text : text.slice(0, -1);
  });

const frames: fc.Arbitrary<Frame> = fc.record({
  serialization: fc.constantFrom('JSON', 'ROCKETMQ'),
  queueId: fc.integer({ min: 0, max: 4 }),
  sysFlag: fc.constantFrom(0, 1, 2, 0x301, 0x10, 4, 8, 12, 0x40, 0x80),
  flag: fc.integer(),
  reconsumeTimes: fc.nat(),
  bornTimestamp: fc.maxSafeInteger(),
  isOneway: fc.boolean(),
  properties,
  body: fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
});

/**
 * Sends `frame` as it is, or with a field more that changes nothing but is enough for the fast
 * path to leave it to the slow one; returns the answer without what differs anyway.
 */
async function send(client: RemotingClient, frame: Frame, isSlow: boolean) {
  const { serialization, isOneway, body, ...fields } = frame;
  const header = sendHeader({ ...fields, ...(isSlow && { maxReconsumeTimes: 16 }) });
  const request = {
    code: SEND_MESSAGE_V2.code,
    fields: SEND_MESSAGE_V2.request.encode({ ...header, bname: 'broker-a' }),
    body,
    serialization,
  };
  if (isOneway) {
    await client.notify(BROKER_AT, request);
    return undefined;
  }
  const answer = await client.call(BROKER_AT, request);
  const { transactionId, ...rest } = answer.fields;
  const isOurs =
    /^[\dA-F]{32}$/.test(transactionId ?? '') && !frame.properties.includes('UNIQ_KEY');
  return {
    ...answer,
    opaque: 0,
    fields: { ...rest, transactionId: isOurs ? 'ours' : transactionId },
  };
}

/** Everything stored, without time, port and the keys that the broker made up. */
async function stored({ client }: BrokerWorld) {
  const all = [];
  for (let queueId = 0; queueId < 4; queueId++) {
    const header = {
      consumerGroup: 'readers',
      topic: 'orders',
      queueId,
      queueOffset: 0,
      maxMsgNums: 32,
      sysFlag: 4,
      commitOffset: 0,
      suspendTimeoutMillis: 0,
      subVersion: 0,
    };
    const { body } = await client.request(BROKER_AT, PULL_MESSAGE, {
      header,
      outcomes: [19, 20, 21],
    });
    for (const record of decodeRecords(body)) {
      all.push({
        ...record,
        storeTimestamp: 0,
        bornHost: record.bornHost.address.toString('hex'),
        body: record.body.toString('hex'),
        properties: record.properties.toString().replace(/7F000001[\dA-F]{24}/, 'OURS'),
      });
    }
  }
  return all;
}

async function outcome(sends: readonly Frame[], isSlow: boolean) {
  return withBroker([], async (world) => {
    await world.ask('UPDATE_AND_CREATE_TOPIC', {
      topic: 'orders',
      defaultTopic: 'TBW102',
      readQueueNums: 4,
      writeQueueNums: 4,
      perm: 6,
      topicFilterType: 'SINGLE_TAG',
      order: false,
    });
    await using client = new RemotingClient(world.runtime);
    const answers = [];
    for (const frame of sends) answers.push(await send(client, frame, isSlow));
    return { answers, stored: await stored(world), slow: slowSends(world) };
  });
}

/** How many sends went through the dispatcher, which is the slow way. */
function slowSends({ broker }: BrokerWorld): number {
  for (const family of broker.registry.families()) {
    if (family.name !== 'rocketmq_rpc_latency_milliseconds') continue;
    return [...family.samples()]
      .filter(({ suffix, labels }) => {
        return suffix === '_count' && labels['request_code'] === 'send_message_v2';
      })
      .reduce((sum, { value }) => sum + value, 0);
  }
  return 0;
}

test('the fast path stores and answers as the slow one does', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(frames, { minLength: 1, maxLength: 12 }), async (sends) => {
      const fast = await outcome(sends, false);
      const slow = await outcome(sends, true);
      expect(fast.answers).toEqual(slow.answers);
      expect(fast.stored).toEqual(slow.stored);
      expect(slow.slow).toBe(sends.length);
    }),
    { numRuns: 40 },
  );
});

test('a plain message takes the fast path', async () => {
  const plain: Frame = {
    serialization: 'JSON',
    queueId: 1,
    sysFlag: 0,
    flag: 0,
    reconsumeTimes: 0,
    bornTimestamp: 1_700_000_000_000,
    isOneway: false,
    properties: 'KEYS\u0001k\u0002TAGS\u0001t\u0002WAIT\u0001true\u0002',
    body: Buffer.from('plain'),
  };
  const { stored: records, slow } = await outcome(
    [plain, { ...plain, serialization: 'ROCKETMQ' }],
    false,
  );
  expect(slow).toBe(0);
  expect(records.map(({ queueOffset }) => queueOffset)).toEqual([0, 1]);
});
