import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Command, decodeCommand, encodeCommand, NO_BODY } from './command.ts';
import { NO_FIELDS } from './command-header.ts';
import { MalformedFrame } from './malformed-frame.ts';

const hex = (...parts: string[]): Buffer => Buffer.from(parts.join('').replaceAll(' ', ''), 'hex');
const withJson = (prefix: string, json: string, body = ''): Buffer =>
  Buffer.concat([hex(prefix), Buffer.from(json), Buffer.from(body)]);

const plain: Command = {
  code: 105,
  language: 0,
  version: 479,
  opaque: 7,
  flag: 0,
  fields: NO_FIELDS,
  body: NO_BODY,
  serialization: 'JSON',
};

describe('the frames of the specification', () => {
  const cases: [string, Command, Buffer][] = [
    [
      'a route request in JSON',
      { ...plain, fields: { topic: 'T' } },
      withJson(
        '0000007f 0000007b',
        '{"code":105,"extFields":{"topic":"T"},"flag":0,"language":"JAVA","opaque":7,"serializeTypeCurrentRPC":"JSON","version":479}',
      ),
    ],
    [
      'a route request in binary',
      { ...plain, fields: { topic: 'T' }, serialization: 'ROCKETMQ' },
      hex(
        '00000025 01000021 0069 00 01df 00000007 00000000 00000000 0000000c',
        '0005 746f706963 00000001 54',
      ),
    ],
    [
      'a success in JSON',
      { ...plain, code: 0, flag: 1, body: Buffer.from('{}') },
      withJson(
        '00000065 0000005f',
        '{"code":0,"flag":1,"language":"JAVA","opaque":7,"serializeTypeCurrentRPC":"JSON","version":479}',
        '{}',
      ),
    ],
    [
      'a success in binary',
      { ...plain, code: 0, flag: 1, body: Buffer.from('{}'), serialization: 'ROCKETMQ' },
      hex('0000001b 01000015 0000 00 01df 00000007 00000001 00000000 00000000 7b7d'),
    ],
    [
      'an error in JSON',
      { ...plain, code: 17, flag: 1, remark: 'No topic' },
      withJson(
        '00000078 00000074',
        '{"code":17,"flag":1,"language":"JAVA","opaque":7,"remark":"No topic","serializeTypeCurrentRPC":"JSON","version":479}',
      ),
    ],
    [
      'an error in binary',
      { ...plain, code: 17, flag: 1, remark: 'No topic', serialization: 'ROCKETMQ' },
      hex('00000021 0100001d 0011 00 01df 00000007 00000001 00000008 4e6f20746f706963 00000000'),
    ],
    [
      'a send in binary',
      {
        ...plain,
        code: 310,
        opaque: 8,
        fields: {
          a: 'pg',
          b: 'T',
          c: 'TBW102',
          d: '4',
          e: '1',
          f: '0',
          g: '1700000000000',
          h: '0',
          i: 'UNIQ_KEY\u00010A000009162E18B4AAC2000000000000\u0002WAIT\u0001true\u0002',
          j: '0',
          k: 'false',
          m: 'false',
          n: 'b',
        },
        body: Buffer.from('hi'),
        serialization: 'ROCKETMQ',
      },
      hex(
        '000000d0 010000ca 0136 00 01df 00000008 00000000 00000000 000000b5',
        '0001 61 00000002 7067  0001 62 00000001 54  0001 63 00000006 544257313032',
        '0001 64 00000001 34  0001 65 00000001 31  0001 66 00000001 30',
        '0001 67 0000000d 31373030303030303030303030  0001 68 00000001 30',
        '0001 69 00000034 554e49515f4b455901304130303030303931363245313842344141433230303030303030303030303002574149540174727565 02',
        '0001 6a 00000001 30  0001 6b 00000005 66616c7365  0001 6d 00000005 66616c7365',
        '0001 6e 00000001 62  6869',
      ),
    ],
    [
      'the answer to a send in binary',
      {
        ...plain,
        code: 0,
        opaque: 8,
        flag: 1,
        fields: {
          msgId: '0A00000100002A9F0000000000000000',
          queueId: '1',
          queueOffset: '0',
          transactionId: 'X',
          TRACE_ON: 'true',
          MSG_REGION: 'DefaultRegion',
        },
        serialization: 'ROCKETMQ',
      },
      Buffer.concat([
        hex('000000a7 010000a3 0000 00 01df 00000008 00000001 00000000 0000008e'),
        hex('0005 6d73674964 00000020'),
        Buffer.from('0A00000100002A9F0000000000000000'),
        hex('0007 71756575654964 00000001 31  000b 71756575654f6666736574 00000001 30'),
        hex('000d 7472616e73616374696f6e4964 00000001 58  0008 54524143455f4f4e 00000004 74727565'),
        hex('000a 4d53475f524547494f4e 0000000d 44656661756c74526567696f6e'),
      ]),
    ],
    [
      'a oneway request',
      { ...plain, code: 35, flag: 2, opaque: 9 },
      withJson(
        '00000064 00000060',
        '{"code":35,"flag":2,"language":"JAVA","opaque":9,"serializeTypeCurrentRPC":"JSON","version":479}',
      ),
    ],
    [
      'a code that binary headers cut to 16 bits',
      {
        ...plain,
        code: 3442,
        opaque: 1,
        fields: { k: 'v', empty: '' },
        serialization: 'ROCKETMQ',
      },
      hex(
        '0000002c 01000028 0d72 00 01df 00000001 00000000 00000000 00000013',
        '0001 6b 00000001 76 0005 656d707479 00000000',
      ),
    ],
  ];

  test.each(cases)('%s decodes and encodes', (_name, command, frame) => {
    expect(decodeCommand(frame)).toEqual(command);
    expect(encodeCommand(command).toString('hex')).toBe(frame.toString('hex'));
  });

  test('property separators are escaped in JSON as Java escapes them', () => {
    const command = { ...plain, fields: { i: 'WAIT\u0001true\u0002' } };
    expect(encodeCommand(command).toString()).toContain('"i":"WAIT\\u0001true\\u0002"');
  });
});

