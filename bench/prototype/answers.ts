/** The answer to a send, written into a buffer field by field: only five values ever change. */

const JSON_START = Buffer.from(
  '{"code":0,"extFields":{"MSG_REGION":"DefaultRegion","TRACE_ON":"true","msgId":"7F00000100002A9F',
);
const JSON_QUEUE = Buffer.from('","queueId":"');
const JSON_OFFSET = Buffer.from('","queueOffset":"');
const JSON_OPAQUE = Buffer.from('"},"flag":1,"language":"JAVA","opaque":');
const JSON_END = Buffer.from(',"serializeTypeCurrentRPC":"JSON","version":479}');
const HEX = Buffer.from('0123456789ABCDEF');

const field = (key: string, value: string, valueBytes = value.length): Buffer => {
  const bytes = Buffer.alloc(6 + key.length + value.length);
  bytes.writeInt16BE(key.length, 0);
  bytes.write(key, 2);
  bytes.writeInt32BE(valueBytes, 2 + key.length);
  bytes.write(value, 6 + key.length);
  return bytes;
};
const BINARY_START = Buffer.concat([
  Buffer.from([0, 0, 0, 1, 223, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0]),
  field('MSG_REGION', 'DefaultRegion'),
  field('TRACE_ON', 'true'),
  field('msgId', '7F00000100002A9F', 32),
]);
const BINARY_QUEUE = field('queueId', '');
const BINARY_OFFSET = field('queueOffset', '');

/** More than any answer takes. */
export const ANSWER_BYTES = 400;

export interface Accepted {
  opaque: number;
  queueId: number;
  queueOffset: number;
  logOffset: number;
}

/** Writes a whole frame at `start`; returns where it ends. */
export function writeAnswer(
  to: Buffer,
  start: number,
  isBinary: boolean,
  accepted: Accepted,
): number {
  const header = start + 8;
  const end = isBinary ? binary(to, header, accepted) : json(to, header, accepted);
  to.writeInt32BE(end - start - 4, start);
  to.writeInt32BE(((isBinary ? 1 : 0) << 24) | (end - header), start + 4);
  return end;
}

function json(
  to: Buffer,
  start: number,
  { opaque, queueId, queueOffset, logOffset }: Accepted,
): number {
  let at = hex16(to, put(to, start, JSON_START), logOffset);
  at = digits(to, put(to, at, JSON_QUEUE), queueId);
  at = digits(to, put(to, at, JSON_OFFSET), queueOffset);
  at = digits(to, put(to, at, JSON_OPAQUE), opaque);
  return put(to, at, JSON_END);
}

function binary(
  to: Buffer,
  start: number,
  { opaque, queueId, queueOffset, logOffset }: Accepted,
): number {
  let at = hex16(to, put(to, start, BINARY_START), logOffset);
  to.writeInt32BE(opaque, start + 5);
  const queueAt = put(to, at, BINARY_QUEUE);
  at = digits(to, queueAt, queueId);
  to.writeInt32BE(at - queueAt, queueAt - 4);
  const offsetAt = put(to, at, BINARY_OFFSET);
  at = digits(to, offsetAt, queueOffset);
  to.writeInt32BE(at - offsetAt, offsetAt - 4);
  to.writeInt32BE(at - start - 21, start + 17);
  return at;
}

function put(to: Buffer, at: number, from: Buffer): number {
  for (let i = 0; i < from.length; i++) to[at + i] = from[i] ?? 0;
  return at + from.length;
}

function digits(to: Buffer, at: number, value: number): number {
  let count = 1;
  for (let rest = value; rest >= 10; rest = Math.floor(rest / 10)) count++;
  for (let i = at + count - 1, rest = value; i >= at; i--, rest = Math.floor(rest / 10)) {
    to[i] = 0x30 + (rest % 10);
  }
  return at + count;
}

function hex16(to: Buffer, start: number, value: number): number {
  let at = start;
  const high = Math.floor(value / 2 ** 32);
  const low = value >>> 0;
  for (let shift = 28; shift >= 0; shift -= 4) to[at++] = HEX[(high >>> shift) & 15] ?? 0;
  for (let shift = 28; shift >= 0; shift -= 4) to[at++] = HEX[(low >>> shift) & 15] ?? 0;
  return at;
}
