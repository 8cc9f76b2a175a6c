/**
 * The brokers that are compared, each started the way its users start it: with a name server of its
 * own kind, a folder of its own, on loopback addresses of its own. Nothing is pinned to a core on
 * any side: broker, load and name server share the machine as they would in production.
 */
import { join } from 'node:path';
import type { BrokerPlace, BrokerProcess } from '../test/processes/broker-process.ts';
import { ready } from '../test/processes/broker-process.ts';
import { startBroker, startNameServer } from '../test/processes/gantry.ts';
import { startJavaBroker, startJavaNameServer } from '../test/processes/java.ts';
import { Running } from '../test/processes/running.ts';
import { Wire } from '../test/processes/wire.ts';
import { BENCH_QUEUES, BENCH_TOPIC, sendFrame } from './frames.ts';

export const sideNames = ['gantry', 'java', 'prototype', 'prototype-runtime'] as const;
export type SideName = (typeof sideNames)[number];

export interface Bench extends AsyncDisposable {
  readonly address: string;
  readonly pid: number;
  readonly nameServer: string;
  /** From the start of the process to its first accepted send. */
  readonly readyMs: number;
}

interface Side {
  /** The third octet of its addresses. */
  readonly net: number;
  /** Prototypes are the send path alone: no name server, no topics, no admin requests. */
  readonly onlySends: boolean;
  startNameServer(address: string, folder: string): Promise<Running>;
  startBroker(place: BrokerPlace): Promise<BrokerProcess>;
}

const prototype = (net: number, variant: 'node' | 'runtime'): Side => ({
  net,
  onlySends: true,
  startNameServer: () => Promise.reject(new Error('A prototype has no name server')),
  startBroker: (place) => {
    const program = new URL('./prototype/main.ts', import.meta.url).pathname;
    const command = [process.execPath, program, variant, place.address, `${place.folder}/store`];
    return ready(new Running(command), place);
  },
});

/** Two benchmarks at once would disturb each other, but not meet. */
const NET = `127.${100 + (process.pid % 100)}`;

const sides: Readonly<Record<SideName, Side>> = {
  gantry: { net: 11, onlySends: false, startNameServer, startBroker },
  java: {
    net: 12,
    onlySends: false,
    startNameServer: startJavaNameServer,
    // The heap of the baseline: 1 GiB, not the 8 GiB of the shipped scripts.
    startBroker: (place) => startJavaBroker(place, '-Xms1g -Xmx1g'),
  },
  prototype: prototype(13, 'node'),
  'prototype-runtime': prototype(14, 'runtime'),
};

export function onlySends(name: SideName): boolean {
  return sides[name].onlySends;
}

/** Starts a side on an empty store and waits for its first accepted send. */
export async function startSide(
  name: SideName,
  options: BrokerPlace['options'],
  scratch: string,
): Promise<Bench> {
  const side = sides[name];
  const folder = join(scratch, name);
  const address = `${NET}.${side.net}.1:10911`;
  const nameServer = `${NET}.${side.net}.2:9876`;
  const namer = side.onlySends ? undefined : await side.startNameServer(nameServer, `${folder}/ns`);
  const startedMs = performance.now();
  const starting = side.startBroker({ address, folder, nameServer, options: { ...options } });
  const accepted = firstAcceptedSend(address, startedMs);
  // A broker that cannot start says why; waiting for its port would only say that it is closed.
  await Promise.race([accepted, starting]).catch(async (error: unknown) => {
    await namer?.stop();
    throw error;
  });
  const readyMs = await accepted;
  const broker = await starting;
  if (!side.onlySends) await makeTopic(address);
  return {
    address,
    pid: broker.process.pid,
    nameServer,
    readyMs,
    async [Symbol.asyncDispose]() {
      // Its data is thrown away: a clean stop would only cost time.
      await broker.process.stop('SIGKILL');
      await namer?.stop('SIGKILL');
    },
  };
}

const TOPIC_SEND = sendFrame('json', 1024);
const OPAQUE_OF_FRAME = 1_000_000_001;

/** Sends one message again and again until it is accepted; milliseconds since `startedMs`. */
async function firstAcceptedSend(address: string, startedMs: number): Promise<number> {
  for (;;) {
    using wire = await Wire.connect(address, 60_000);
    const answer = await wire.exchange(TOPIC_SEND, OPAQUE_OF_FRAME).catch(() => undefined);
    if (answer?.code === 0) return performance.now() - startedMs;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

const UPDATE_AND_CREATE_TOPIC = 17;
const GET_MAX_OFFSET = 30;

async function makeTopic(address: string): Promise<void> {
  using wire = await Wire.connect(address);
  const fields = {
    topic: BENCH_TOPIC,
    defaultTopic: 'TBW102',
    readQueueNums: BENCH_QUEUES,
    writeQueueNums: BENCH_QUEUES,
    perm: 6,
    topicFilterType: 'SINGLE_TAG',
    topicSysFlag: 0,
    order: 'false',
  };
  await wire.success({ code: UPDATE_AND_CREATE_TOPIC, fields });
}

/** How many messages each queue of the topic holds. */
export async function storedByQueue(address: string): Promise<number[]> {
  using wire = await Wire.connect(address);
  const counts: number[] = [];
  for (let queueId = 0; queueId < BENCH_QUEUES; queueId++) {
    const fields = { topic: BENCH_TOPIC, queueId };
    const answer = await wire.success({ code: GET_MAX_OFFSET, fields });
    counts.push(Number(answer.fields['offset']));
  }
  return counts;
}
