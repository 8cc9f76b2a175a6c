/**
 * Encodes a message into the tail of the commit log, in place: body and properties are copied once,
 * from the connection's read buffer to where they are written to the file from. What only the
 * moment of appending knows (both offsets, the time) is stamped on afterwards.
 */
import {
  copyUnescaped,
  crc32,
  type Host,
  MAGIC_V1,
  MAGIC_V2,
  PROPERTIES_BYTES_MAX,
  RECORD,
  SYS_FLAG,
} from '../protocol/mod.ts';
import type { Append, AppendStatus } from './append.ts';
import { writeInt64 } from './int64.ts';
import type { Chunk } from './log-tail.ts';
import { PropertyWalk } from './property-walk.ts';
import {
  BEFORE_BODY_BYTES,
  BESIDES_BODY_BYTES_MAX,
  TOPIC_BYTES_MAX,
  TOPIC_BYTES_MAX_V1,
} from './record-layout.ts';
import type { StoredTopic } from './stored-topic.ts';

const UNIQUE_KEY_NAME = Buffer.from('UNIQ_KEY\x01');
const VALUE_END = 2;
/** Up to here a loop of byte stores beats the call into native copy. */
const LOOP_COPY_BYTES = 24;

const HOST_BYTES_4 = 8;
const HOST_BYTES_6 = 20;
/** Everything of fixed size, and the bytes that may be added to what the message brings. */
const FIXED_BYTES_MAX = RECORD.bornHost + 2 * HOST_BYTES_6 + BEFORE_BODY_BYTES + 32;

export class RecordWriter {
  readonly walk = new PropertyWalk();
  readonly #host: Buffer;
  readonly #hostFlag: number;
  /** May be changed at any time. */
  bodyBytesMax: number;
  /** Size of the record written last. */
  size = 0;
  /** Its sysFlag, address bits included. */
  sysFlag = 0;
  #storeTimestampAt = 0;
  #end = 0;

