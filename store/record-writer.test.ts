import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeRecord, encodeRecord, parseIp } from '../protocol/mod.ts';
import { Append } from './append.ts';
import { Chunk } from './log-tail.ts';
import { PropertyNames } from './property-names.ts';
import { RecordWriter } from './record-writer.ts';
import { StoredTopic } from './stored-topic.ts';

const BODY_BYTES_MAX = 1000;
const host4 = { address: parseIp('10.0.0.5'), port: 10_911 };
const host6 = { address: parseIp('2001:db8::2'), port: 10_911 };

function topicOf(name: string): StoredTopic {
  return new StoredTopic(name, () => {
    throw new Error('no queue is asked for');
  });
}

/** The largest number stands for Java's largest long. */
const anyLong = fc.maxSafeNat().map((number) => Math.min(number, Number.MAX_SAFE_INTEGER - 1));

/** The message of the format's worked example. */
function example(): Append {
  const input = new Append();
  input.topic = topicOf('TopicTest');
  input.queueId = 3;
  input.bornTimestamp = 1_700_000_000_000;
  input.bornAddress4 = parseIp('192.168.1.10').readInt32BE(0);
  input.bornPort = 51_234;
  setBody(input, 'hello');
  setProperties(input, 'TAGS\u0001TagA\u0002KEYS\u0001k1\u0002');
  return input;
}

function setBody(input: Append, text: string): void {
  input.body = Buffer.from(text);
  input.bodyEnd = input.body.length;
}

function setProperties(input: Append, text: string): void {
  input.properties = Buffer.from(text);
  input.propertiesEnd = input.properties.length;
}

interface Written {
  readonly status: string;
  readonly bytes: Buffer;
}

function write(input: Append, host = host4, logOffset = 4096, queueOffset = 7): Written {
  const writer = new RecordWriter(host, BODY_BYTES_MAX);
  const chunk = new Chunk(writer.boundOf(input) + 16, logOffset);
  const status = writer.write(input, input.topic ?? topicOf('none'), chunk);
  if (status !== 'stored') return { status, bytes: Buffer.alloc(0) };
  writer.stamp(chunk, queueOffset, 1_700_000_000_123);
  return { status, bytes: chunk.buffer.subarray(0, writer.size) };
}

const propertiesOf = ({ bytes }: Written): string => decodeRecord(bytes).properties.toString();

describe('a record', () => {
  test('is byte for byte what RocketMQ writes', () => {
    const golden = [
      '0000007b daa320a7 3610a686 00000003 00000000 0000000000000007 0000000000001000 00000000',
      '0000018bcfe56800 c0a8010a 0000c822 0000018bcfe5687b 0a000005 00002a9f 00000000',
      '0000000000000000 00000005 68656c6c6f 09 546f70696354657374 0012',
      '54414753 01 54616741 02 4b455953 01 6b31 02',
    ];
    expect(write(example()).bytes.toString('hex')).toBe(golden.join('').replaceAll(' ', ''));
  });

  test('has both IPv6 addresses and says so in its flags', () => {
    const input = example();
    input.bornAddress6 = parseIp('2001:db8::1');
    const { bytes } = write(input, host6);
    expect(bytes.length).toBe(0x93);
    expect(bytes.readInt32BE(36)).toBe(0x30);
    expect(bytes.readBigInt64BE(68)).toBe(1_700_000_000_123n);
  });

  test('has the second version for a topic longer than 127 bytes', () => {
    const input = example();
    input.topic = topicOf('t'.repeat(130));
    const { bytes } = write(input);
    expect(bytes.length).toBe(245);
    expect(bytes.subarray(4, 8).toString('hex')).toBe('daa320ab');
    expect(bytes.subarray(93, 95).toString('hex')).toBe('0082');
  });

  test('is what the codec of the protocol makes of the same message', () => {
    const anyMessage = fc.record({
      topic: fc.string({ minLength: 1, maxLength: 63, unit: 'binary' }),
      body: fc.string({ maxLength: 200 }),
      properties: fc.dictionary(fc.stringMatching(/^\w{1,9}$/), fc.stringMatching(/^\w{1,9}$/)),
      queueId: fc.nat(),
      flag: fc.integer(),
      sysFlag: fc.constantFrom(0, 1, 4, 8, 0x100),
      isBorn6: fc.boolean(),
      isStore6: fc.boolean(),
      bornTimestamp: anyLong,
      reconsumeTimes: fc.nat(),
      preparedTransactionOffset: anyLong,
      logOffset: anyLong,
      queueOffset: anyLong,
    });
    fc.assert(
      fc.property(anyMessage, ({ topic, body, properties, isBorn6, isStore6, ...rest }) => {
        const pairs = Object.entries(properties).map(([name, value]) => `${name}\x01${value}\x02`);
        const born = parseIp(isBorn6 ? '2001:db8::1' : '192.168.1.10');
        const storeHost = isStore6 ? host6 : host4;
        const input = example();
        input.topic = topicOf(topic);
        setBody(input, body);
        setProperties(input, pairs.join(''));
        input.bornAddress6 = isBorn6 ? born : undefined;
        Object.assign(input, rest);
        const { logOffset, queueOffset } = rest;
        const expected = encodeRecord({
          ...rest,
          topic,
          storeTimestamp: 1_700_000_000_123,
          bornHost: { address: born, port: 51_234 },
          storeHost,
          body: Buffer.from(body),
          properties: Buffer.from(pairs.join('')),
        });
        expect(write(input, storeHost, logOffset, queueOffset).bytes).toEqual(expected);
      }),
    );
  });
});

