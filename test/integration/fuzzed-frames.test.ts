/** Frames that no client would send, against a real broker: it closes the connection and goes on. */
import { readFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { expect, test } from 'vitest';
import { startBroker } from '../processes/gantry.ts';
import { Scratch } from '../processes/scratch.ts';
import { frameOf, Wire } from '../processes/wire.ts';

const FRAMES = 100_000;
/** Few: the first that cannot be told from noise closes the connection, and the rest are not read. */
const FRAMES_PER_CONNECTION_MAX = 6;
const CONNECTIONS_AT_ONCE = 8;
/** Over 100,000 frames: keeping 200 bytes of each would exceed it. */
const GROWTH_MIB_MAX = 16;

/** Marsaglia's xorshift: the same frames in every run. */
function randomFrom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

const valid = [
  frameOf(
    {
      code: 310,
      fields: {
        a: 'fuzz',
        b: 'Fuzzed',
        c: 'TBW102',
        d: 4,
        e: 0,
        f: 0,
        g: 1,
        h: 0,
        i: 'TAGS\u0001a\u0002',
        j: 0,
        k: 'false',
        m: 'false',
        n: 'b',
      },
      body: Buffer.from('body'),
    },
    1,
  ),
  frameOf(
    {
      code: 11,
      fields: {
        consumerGroup: 'fuzz',
        topic: 'Fuzzed',
        queueId: 0,
        queueOffset: 0,
        maxMsgNums: 32,
        sysFlag: 4,
        commitOffset: 0,
        suspendTimeoutMillis: 0,
        subscription: '*',
        subVersion: 0,
      },
    },
    2,
  ),
  frameOf(
    {
      code: 34,
      body: Buffer.from('{"clientID":"fuzz","consumerDataSet":[],"producerDataSet":[]}'),
    },
    3,
  ),
  frameOf({ code: 14, fields: { consumerGroup: 'fuzz', topic: 'Fuzzed', queueId: 0 } }, 4),
];

/** One frame with something wrong in it: lengths, header, bytes here and there, or nothing but noise. */
function fuzzed(random: (below: number) => number): Buffer {
  const frame = Buffer.from(valid[random(valid.length)] ?? []);
  const flip = (count: number, from: number): void => {
    for (let i = 0; i < count; i++) frame[from + random(frame.length - from)] = random(256);
  };
  switch (random(6)) {
    case 0:
      frame.writeInt32BE(random(2 ** 32) | 0, 0);
      return frame;
    case 1:
      frame.writeInt32BE(random(2 ** 32) | 0, 4);
      return frame;
    case 2:
      flip(1 + random(3), 8);
      return frame;
    case 3:
      flip(20, 8);
      return frame;
    case 4:
      return frame.subarray(0, 1 + random(frame.length - 1));
    default:
      return Buffer.from(Array.from({ length: 8 + random(200) }, () => random(256)));
  }
}

/** Resolves when the broker has ended the connection, as it must once the client ends its side. */
function throwAt(address: string, bytes: Buffer): Promise<void> {
  const [host = '', port = ''] = address.split(':');
  return new Promise((resolve, reject) => {
    const socket = createConnection({ host, port: Number(port) }, () => socket.end(bytes));
    socket.setTimeout(30_000, () =>
      reject(new Error('The broker left a malformed connection open')),
    );
    socket
      .on('error', () => undefined)
      .on('close', () => resolve())
      .resume();
  });
}

const residentMiB = (pid: number): number =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;

test('100,000 malformed frames close their connections; the broker lives on and does not grow', async () => {
  using scratch = new Scratch();
  await using broker = await startBroker({
    address: '127.0.31.1:10911',
    folder: scratch.path,
    // What noise names must not come into being, or the broker would grow with good reason.
    options: { autoCreateTopicEnable: false, autoCreateSubscriptionGroup: false },
    // Else V8 lets garbage of tens of MiB lie about before it looks.
    env: { NODE_OPTIONS: '--max-semi-space-size=1 --max-old-space-size=64' },
  });
  using maker = await Wire.connect(broker.address);
  const topic = { topic: 'Fuzzed', defaultTopic: 'TBW102', readQueueNums: 4, writeQueueNums: 4 };
  const rest = { perm: 6, topicFilterType: 'SINGLE_TAG', topicSysFlag: 0, order: 'false' };
  await maker.success({ code: 17, fields: { ...topic, ...rest } });
  const random = randomFrom(20_251_125);
  let sent = 0;
  const throwFrames = async (until: number): Promise<void> => {
    while (sent < until) {
      const frames = Array.from({ length: 1 + random(FRAMES_PER_CONNECTION_MAX) }, () =>
        fuzzed(random),
      );
      sent += frames.length;
      await throwAt(broker.address, Buffer.concat(frames));
    }
  };
  const throwAll = (until: number): Promise<void[]> =>
    Promise.all(Array.from({ length: CONNECTIONS_AT_ONCE }, () => throwFrames(until)));

  await throwAll(FRAMES / 2);
  const halfwayMiB = residentMiB(broker.process.pid);
  await throwAll(FRAMES * 1.5);
  expect(residentMiB(broker.process.pid)).toBeLessThan(halfwayMiB + GROWTH_MIB_MAX);
  expect(broker.process.exit).toBeUndefined();
  using wire = await Wire.connect(broker.address);
  expect((await wire.call({ code: 9999 })).code).toBe(3);
});
