import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseIp } from './host.ts';
import { MalformedFrame } from './malformed-frame.ts';
import { offsetMessageId } from './message-id.ts';
import { formatProperties } from './properties.ts';
import {
  blankRecord,
  decodeRecord,
  decodeRecords,
  encodeRecord,
  IPV6_BYTES_MORE,
  RECORD,
  RECORD_BYTES_MIN,
  type StoredMessage,
} from './record.ts';

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(/\s/g, ''), 'hex');

/** The worked record of the storage specification. */
const worked: StoredMessage = {
  queueId: 3,
  flag: 0,
  queueOffset: 7,
  logOffset: 4096,
  sysFlag: 0,
  bornTimestamp: 1_700_000_000_000,
  bornHost: { address: parseIp('192.168.1.10'), port: 51_234 },
  storeTimestamp: 1_700_000_000_123,
  storeHost: { address: parseIp('10.0.0.5'), port: 10_911 },
  reconsumeTimes: 0,
  preparedTransactionOffset: 0,
  body: Buffer.from('hello'),
  topic: 'TopicTest',
  properties: Buffer.from(
    formatProperties(
      new Map([
        ['TAGS', 'TagA'],
        ['KEYS', 'k1'],
      ]),
    ),
  ),
};
const workedBytes = hex(`
  0000007b daa320a7 3610a686 00000003 00000000 0000000000000007 0000000000001000 00000000
  0000018bcfe56800 c0a8010a 0000c822 0000018bcfe5687b 0a000005 00002a9f 00000000
  0000000000000000 00000005 68656c6c6f 09 546f70696354657374 0012
  54414753 01 54616741 02 4b455953 01 6b31 02`);

describe('the records of the specification', () => {
  test('with IPv4 hosts', () => {
    expect(encodeRecord(worked).toString('hex')).toBe(workedBytes.toString('hex'));
    expect(decodeRecord(workedBytes)).toEqual({ ...worked, size: 123, bodyCrc: 0x3610a686 });
    expect(workedBytes.length).toBe(RECORD_BYTES_MIN + 5 + 9 + 18);
    expect(workedBytes.readInt32BE(RECORD.bodyLength)).toBe(5);
    expect(workedBytes.toString('utf8', RECORD.body, RECORD.body + 5)).toBe('hello');
    expect(offsetMessageId(worked.storeHost, 4096)).toBe('0A00000500002A9F0000000000001000');
  });

  test('as consumers get it', () => {
    const bytes = hex(`
      00000062 daa320a7 58932aac 00000001 00000000 0000000000000005 00000000000003e8 00000000
      0000018bcfe56800 0a000009000015b3 0000018bcfe56801 0a00000100002a9f 00000000 0000000000000000
      00000002 6869 01 54 0004 61016202`);
    const { size, bodyCrc, ...message } = decodeRecord(bytes);
    expect([size, bodyCrc]).toEqual([98, 1_486_039_724]);
    expect(message).toMatchObject({ topic: 'T', queueId: 1, queueOffset: 5, logOffset: 1000 });
    expect(encodeRecord(message).equals(bytes)).toBe(true);
  });

  test('with an IPv6 born host and no properties', () => {
    const message = {
      ...worked,
      queueId: 1,
      bornHost: { address: parseIp('2001:db8::9'), port: 5555 },
      body: Buffer.from('hi'),
      topic: 'T',
      properties: Buffer.alloc(0),
    };
    const bytes = encodeRecord(message);
    expect(bytes.length).toBe(106);
    expect(bytes.readInt32BE(RECORD.sysFlag)).toBe(0x10);
    const host = bytes.subarray(RECORD.bornHost, RECORD.bornHost + 20).toString('hex');
    expect(host).toBe('20010db8000000000000000000000009000015b3');
  });

  test('with IPv6 hosts: the store time is 12 bytes later', () => {
    const message = {
      ...worked,
      bornHost: { address: parseIp('2001:db8::1'), port: 51_234 },
      storeHost: { address: parseIp('2001:db8::2'), port: 10_911 },
    };
    const bytes = encodeRecord(message);
    expect(bytes.length).toBe(147);
    expect(bytes.readInt32BE(RECORD.sysFlag)).toBe(0x30);
    expect(bytes.readBigInt64BE(RECORD.storeTimestamp + IPV6_BYTES_MORE)).toBe(1_700_000_000_123n);
    expect(offsetMessageId(message.storeHost, 4096)).toBe(
      '20010DB800000000000000000000000200002A9F0000000000001000',
    );
  });

  test('with a topic of more than 127 bytes', () => {
    const bytes = encodeRecord({ ...worked, topic: 'x'.repeat(130) });
    expect(bytes.length).toBe(245);
    expect(bytes.readUInt32BE(RECORD.magic)).toBe(0xdaa320ab);
    expect(bytes.subarray(93, 95).toString('hex')).toBe('0082');
    expect(decodeRecord(bytes).topic).toBe('x'.repeat(130));
  });

  test('with a checksum property, which is like any other', () => {
    const properties = Buffer.concat([
      worked.properties,
      hex('5f5f4352433332 23 01 36323431343337323032 02'),
    ]);
    const bytes = encodeRecord({ ...worked, properties });
    expect(bytes.length).toBe(143);
    expect(bytes.subarray(103, 105).toString('hex')).toBe('0026');
  });

  test('the blank at the end of a segment', () => {
    expect(blankRecord(1234).toString('hex')).toBe('000004d2cbd43194');
  });
});

