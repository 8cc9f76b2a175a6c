/**
 * Whatever bytes come, a codec returns or throws what it promises: 10^5 frames, made from good ones
 * by changing, cutting and swapping bytes, and from nothing. A fixed seed: it is the same every run.
 */
import { expect, test } from 'vitest';
import { decodeBatch, encodeBatch } from './batch.ts';
import { decodeRegistration, encodeCompressed, registration } from './bodies/mod.ts';
import { decodeCommand, encodeCommand } from './command.ts';
import { Failure } from './failures.ts';
import { HeaderScan } from './header-scan.ts';
import { MalformedFrame } from './malformed-frame.ts';
import { decodeRecord, encodeRecord } from './record.ts';
import { brokerRequests } from './requests/broker.ts';

/** Numbers that look random, from one seed (mulberry32). */
function numbers(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (state + 0x6d2b_79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
  };
}

const EDGE_BYTES = [0x00, 0x01, 0x22, 0x2c, 0x30, 0x5c, 0x7b, 0x7d, 0x7f, 0x80, 0xff];

/** `good` with a few bytes changed, removed or moved. */
function spoil(good: Buffer, below: (limit: number) => number): Buffer {
  const bytes = Buffer.from(good);
  for (let changes = 1 + below(4); changes > 0; changes--) {
    const at = below(bytes.length);
    const isEdge = below(2) === 0;
    bytes[at] = isEdge ? (EDGE_BYTES[below(EDGE_BYTES.length)] ?? 0) : below(256);
  }
  const kind = below(8);
  if (kind === 0) return bytes.subarray(0, below(bytes.length + 1));
  if (kind === 1) bytes.copyWithin(below(bytes.length), below(bytes.length));
  return bytes;
}

/** The name of what `run` throws, "nothing" when it returns. */
function outcome(run: () => unknown): string {
  try {
    run();
    return 'nothing';
  } catch (error) {
    if (error instanceof Failure) return 'Failure';
    return error instanceof MalformedFrame ? 'MalformedFrame' : String(error);
  }
}

const fields = {
  a: 'pg',
  b: 'T',
  c: 'TBW102',
  d: '4',
  e: '1',
  f: '0',
  g: '1700000000000',
  h: '0',
  i: 'UNIQ_KEY\u00010A\u0002WAIT\u0001true\u0002é😀',
  m: 'false',
};
const send = {
  code: 310,
  language: 0,
  version: 479,
  opaque: 8,
  flag: 0,
  fields,
  body: Buffer.from('hi'),
};
const frames = [
  encodeCommand({ ...send, serialization: 'JSON' }),
  encodeCommand({ ...send, serialization: 'ROCKETMQ' }),
  encodeCommand({ ...send, remark: 'r', serialization: 'JSON' }),
  encodeCommand({ ...send, remark: 'r', serialization: 'ROCKETMQ' }),
];
const host = { address: Buffer.from([10, 0, 0, 1]), port: 10_911 };
const record = encodeRecord({
  queueId: 1,
  flag: 0,
  queueOffset: 5,
  logOffset: 1000,
  sysFlag: 0,
  bornTimestamp: 1,
  bornHost: host,
  storeTimestamp: 2,
  storeHost: { address: Buffer.alloc(16, 1), port: 1 },
  reconsumeTimes: 0,
  preparedTransactionOffset: 0,
  body: Buffer.from('hello'),
  topic: 'T',
  properties: Buffer.from('a\u0001b\u0002'),
});
const batch = encodeBatch([
  { flag: 0, body: Buffer.from('hi'), properties: Buffer.from('a\u0001b\u0002') },
  { flag: 1, body: Buffer.from('yo'), properties: Buffer.alloc(0) },
]);
const plain = Buffer.from(
  '{"filterServerList":["x"],"topicConfigSerializeWrapper":{"dataVersion":{"counter":3},"topicConfigTable":{"T":{"topicName":"T"}}}}',
);
const compressed = encodeCompressed(registration.decode(plain));

test('frames: the decoder returns or says MalformedFrame, and the scan agrees with it', () => {
  const below = numbers(1);
  const scan = new HeaderScan();
  const seen = new Map<string, number>();
  for (let round = 0; round < 70_000; round++) {
    const frame = spoil(frames[round % frames.length] ?? record, below);
    // Most lengths are made right again, so that what is behind them is reached.
    if (frame.length >= 8 && below(8) > 0) frame.writeInt32BE(frame.length - 4, 0);
    const isTaken = scan.scan(frame, 0, frame.length);
    const decoded = outcome(() => {
      const { fields: read } = decodeCommand(frame);
      brokerRequests.SEND_MESSAGE_V2.request.decode(read);
    });
    const key = `${decoded}, ${isTaken ? 'taken' : 'left'}`;
    seen.set(key, (seen.get(key) ?? 0) + 1);
  }
  expect([...seen.keys()].toSorted()).toEqual([
    'Failure, left',
    'Failure, taken',
    'MalformedFrame, left',
    'nothing, left',
    'nothing, taken',
  ]);
  expect(Math.min(...seen.values())).toBeGreaterThan(100);
});

test('bytes from nowhere: nothing else either', () => {
  const below = numbers(2);
  const scan = new HeaderScan();
  const seen = new Set<string>();
  for (let round = 0; round < 15_000; round++) {
    const frame = Buffer.from(Array.from({ length: below(60) }, () => below(256)));
    if (frame.length >= 8) {
      frame.writeInt32BE(frame.length - 4, 0);
      frame.writeInt32BE((below(3) << 24) | below(frame.length), 4);
    }
    const isTaken = scan.scan(frame, 0, frame.length);
    const decoded = outcome(() => decodeCommand(frame));
    seen.add(isTaken ? `${decoded}, taken` : decoded);
  }
  expect([...seen].filter((each) => each !== 'nothing, taken').toSorted()).toEqual([
    'MalformedFrame',
  ]);
});

test.each([
  ['a stored message', record, decodeRecord],
  ['a batch', batch, decodeBatch],
  ['a registration', plain, (bytes: Buffer) => decodeRegistration(bytes, 479)],
  ['a compressed registration', compressed, (bytes: Buffer) => decodeRegistration(bytes, 479)],
])('%s: a decoder returns or says what is wrong', (_name, good, decode) => {
  const below = numbers(3);
  const seen = new Set<string>();
  for (let round = 0; round < 5_000; round++) {
    const bytes = spoil(good, below);
    seen.add(outcome(() => decode(bytes)));
  }
  const allowed = ['nothing', 'Failure', 'MalformedFrame'];
  expect([...seen].filter((each) => !allowed.includes(each))).toEqual([]);
  expect(seen.size).toBeGreaterThan(1);
});
