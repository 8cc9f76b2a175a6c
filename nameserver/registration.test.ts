import { describe, expect, test } from 'vitest';
import { Failure } from '../protocol/mod.ts';
import { readRegistration } from './registration.ts';

/** As Java writes it; the checksum is of these bytes. */
const BODY = Buffer.from(
  '{"filterServerList":[],"topicConfigSerializeWrapper":{"dataVersion":{"counter":3,"stateVersion":0,' +
    '"timestamp":1700000000000},"mappingDataVersion":{"counter":3,"stateVersion":0,' +
    '"timestamp":1700000000000},"topicConfigTable":{"T":{"attributes":{"message.type":"NORMAL"},' +
    '"order":false,"perm":6,"readQueueNums":8,"topicFilterType":"SINGLE_TAG","topicName":"T",' +
    '"topicSysFlag":0,"writeQueueNums":8}},"topicQueueMappingDetailMap":{},' +
    '"topicQueueMappingInfoMap":{}}}',
);
const CHECKSUM = 1_397_604_307;

/** The same data, compressed by a Java broker. */
const COMPRESSED = Buffer.from(
  '78da636060b0a8564ace2fcd2b492d52b232d6512a2e492c490d4b2d2acecccf53b232d0512ac9cc4d050ae6162859199a' +
    '1b20402d0303032310eb84285800a19942b0a79fbb8f6b7c88a3bb42b512504f71627aaa5e496541aa9295929f7f90af' +
    'a38f12480f53742c90640000143b1f8f',
  'hex',
);
const COMPRESSED_CHECKSUM = 718_201_486;
const version = { counter: 3, stateVersion: 0, timestamp: 1_700_000_000_000 };
const topic = { perm: 6, readQueueNums: 8, topicSysFlag: 0, writeQueueNums: 8 };

describe('readRegistration()', () => {
  test.each([
    ['JSON', BODY, CHECKSUM],
    ['the compressed form', COMPRESSED, COMPRESSED_CHECKSUM],
  ])('reads %s', (_name, body, checksum) => {
    const { dataVersion, topics, mappings, filterServers } = readRegistration(body, 479, checksum);
    expect(dataVersion).toEqual(version);
    expect([...topics.keys()]).toEqual(['T']);
    expect(topics.get('T')).toMatchObject(topic);
    expect([mappings, filterServers]).toEqual([[], []]);
  });

  test('reads the bare table of brokers before 3.0.11', () => {
    const bare = JSON.stringify({ dataVersion: version, topicConfigTable: { T: topic } });
    const read = readRegistration(Buffer.from(bare), 36, 0);
    expect(read.dataVersion).toEqual(version);
    expect(read.topics.get('T')).toMatchObject(topic);
  });

  test('reads a registration without a body as one that knows nothing', () => {
    const { dataVersion, topics } = readRegistration(Buffer.alloc(0), 479, 0);
    expect([dataVersion.counter, topics.size]).toEqual([0, 0]);
  });

  test('refuses bytes that are not those that were sent, and those that say nothing', () => {
    const damaged = Buffer.from(BODY);
    damaged[5] = 0x20;
    expect(() => readRegistration(damaged, 479, CHECKSUM)).toThrow('crc32 not match');
    expect(() => readRegistration(Buffer.from('{'), 479, 0)).toThrow(Failure);
    expect(() => readRegistration(COMPRESSED.subarray(0, 40), 479, 0)).toThrow(Failure);
  });
});