  constructor({ address, port }: Host, bodyBytesMax: number) {
    this.#host = Buffer.alloc(address.length + 4);
    address.copy(this.#host);
    this.#host.writeInt32BE(port, address.length);
    this.#hostFlag = address.length === 16 ? SYS_FLAG.storeHostIpv6 : 0;
    this.bodyBytesMax = bodyBytesMax;
  }

  /** An upper bound of the record's size: an escape only shrinks. */
  boundOf(input: Append): number {
    return (
      FIXED_BYTES_MAX +
      TOPIC_BYTES_MAX +
      (input.bodyEnd - input.bodyStart) +
      (input.propertiesEnd - input.propertiesStart) +
      input.extraProperties.length +
      (input.missingUniqueKeyEnd - input.missingUniqueKeyStart)
    );
  }

  /** Encodes at the end of `chunk`, which has room for `boundOf`. Moves nothing but `this`. */
  write(input: Append, topic: StoredTopic, chunk: Chunk): AppendStatus {
    const bodyBytes = input.bodyEnd - input.bodyStart;
    if (bodyBytes > this.bodyBytesMax) return 'bodyTooLarge';
    const topicBytes = topic.nameBytes.length;
    if (topicBytes > TOPIC_BYTES_MAX) return 'topicTooLong';
    const { buffer, view } = chunk;
    const start = chunk.used;
    this.sysFlag =
      (input.sysFlag & ~(SYS_FLAG.bornHostIpv6 | SYS_FLAG.storeHostIpv6)) |
      (input.bornAddress6 === undefined ? 0 : SYS_FLAG.bornHostIpv6) |
      this.#hostFlag;

    const bodyAt = this.#writeHosts(input, chunk, start) + BEFORE_BODY_BYTES;
    view.setInt32(bodyAt - 16, input.reconsumeTimes);
    writeInt64(view, bodyAt - 12, input.preparedTransactionOffset);
    view.setInt32(bodyAt - 4, bodyBytes);
    const bodyEnd = bodyAt + bodyBytes;
    const crc = copyBody(input, chunk.buffer, bodyAt);

    const isLong = topicBytes > TOPIC_BYTES_MAX_V1;
    let at = bodyEnd;
    if (isLong) buffer[at++] = topicBytes >> 8;
    buffer[at++] = topicBytes;
    copy(topic.nameBytes, 0, topicBytes, buffer, at);
    at += topicBytes;
    const status = this.#writeProperties(input, chunk, at);
    if (status !== 'stored') return status;

    const size = this.#end - start;
    if (size > this.bodyBytesMax + BESIDES_BODY_BYTES_MAX) return 'recordTooLarge';
    view.setInt32(start, size);
    view.setInt32(start + RECORD.magic, isLong ? MAGIC_V2 : MAGIC_V1);
    view.setInt32(start + RECORD.bodyCrc, crc);
    view.setInt32(start + RECORD.queueId, input.queueId);
    view.setInt32(start + RECORD.flag, input.flag);
    view.setInt32(start + RECORD.sysFlag, this.sysFlag);
    writeInt64(view, start + RECORD.bornTimestamp, input.bornTimestamp);
    this.size = size;
    return 'stored';
  }

  /** Fills in what is assigned when the record gets its place. */
  stamp(chunk: Chunk, queueOffset: number, storeTimestamp: number): void {
    const { view, used } = chunk;
    writeInt64(view, used + RECORD.queueOffset, queueOffset);
    writeInt64(view, used + RECORD.logOffset, chunk.start + used);
    writeInt64(view, this.#storeTimestampAt, storeTimestamp);
  }

  /** Both hosts; returns the position behind them. */
  #writeHosts(input: Append, { buffer, view }: Chunk, start: number): number {
    let at = start + RECORD.bornHost;
    if (input.bornAddress6 === undefined) {
      view.setInt32(at, input.bornAddress4);
      at += HOST_BYTES_4;
    } else {
      input.bornAddress6.copy(buffer, at);
      at += HOST_BYTES_6;
    }
    view.setInt32(at - 4, input.bornPort);
    this.#storeTimestampAt = at;
    at += 8;
    copy(this.#host, 0, this.#host.length, buffer, at);
    return at + this.#host.length;
  }

  /** Length and properties at `at`; notes where the record ends. */
  #writeProperties(input: Append, chunk: Chunk, at: number): AppendStatus {
    const { buffer, view } = chunk;
    const start = at + 2;
    const { walk } = this;
    let end = this.#copyProperties(input, chunk, start);
    const extra = input.extraProperties;
    if (extra.length > 0) {
      end = closed(buffer, start, end);
      copy(extra, 0, extra.length, buffer, end);
      if (input.extraIsWalked) walk.goOn(buffer, end, end + extra.length, input.reserved);
      end += extra.length;
    }
    if (walk.isReserved) return 'reserved';
    const isUnnamed = walk.uniqueKeyEnd === walk.uniqueKeyStart;
    if (isUnnamed && input.missingUniqueKeyEnd > input.missingUniqueKeyStart) {
      end = this.#addUniqueKey(input, buffer, closed(buffer, start, end));
    }
    if (end - start > PROPERTIES_BYTES_MAX) return 'propertiesTooLarge';
    view.setInt16(at, end - start);
    this.#end = end;
    return 'stored';
  }

  /** What the message brings, to `at`, and walks it; returns where it ends. */
  #copyProperties(input: Append, chunk: Chunk, at: number): number {
    const { buffer } = chunk;
    const { properties, propertiesStart, propertiesEnd, reserved } = input;
    const { walk } = this;
    let end = at + propertiesEnd - propertiesStart;
    if (input.arePropertiesEscaped) {
      end = walk.copyUnescaped(chunk, at, properties, propertiesStart, propertiesEnd, reserved);
      if (end >= 0) return end;
      end = copyUnescaped(buffer, at, properties, propertiesStart, propertiesEnd);
    } else {
      copy(properties, propertiesStart, propertiesEnd, buffer, at);
    }
    walk.run(buffer, at, end, reserved);
    return end;
  }

  #addUniqueKey(input: Append, buffer: Buffer, at: number): number {
    const value = at + UNIQUE_KEY_NAME.length;
    const bytes = input.missingUniqueKeyEnd - input.missingUniqueKeyStart;
    copy(UNIQUE_KEY_NAME, 0, UNIQUE_KEY_NAME.length, buffer, at);
    copy(
      input.missingUniqueKey,
      input.missingUniqueKeyStart,
      input.missingUniqueKeyEnd,
      buffer,
      value,
    );
    buffer[value + bytes] = VALUE_END;
    this.walk.uniqueKeyStart = value;
    this.walk.uniqueKeyEnd = value + bytes;
    return value + bytes + 1;
  }
}

/** Where the next property may begin: behind a 0x02, which is added when it is missing. */
function closed(buffer: Buffer, start: number, end: number): number {
  if (end === start || buffer[end - 1] === VALUE_END) return end;
  buffer[end] = VALUE_END;
  return end + 1;
}

/** Copies the body; returns its checksum. A view costs as much as a small copy: one serves both. */
function copyBody({ body, bodyStart, bodyEnd }: Append, into: Buffer, at: number): number {
  if (bodyEnd - bodyStart <= LOOP_COPY_BYTES) {
    copy(body, bodyStart, bodyEnd, into, at);
    return crc32(body, bodyStart, bodyEnd);
  }
  const view = body.subarray(bodyStart, bodyEnd);
  into.set(view, at);
  return crc32(view, 0, view.length);
}

// oxlint-disable-next-line eslint/max-params -- the shape of memcpy; an object would be allocated
function copy(from: Buffer, start: number, end: number, into: Buffer, at: number): void {
  if (end - start > LOOP_COPY_BYTES) {
    from.copy(into, at, start, end);
    return;
  }
  for (let position = start, to = at; position < end; position++, to++) {
    into[to] = from[position] as number;
  }
}