describe('properties', () => {
  test('are unescaped when they come from a JSON string', () => {
    const input = example();
    const text = 'KEYS\u0001a "b" \\ grün 绿 🚀\u0002';
    setProperties(input, JSON.stringify(text).slice(1, -1).replaceAll('绿', '\\u7eff'));
    input.arePropertiesEscaped = true;
    expect(propertiesOf(write(input))).toBe(text);
  });

  test.each([
    ['', 'CLUSTER\u0001c\u0002'],
    ['a\u0001b', 'a\u0001b\u0002CLUSTER\u0001c\u0002'],
    ['a\u0001b\u0002', 'a\u0001b\u0002CLUSTER\u0001c\u0002'],
  ])('%j are followed by what the broker adds', (sent, stored) => {
    const input = example();
    setProperties(input, sent);
    input.extraProperties = Buffer.from('CLUSTER\u0001c\u0002');
    expect(propertiesOf(write(input))).toBe(stored);
  });

  test.each([
    ['a\u0001b', 'a\u0001b\u0002UNIQ_KEY\u0001made\u0002'],
    ['UNIQ_KEY\u0001', 'UNIQ_KEY\u0001\u0002UNIQ_KEY\u0001made\u0002'],
    ['UNIQ_KEY\u0001own', 'UNIQ_KEY\u0001own'],
  ])('%j get a unique key if they have none', (sent, stored) => {
    const input = example();
    setProperties(input, sent);
    input.missingUniqueKey = Buffer.from('--made--');
    input.missingUniqueKeyStart = 2;
    input.missingUniqueKeyEnd = 6;
    expect(propertiesOf(write(input))).toBe(stored);
  });

  test('that are reserved leave the message to somebody else', () => {
    const input = example();
    input.reserved = new PropertyNames(['DELAY', 'TRAN_MSG']);
    expect(write(input).status).toBe('stored');
    setProperties(input, 'TAGS\u0001TagA\u0002DELAY\u00013');
    expect(write(input).status).toBe('reserved');
  });
});

describe('a message that is too large is refused for', () => {
  test('its body', () => {
    const input = example();
    setBody(input, 'b'.repeat(BODY_BYTES_MAX));
    expect(write(input).status).toBe('stored');
    setBody(input, 'b'.repeat(BODY_BYTES_MAX + 1));
    expect(write(input).status).toBe('bodyTooLarge');
  });

  test('its topic', () => {
    const input = example();
    input.topic = topicOf('t'.repeat(256));
    expect(write(input).status).toBe('topicTooLong');
  });

  test('its properties', () => {
    const input = example();
    setProperties(input, `a\u0001${'b'.repeat(32_765)}`);
    expect(write(input).status).toBe('stored');
    input.extraProperties = Buffer.from('c\u0001d\u0002');
    expect(write(input).status).toBe('propertiesTooLarge');
  });
});
