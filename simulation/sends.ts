/**
 * A producer and a consumer for simulations, over the wire as any client, and what they were told:
 * what was acknowledged must be there, and what was seen must not change.
 */
import { brokerRequests, decodeRecords, PULL_FLAG, responseCodes } from '../protocol/mod.ts';
import { RemoteRefusal, RemotingClient } from '../remoting/mod.ts';
import { type Runtime, sleep } from '../runtime/mod.ts';
import type { Placed } from './placed.ts';

const TOPIC = 'orders';
const PULL_MESSAGES = 32;
const FOUND = 0;
/** Answers of a pull that say: nothing there, try again, or go where the header says. */
const EMPTY = [19, 20, 21];

export interface SendsOptions {
  readonly broker: string;
  readonly queues: number;
  /** Sends under way at a time. */
  readonly senders: number;
  readonly bodyBytesMax: number;
}

/** Sends for ever, several at a time; tells `acknowledged` what the broker has taken. */
export function send(
  runtime: Runtime,
  { broker, queues, senders, bodyBytesMax }: SendsOptions,
  acknowledged: (message: Placed) => void,
): void {
  const { clock, random } = runtime;
  const client = new RemotingClient(runtime, { callTimeoutMs: 1_000, connectTimeoutMs: 200 });
  let count = 0;
  const sendOn = async (): Promise<never> => {
    for (;;) {
      const body = `message ${count++} `.padEnd(1 + random.below(bodyBytesMax), '.');
      try {
        const place = await sendOne(client, broker, {
          body,
          queueId: random.below(queues),
          bornTimestamp: clock.wallMs(),
        });
        acknowledged({ ...place, body });
        await sleep(clock, random.below(60));
      } catch {
        // It may be stored or not: nothing was promised.
        await sleep(clock, 5 + random.below(20));
      }
    }
  };
  for (let sender = 0; sender < senders; sender++) void sendOn();
}

interface Message {
  readonly body: string;
  readonly queueId: number;
  readonly bornTimestamp: number;
}

async function sendOne(
  client: RemotingClient,
  broker: string,
  { body, queueId, bornTimestamp }: Message,
): Promise<{ queueId: number; queueOffset: number }> {
  const header = {
    producerGroup: 'senders',
    topic: TOPIC,
    defaultTopic: 'TBW102',
    defaultTopicQueueNums: 8,
    queueId,
    sysFlag: 0,
    bornTimestamp,
    flag: 0,
    properties: `KEYS\u0001${body.slice(0, 20).trim()}\u0002`,
    reconsumeTimes: 0,
    unitMode: false,
    maxReconsumeTimes: 0,
    batch: false,
  };
  const request = { header, body: Buffer.from(body), binary: queueId % 2 === 0 };
  const reply = await client.request(broker, brokerRequests.SEND_MESSAGE_V2, request);
  return { queueId: reply.header.queueId, queueOffset: reply.header.queueOffset };
}

/** Follows one queue for ever, waiting at its end; tells `seen` of every message. */
export async function follow(
  runtime: Runtime,
  broker: string,
  queueId: number,
  seen: (message: Placed) => void,
): Promise<never> {
  const client = new RemotingClient(runtime, { callTimeoutMs: 3_000, connectTimeoutMs: 200 });
  let offset = 0;
  for (;;) {
    try {
      const { messages, next } = await pull(client, broker, {
        queueId,
        offset,
        suspendMs: 1_000,
      });
      for (const message of messages) seen(message);
      offset = next;
    } catch {
      await sleep(runtime.clock, 20);
    }
  }
}

/** All that a queue holds from its first message to its last, by pulls. */
export async function readAll(
  runtime: Runtime,
  broker: string,
  queueId: number,
): Promise<Placed[]> {
  const client = new RemotingClient(runtime, { callTimeoutMs: 3_000 });
  const all: Placed[] = [];
  try {
    for (let offset = 0; ; ) {
      const place = { queueId, offset, suspendMs: 0 };
      const { messages, next, maxOffset } = await pull(client, broker, place);
      all.push(...messages);
      if (next >= maxOffset) break;
      offset = next;
    }
  } catch (error) {
    // A broker that has lost the topic itself has nothing in it.
    const isUnknown =
      error instanceof RemoteRefusal && error.code === responseCodes.TOPIC_NOT_EXIST;
    if (!isUnknown) throw error;
  } finally {
    await client.close();
  }
  return all;
}

interface Pull {
  readonly queueId: number;
  readonly offset: number;
  /** How long to wait at the end of the queue; 0 does not wait. */
  readonly suspendMs: number;
}

async function pull(client: RemotingClient, broker: string, { queueId, offset, suspendMs }: Pull) {
  const header = {
    consumerGroup: 'readers',
    topic: TOPIC,
    queueId,
    queueOffset: offset,
    maxMsgNums: PULL_MESSAGES,
    sysFlag: PULL_FLAG.subscription | (suspendMs > 0 ? PULL_FLAG.suspend : 0),
    commitOffset: 0,
    suspendTimeoutMillis: suspendMs,
    subscription: '*',
    subVersion: 0,
    expressionType: 'TAG',
  };
  const reply = await client.request(broker, brokerRequests.PULL_MESSAGE, {
    header,
    outcomes: EMPTY,
  });
  const records = reply.code === FOUND ? [...decodeRecords(reply.body)] : [];
  return {
    messages: records.map((record) => ({
      queueId: record.queueId,
      queueOffset: record.queueOffset,
      body: record.body.toString(),
    })),
    next: reply.header.nextBeginOffset,
    maxOffset: reply.header.maxOffset,
  };
}
