/** A client by others, `ali-ons` from npm, sends to and consumes from real processes. */
import { Consumer, Message, Producer } from 'ali-ons';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Admin } from '../../client/mod.ts';
import { nodeRuntime } from '../../runtime/node/mod.ts';
import { type BrokerProcess } from '../processes/broker-process.ts';
import { startBroker, startNameServer } from '../processes/gantry.ts';
import type { Running } from '../processes/running.ts';
import { Scratch } from '../processes/scratch.ts';

const NAME_SERVER = '127.21.0.1:9876';
const BROKER = '127.21.0.2:10911';
const quiet = { info() {}, warn() {}, error() {}, debug() {} };
const common = { nameSrv: NAME_SERVER, httpclient: {}, logger: quiet, rebalanceInterval: 500 };

const scratch = new Scratch();
let nameServer: Running | undefined;
let broker: BrokerProcess | undefined;

beforeAll(async () => {
  nameServer = await startNameServer(NAME_SERVER, scratch.path);
  broker = await startBroker({ address: BROKER, folder: scratch.path, nameServer: NAME_SERVER });
  // This client does not make topics by sending to them.
  await using admin = Admin.start(nodeRuntime(), { nameServers: NAME_SERVER });
  for (const topic of ['OnsTopic', 'OnsAgain']) await admin.putTopic({ topic, broker: BROKER });
});

afterAll(async () => {
  await broker?.[Symbol.asyncDispose]();
  await nameServer?.[Symbol.asyncDispose]();
  scratch[Symbol.dispose]();
});

/** Consumes as a member of `group` until `isEnough`; returns what came, by id. */
async function consume(
  group: string,
  topic: string,
  tags: string,
  isEnough: (received: ReadonlyMap<string, Message>) => boolean,
): Promise<Map<string, Message>> {
  const consumer = new Consumer({
    ...common,
    consumerGroup: group,
    consumeFromWhere: 'CONSUME_FROM_FIRST_OFFSET',
  });
  // A group's retry topic is not there before its first heartbeat: it says so and goes on.
  consumer.on('error', () => undefined);
  const received = new Map<string, Message>();
  const all = new Promise<void>((resolve) => {
    // It takes nothing but functions that are written as asynchronous.
    consumer.subscribe(topic, tags, async (message) => {
      received.set(message.msgId, message);
      if (isEnough(received)) await Promise.resolve(resolve());
    });
  });
  await consumer.ready();
  await all;
  await consumer.close();
  return received;
}

test('every message it sends is consumed, by tag and whole', async () => {
  const producer = new Producer({ ...common, producerGroup: 'ons-producers' });
  producer.on('error', () => undefined);
  await producer.ready();
  const sent = new Map<string, string>();
  for (let index = 0; index < 60; index++) {
    // From 4 KiB on it compresses.
    const body = `${index} `.repeat(index % 3 === 0 ? 2000 : 3);
    const message = new Message('OnsTopic', index % 2 === 0 ? 'Even' : 'Odd', body);
    message.keys = [`key-${index}`];
    const { sendStatus, msgId } = await producer.send(message);
    expect(sendStatus).toBe('SEND_OK');
    if (index % 2 === 0) sent.set(msgId, body);
  }
  await producer.close();
  const received = await consume('ons-even', 'OnsTopic', 'Even', ({ size }) => size === sent.size);
  const bodies = [...received].map(([id, { body }]) => [id, body.toString()] as const);
  expect(new Map(bodies)).toEqual(sent);
  expect(new Set([...received.values()].map(({ tags }) => tags))).toEqual(new Set(['Even']));
});

test('a group goes on where it stopped', async () => {
  const producer = new Producer({ ...common, producerGroup: 'ons-producers' });
  producer.on('error', () => undefined);
  await producer.ready();
  const send = (body: string) => producer.send(new Message('OnsAgain', 'T', body));
  for (let index = 0; index < 10; index++) await send(`first ${index}`);
  await consume('ons-again', 'OnsAgain', '*', ({ size }) => size === 10);
  for (let index = 0; index < 10; index++) await send(`second ${index}`);
  await producer.close();
  const count = (received: ReadonlyMap<string, Message>, word: string): number =>
    [...received.values()].filter(({ body }) => body.toString().startsWith(word)).length;
  const later = await consume('ons-again', 'OnsAgain', '*', (received) => {
    return count(received, 'second') === 10;
  });
  // The message whose handler was running when the consumer was closed may come again.
  expect(count(later, 'first')).toBeLessThanOrEqual(1);
});