const bytesOf = (maxLength: number): fc.Arbitrary<Buffer> =>
  fc.uint8Array({ maxLength }).map((bytes) => Buffer.from(bytes));
const anyHost = fc.record({
  address: fc
    .oneof(
      fc.uint8Array({ minLength: 4, maxLength: 4 }),
      fc.uint8Array({ minLength: 16, maxLength: 16 }),
    )
    .map((bytes) => Buffer.from(bytes)),
  port: fc.integer({ min: 0, max: 65_535 }),
});
const anyMessage: fc.Arbitrary<StoredMessage> = fc.record({
  queueId: fc.nat(),
  flag: fc.integer(),
  queueOffset: fc.maxSafeNat(),
  logOffset: fc.maxSafeNat(),
  sysFlag: fc.nat({ max: 0xf }),
  bornTimestamp: fc.maxSafeInteger(),
  bornHost: anyHost,
  storeTimestamp: fc.maxSafeNat(),
  storeHost: anyHost,
  reconsumeTimes: fc.integer(),
  preparedTransactionOffset: fc.maxSafeInteger(),
  body: bytesOf(300),
  topic: fc.string({ minLength: 1, maxLength: 200 }),
  properties: bytesOf(100),
});

test('decoding inverts encoding for every message', () => {
  fc.assert(
    fc.property(anyMessage, (message) => {
      const bytes = encodeRecord(message);
      const { size, bodyCrc: _, ...decoded } = decodeRecord(bytes);
      expect(size).toBe(bytes.length);
      const hostBits =
        (message.bornHost.address.length === 16 ? 0x10 : 0) |
        (message.storeHost.address.length === 16 ? 0x20 : 0);
      expect(decoded).toEqual({ ...message, sysFlag: message.sysFlag | hostBits });
    }),
  );
});

test('records back to back are read in order, a cut one at the end is skipped', () => {
  const messages = [1, 2, 3].map((queueOffset) => ({ ...worked, queueOffset }));
  const bytes = Buffer.concat(messages.map(encodeRecord));
  const offsets = (buffer: Buffer): number[] =>
    [...decodeRecords(buffer)].map(({ queueOffset }) => queueOffset);
  expect(offsets(bytes)).toEqual([1, 2, 3]);
  expect(offsets(bytes.subarray(0, -1))).toEqual([1, 2]);
});

test.each([
  ['it is cut', workedBytes.subarray(0, 80)],
  ['its magic is wrong', Buffer.concat([workedBytes.subarray(0, 4), Buffer.alloc(119)])],
  ['its size is larger than what is there', workedBytes.subarray(0, 122)],
])('a record is malformed when %s', (_name, bytes) => {
  expect(() => decodeRecord(bytes)).toThrow(MalformedFrame);
});
