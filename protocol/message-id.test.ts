import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Failure } from './failures.ts';
import { formatIp, parseIp } from './host.ts';
import { readLong, writeLong } from './int64.ts';
import { offsetMessageId, parseOffsetMessageId, uniqueKeys } from './message-id.ts';

describe('an offset id', () => {
  test.each([
    ['10.0.0.1', '0A00000100002A9F00000000000003E8'],
    ['2001:db8::1', '20010DB800000000000000000000000100002A9F00000000000003E8'],
  ])('of %s at 1000 is that of the specification, both ways', (ip, id) => {
    const storeHost = { address: parseIp(ip), port: 10_911 };
    expect(offsetMessageId(storeHost, 1000)).toBe(id);
    expect(parseOffsetMessageId(id)).toEqual({ storeHost, logOffset: 1000 });
  });

  test.each(['', 'xyz', '0A', `${'0'.repeat(31)}g`])('is not "%s"', (id) => {
    expect(() => parseOffsetMessageId(id)).toThrow(Failure);
  });
});

describe('unique keys', () => {
  const world = {
    clock: { wallMs: () => Date.UTC(2026, 4, 1) + 0x1234 },
    random: { below: () => 0, bytes: (count: number) => Buffer.alloc(count, 0xab) },
  };

  test('say address, generator, time of the month and a counter', () => {
    const keys = uniqueKeys(world, parseIp('10.0.0.9'));
    expect(keys.next()).toBe('0A000009ABABABABABAB000012340001');
    expect(keys.next()).toBe('0A000009ABABABABABAB000012340002');
    expect(uniqueKeys(world, parseIp('::1')).next()).toHaveLength(56);
  });

  test('differ for 65,536 calls within a millisecond', () => {
    const keys = uniqueKeys(world, parseIp('10.0.0.9'));
    const all = new Set(Array.from({ length: 65_536 }, () => keys.next()));
    expect(all.size).toBe(65_536);
  });
});

describe('an address', () => {
  test.each([
    ['10.0.0.1', '0a000001'],
    ['::ffff:10.0.0.1', '0a000001'],
    ['::1', '00000000000000000000000000000001'],
    ['::', '00000000000000000000000000000000'],
    ['2001:db8::9', '20010db8000000000000000000000009'],
    ['fe80::1%eth0', 'fe800000000000000000000000000001'],
    ['1:2:3:4:5:6:7:8', '00010002000300040005000600070008'],
  ])('%s has these bytes', (text, bytes) => {
    expect(parseIp(text).toString('hex')).toBe(bytes);
  });

  test.each(['', 'localhost', '1.2.3', '1.2.3.256', '1:2', '1::2::3', '1:2:3:4:5:6:7:8:9', 'g::1'])(
    '"%s" is none',
    (text) => {
      expect(() => parseIp(text)).toThrow(`Cannot use "${text}" as a host`);
    },
  );

  test('is written so that it is read again', () => {
    const anyAddress = fc.oneof(
      fc.uint8Array({ minLength: 4, maxLength: 4 }),
      fc.array(fc.constantFrom(0, 0, 1, 0xff), { minLength: 16, maxLength: 16 }),
    );
    fc.assert(
      fc.property(anyAddress, (bytes) => {
        const address = Buffer.from(bytes);
        expect(parseIp(formatIp(address)).equals(address)).toBe(true);
      }),
    );
    expect(formatIp(parseIp('2001:0db8:0:0:0:0:0:1'))).toBe('2001:db8::1');
  });
});

test('64-bit numbers are read as written, and beyond 2^53 as the nearest safe one', () => {
  const buffer = Buffer.alloc(8);
  fc.assert(
    fc.property(fc.maxSafeInteger(), (value) => {
      writeLong(buffer, value, 0);
      expect(readLong(buffer, 0)).toBe(value);
      const isEnd = Math.abs(value) === Number.MAX_SAFE_INTEGER;
      expect(isEnd || buffer.readBigInt64BE(0) === BigInt(value)).toBe(true);
    }),
  );
  buffer.writeBigInt64BE(2n ** 63n - 1n);
  expect(readLong(buffer, 0)).toBe(Number.MAX_SAFE_INTEGER);
  writeLong(buffer, Number.MAX_SAFE_INTEGER, 0);
  expect(buffer.readBigInt64BE(0)).toBe(2n ** 63n - 1n);
  writeLong(buffer, -Number.MAX_SAFE_INTEGER, 0);
  expect(buffer.readBigInt64BE(0)).toBe(-(2n ** 63n));
  expect(readLong(buffer, 0)).toBe(-Number.MAX_SAFE_INTEGER);
});
