/** The request frames that the load generator sends: what a Java producer and consumer would. */

/** Ten digits, which the generator overwrites with its own. */
const OPAQUE = 1_000_000_001;
const VERSION = 479;

export const BENCH_TOPIC = 'BenchTopic';
export const BENCH_QUEUES = 8;
export const PULL_MESSAGES = 32;

export type Header = 'json' | 'binary';

/** SEND_MESSAGE_V2 with the properties of a usual message: keys, unique key and tag. */
export function sendFrame(header: Header, bodyBytes: number): Buffer {
  const fields = {
    a: 'bench',
    b: BENCH_TOPIC,
    c: 'TBW102',
    d: '4',
    e: '0',
    f: '0',
    g: '1700000000000',
    h: '0',
    i: 'KEYS\u0001order-20250919-000123\u0002UNIQ_KEY\u00017F0000010BD418B4AAC2128F3C5A0000\u0002WAIT\u0001true\u0002TAGS\u0001TagA\u0002',
    j: '0',
    k: 'false',
    m: 'false',
    n: 'broker-a',
  };
  const body = Buffer.alloc(bodyBytes, 'a');
  return header === 'json' ? jsonFrame(310, fields, body) : binaryFrame(310, fields, body);
}

/** PULL_MESSAGE from an offset that the generator fills in. */
export function pullFrame(): Buffer {
  const fields = {
    bname: 'broker-a',
    commitOffset: '0',
    consumerGroup: 'bench',
    expressionType: 'TAG',
    maxMsgNums: String(PULL_MESSAGES),
    queueId: '0',
    queueOffset: '000000000000',
    subVersion: '1700000000000',
    subscription: '*',
    suspendTimeoutMillis: '15000',
    sysFlag: '4',
    topic: BENCH_TOPIC,
  };
  return jsonFrame(11, fields, Buffer.alloc(0));
}

type Fields = Readonly<Record<string, string>>;

function jsonFrame(code: number, extFields: Fields, body: Buffer): Buffer {
  const header = JSON.stringify({
    code,
    extFields,
    flag: 0,
    language: 'JAVA',
    opaque: OPAQUE,
    serializeTypeCurrentRPC: 'JSON',
    version: VERSION,
  });
  return frame(0, Buffer.from(header), body);
}

/** ROCKETMQ serialization: code, language, version, opaque, flag, remark, then the fields. */
function binaryFrame(code: number, fields: Fields, body: Buffer): Buffer {
  const entries = Buffer.concat(Object.entries(fields).map(([key, value]) => entry(key, value)));
  const fixed = Buffer.alloc(21);
  fixed.writeInt16BE(code, 0);
  fixed.writeInt16BE(VERSION, 3);
  fixed.writeInt32BE(OPAQUE, 5);
  fixed.writeInt32BE(entries.length, 17);
  return frame(1, Buffer.concat([fixed, entries]), body);
}

function entry(key: string, value: string): Buffer {
  const bytes = Buffer.alloc(6 + Buffer.byteLength(key) + Buffer.byteLength(value));
  const keyBytes = bytes.write(key, 2);
  bytes.writeInt16BE(keyBytes, 0);
  bytes.writeInt32BE(bytes.write(value, 6 + keyBytes), 2 + keyBytes);
  return bytes;
}

function frame(serialization: 0 | 1, header: Buffer, body: Buffer): Buffer {
  const prefix = Buffer.alloc(8);
  prefix.writeInt32BE(4 + header.length + body.length, 0);
  prefix.writeInt32BE((serialization << 24) | header.length, 4);
  return Buffer.concat([prefix, header, body]);
}
