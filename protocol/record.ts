/**
 * A message as a commit log stores it and consumers receive it:
 *
 *     i32 size | i32 magic | i32 body CRC | i32 queue id | i32 flag | i64 queue offset
 *     i64 log offset | i32 system flag | i64 born time | born host | i64 store time | store host
 *     i32 reconsume times | i64 prepared transaction offset | i32 length, body
 *     u8 (or i16) length, topic | i16 length, properties
 *
 * A host is 4 bytes of IPv4 (16 of IPv6, says the system flag) and an i32 port. The magic tells how
 * long the topic's length is. The store encodes records in place with these positions; this codec
 * is for everything else, and what tests compare the store's with.
 */
import { assert } from '../runtime/mod.ts';
import { crc32 } from './crc32.ts';
import { type Host, hostBytes, readHost, writeHost } from './host.ts';
import { readLong, writeLong } from './int64.ts';
import { MalformedFrame } from './malformed-frame.ts';
import { PROPERTIES_BYTES_MAX } from './properties.ts';
import { SYS_FLAG } from './sys-flag.ts';

/** Positions in a record; those from `storeTimestamp` on when both hosts are IPv4. */
export const RECORD = {
  size: 0,
  magic: 4,
  bodyCrc: 8,
  queueId: 12,
  flag: 16,
  queueOffset: 20,
  logOffset: 28,
  sysFlag: 36,
  bornTimestamp: 40,
  bornHost: 48,
  storeTimestamp: 56,
  storeHost: 64,
  reconsumeTimes: 72,
  preparedTransactionOffset: 76,
  bodyLength: 84,
  body: 88,
} as const;

/** A record's size less body, topic and properties, with IPv4 hosts and one byte of topic length. */
export const RECORD_BYTES_MIN = 91;
/** What an IPv6 host takes more than an IPv4 one. */
export const IPV6_BYTES_MORE = 12;

/** Topic length in one byte. */
export const MAGIC_V1 = 0xdaa3_20a7 | 0;
/** Topic length in two bytes, for topics longer than 127 bytes. */
export const MAGIC_V2 = 0xdaa3_20ab | 0;
/** The rest of a segment that the next record did not fit into. */
export const MAGIC_BLANK = 0xcbd4_3194 | 0;

const BLANK_BYTES_MIN = 8;
const TOPIC_BYTES_MAX_V1 = 127;

export interface StoredMessage {
  readonly queueId: number;
  /** The user's own. */
  readonly flag: number;
  readonly queueOffset: number;
  readonly logOffset: number;
  /** Host bits are derived from the hosts when writing. */
  readonly sysFlag: number;
  readonly bornTimestamp: number;
  readonly bornHost: Host;
  readonly storeTimestamp: number;
  readonly storeHost: Host;
  readonly reconsumeTimes: number;
  readonly preparedTransactionOffset: number;
  /** As stored, maybe compressed. After decoding a view of the record. */
  readonly body: Buffer;
  readonly topic: string;
  /** As stored; `parseProperties` reads it. After decoding a view of the record. */
  readonly properties: Buffer;
}

export interface DecodedRecord extends StoredMessage {
  /** Bytes that the record takes. */
  readonly size: number;
  /** As stored: checking it is the reader's business. */
  readonly bodyCrc: number;
}

/** Reads the record at `position`. Throws `MalformedFrame` when there is no whole one. */
export function decodeRecord(buffer: Buffer, position = 0): DecodedRecord {
  requireBytes(buffer.length - position >= RECORD_BYTES_MIN, 'a record is cut');
  const size = buffer.readInt32BE(position);
  const magic = buffer.readInt32BE(position + RECORD.magic);
  requireBytes(magic === MAGIC_V1 || magic === MAGIC_V2, `the magic is ${magic >>> 0}`);
  requireBytes(size >= RECORD_BYTES_MIN && size <= buffer.length - position, `its size is ${size}`);
  const record = buffer.subarray(position, position + size);
  const sysFlag = record.readInt32BE(RECORD.sysFlag);
  const bornBytes = hostBytes((sysFlag & SYS_FLAG.bornHostIpv6) !== 0);
  const storeBytes = hostBytes((sysFlag & SYS_FLAG.storeHostIpv6) !== 0);
  const storeTimestampAt = RECORD.bornHost + bornBytes;
  const storeHostAt = storeTimestampAt + 8;
  const afterHosts = storeHostAt + storeBytes;
  requireBytes(afterHosts + 19 <= size, 'its hosts do not fit');
  const [body, bodyEnd] = readSpan(record, afterHosts + 12, 4);
  const [topic, topicEnd] = readSpan(record, bodyEnd, magic === MAGIC_V1 ? 1 : 2);
  const [properties] = readSpan(record, topicEnd, 2);
  return {
    size,
    bodyCrc: record.readInt32BE(RECORD.bodyCrc),
    queueId: record.readInt32BE(RECORD.queueId),
    flag: record.readInt32BE(RECORD.flag),
    queueOffset: readLong(record, RECORD.queueOffset),
    logOffset: readLong(record, RECORD.logOffset),
    sysFlag,
    bornTimestamp: readLong(record, RECORD.bornTimestamp),
    bornHost: readHost(record, RECORD.bornHost, bornBytes),
    storeTimestamp: readLong(record, storeTimestampAt),
    storeHost: readHost(record, storeHostAt, storeBytes),
    reconsumeTimes: record.readInt32BE(afterHosts),
    preparedTransactionOffset: readLong(record, afterHosts + 4),
    body,
    topic: topic.toString('utf8'),
    properties,
  };
}