/** Keys that are whole numbers would be sorted first by any JavaScript object. */
const anyKey = fc.string({ unit: 'binary', maxLength: 12 }).filter((key) => !/^\d+$/.test(key));
const anyCommand: fc.Arbitrary<Command> = fc.record(
  {
    code: fc.integer({ min: -0x8000, max: 0x7fff }),
    language: fc.integer({ min: 0, max: 13 }),
    version: fc.integer({ min: 0, max: 0x7fff }),
    opaque: fc.integer(),
    flag: fc.integer({ min: 0, max: 3 }),
    remark: fc.string({ unit: 'binary', minLength: 1 }),
    fields: fc.dictionary(anyKey, fc.string({ unit: 'binary' }), { noNullPrototype: true }),
    body: fc.uint8Array().map((bytes) => Buffer.from(bytes)),
    serialization: fc.constantFrom('JSON', 'ROCKETMQ'),
  },
  {
    requiredKeys: [
      'code',
      'language',
      'version',
      'opaque',
      'flag',
      'fields',
      'body',
      'serialization',
    ],
  },
);

test('decoding inverts encoding for every command', () => {
  fc.assert(
    fc.property(anyCommand, (command) => {
      const frame = encodeCommand(command);
      const decoded = decodeCommand(frame);
      expect(decoded).toEqual(command);
      expect(encodeCommand(decoded).equals(frame)).toBe(true);
    }),
  );
});

describe('a JSON header of another client', () => {
  const decode = (json: string): Command => {
    const frame = Buffer.from(`........${json}`);
    frame.writeInt32BE(frame.length - 4, 0);
    frame.writeInt32BE(frame.length - 8, 4);
    return decodeCommand(frame);
  };

  test('may leave out everything but the code', () => {
    expect(decode('{"code":34}')).toEqual({ ...plain, code: 34, version: 0, opaque: 0 });
  });

  test('may have nulls, unknown members, numbers as text and text as numbers', () => {
    const json =
      '{ "extra": [1], "opaque": "-5", "version": 479.0, "code": 11, "remark": null, "flag": null,' +
      ' "extFields": {"queueId": 3, "order": true, "none": null, "big": 9223372036854775807} }';
    expect(decode(json)).toEqual({
      ...plain,
      code: 11,
      opaque: -5,
      fields: { queueId: '3', order: 'true', big: '9223372036854775807' },
    });
  });

  test('names its language or gives its number; an unknown one is OTHER, none is JAVA', () => {
    expect(decode('{"language":"GO"}').language).toBe(9);
    expect(decode('{"language":9}').language).toBe(9);
    expect(decode('{"language":"COBOL"}').language).toBe(7);
    expect(decode('{}').language).toBe(0);
  });

  test.each([
    ['{"code":', 'not JSON'],
    ['[]', 'not a JSON object'],
    ['{"code":"ten"}', '"code" of the header is "ten", expected a 32-bit integer'],
    ['{"opaque":4294967296}', '"opaque"'],
    ['{"extFields":[]}', '"extFields"'],
  ])('is malformed when it is %s', (json, message) => {
    expect(() => decode(json)).toThrow(MalformedFrame);
    expect(() => decode(json)).toThrow(message);
  });
});

describe('a frame is malformed when', () => {
  test.each([
    ['it is shorter than its prefix', hex('00000003 000000'), 'the least is 8'],
    ['its length word is wrong', hex('00000005 00000000'), 'says 5'],
    ['its header is longer than itself', hex('00000004 00000001'), 'Header length is 1'],
    ['its serialization is unknown', hex('00000004 02000000'), 'Serialization of the header is 2'],
    ['a binary header is short', hex('00000005 01000001 00'), 'the least is 21'],
    [
      'a remark is longer than the header',
      hex('00000019 01000015 0069 00 01df 00000007 00000000 7fffffff 00000000'),
      'remark in a binary header is 2147483647, room is 0',
    ],
    [
      'a length is negative',
      hex('00000019 01000015 0069 00 01df 00000007 00000000 00000000 ffffffff'),
      'fields in a binary header is -1',
    ],
    [
      'a key is longer than the fields',
      hex('0000001c 01000018 0069 00 01df 00000007 00000000 00000000 00000003 000261'),
      'key in a binary header is 2',
    ],
  ])('%s', (_name, frame, message) => {
    expect(() => decodeCommand(frame)).toThrow(MalformedFrame);
    expect(() => decodeCommand(frame)).toThrow(message);
  });
});