/** Reads records back to back; what is left over when the last one is cut is skipped. */
export function* decodeRecords(buffer: Buffer): Generator<DecodedRecord> {
  let position = 0;
  while (position + RECORD_BYTES_MIN <= buffer.length) {
    if (buffer.readInt32BE(position) > buffer.length - position) return;
    const record = decodeRecord(buffer, position);
    yield record;
    position += record.size;
  }
}

/** A length of `width` bytes and as many bytes as it says; returns them and where they end. */
function readSpan(record: Buffer, position: number, width: 1 | 2 | 4): [Buffer, number] {
  const start = position + width;
  requireBytes(start <= record.length, 'its parts do not fit');
  const length = record.readIntBE(position, width);
  const end = start + length;
  requireBytes(length >= 0 && end <= record.length, `the length of a part is ${length}`);
  return [record.subarray(start, end), end];
}

function requireBytes(isThere: boolean, problem: string): asserts isThere {
  if (!isThere) throw new MalformedFrame(`Cannot read a stored message: ${problem}`);
}

export function encodeRecord(message: StoredMessage): Buffer {
  const { body, bornHost, properties, storeHost } = message;
  const topic = Buffer.from(message.topic);
  assert(properties.length <= PROPERTIES_BYTES_MAX, `properties below 32 KiB`);
  assert(topic.length <= 0x7fff, 'a topic below 32 KiB');
  const isLongTopic = topic.length > TOPIC_BYTES_MAX_V1;
  const bornBytes = hostBytes(bornHost.address.length === 16);
  const storeBytes = hostBytes(storeHost.address.length === 16);
  const varying = body.length + topic.length + properties.length;
  const record = Buffer.allocUnsafe(75 + bornBytes + storeBytes + (isLongTopic ? 1 : 0) + varying);
  record.writeInt32BE(record.length, RECORD.size);
  record.writeInt32BE(isLongTopic ? MAGIC_V2 : MAGIC_V1, RECORD.magic);
  record.writeInt32BE(crc32(body, 0, body.length), RECORD.bodyCrc);
  record.writeInt32BE(message.queueId, RECORD.queueId);
  record.writeInt32BE(message.flag, RECORD.flag);
  writeLong(record, message.queueOffset, RECORD.queueOffset);
  writeLong(record, message.logOffset, RECORD.logOffset);
  record.writeInt32BE(withHostBits(message), RECORD.sysFlag);
  writeLong(record, message.bornTimestamp, RECORD.bornTimestamp);
  let position = writeHost(record, bornHost, RECORD.bornHost);
  position = writeLong(record, message.storeTimestamp, position);
  position = writeHost(record, storeHost, position);
  position = record.writeInt32BE(message.reconsumeTimes, position);
  position = writeLong(record, message.preparedTransactionOffset, position);
  position = record.writeInt32BE(body.length, position);
  position += body.copy(record, position);
  position = record.writeIntBE(topic.length, position, isLongTopic ? 2 : 1);
  position += topic.copy(record, position);
  position = record.writeInt16BE(properties.length, position);
  properties.copy(record, position);
  return record;
}

function withHostBits({ bornHost, storeHost, sysFlag }: StoredMessage): number {
  const born = bornHost.address.length === 16 ? SYS_FLAG.bornHostIpv6 : 0;
  const stored = storeHost.address.length === 16 ? SYS_FLAG.storeHostIpv6 : 0;
  return (sysFlag & ~(SYS_FLAG.bornHostIpv6 | SYS_FLAG.storeHostIpv6)) | born | stored;
}

/** What ends a segment with `bytes` left: the reader goes on in the next one. */
export function blankRecord(bytes: number): Buffer {
  assert(bytes >= BLANK_BYTES_MIN, `at least ${BLANK_BYTES_MIN} bytes for a blank record`);
  const blank = Buffer.allocUnsafe(BLANK_BYTES_MIN);
  blank.writeInt32BE(bytes, 0);
  blank.writeInt32BE(MAGIC_BLANK, 4);
  return blank;
}
