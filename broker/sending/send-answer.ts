/**
 * The answer to a stored message, encoded from pieces that were made once: only digits, the log
 * offset and the unique key differ from one to the next. Same bytes as `encodeCommand` would give.
 */
import { ANSWER_FLAG, JAVA, responseCodes, VERSION, type WireFields } from '../../protocol/mod.ts';

/** Longest unique key that an answer made here can carry; others take the general encoder. */
export const KEY_BYTES_MAX = 64;
/** No answer made here is longer. */
export const ANSWER_BYTES_MAX = 640;

export interface SendAnswerParts {
  /** Address and port of this broker, 8 or 20 bytes: the beginning of every message id. */
  readonly storeHost: Buffer;
  readonly region: string;
  readonly traceOn: boolean;
}

const HEX = Buffer.from('0123456789ABCDEF');
const OPAQUE_AT = 13;
const FIELDS_LENGTH_AT = 25;

export class SendAnswer {
  readonly #jsonStart: Buffer;
  readonly #jsonQueue = Buffer.from('","queueId":"');
  readonly #jsonOffset = Buffer.from('","queueOffset":"');
  readonly #jsonKey = Buffer.from('","transactionId":"');
  readonly #jsonOpaque = Buffer.from(`"},"flag":${ANSWER_FLAG},"language":"JAVA","opaque":`);
  readonly #jsonEnd = Buffer.from(`,"serializeTypeCurrentRPC":"JSON","version":${VERSION}}`);
  readonly #binaryStart: Buffer;
  readonly #binaryQueue = field('queueId', '');
  readonly #binaryOffset = field('queueOffset', '');
  readonly #binaryKey = field('transactionId', '');
  readonly #binaryEnd: Buffer;
  readonly #host: string;
  readonly #common: WireFields;

  constructor({ storeHost, region, traceOn }: SendAnswerParts) {
    const host = storeHost.toString('hex').toUpperCase();
    this.#host = host;
    this.#common = { MSG_REGION: region, TRACE_ON: String(traceOn) };
    this.#jsonStart = Buffer.from(
      `{"code":0,"extFields":{"MSG_REGION":${JSON.stringify(region)},"TRACE_ON":"${traceOn}","msgId":"${host}`,
    );
    const fixed = Buffer.alloc(21);
    fixed.writeInt16BE(responseCodes.SUCCESS, 0);
    fixed[2] = JAVA;
    fixed.writeInt16BE(VERSION, 3);
    fixed.writeInt32BE(ANSWER_FLAG, 9);
    const id = field('msgId', host);
    id.writeInt32BE(host.length + 16, 2 + 'msgId'.length);
    this.#binaryStart = Buffer.concat([fixed, id]);
    this.#binaryEnd = Buffer.concat([
      field('TRACE_ON', String(traceOn)),
      field('MSG_REGION', region),
    ]);
  }

  /** The fields of the answer, for the general encoder. */
  fields({ logOffset, queueId, queueOffset, keys, keyStart, keyBytes }: Sent): WireFields {
    return {
      ...this.#common,
      msgId: this.messageId(logOffset),
      queueId: String(queueId),
      queueOffset: String(queueOffset),
      transactionId: keys.toString('utf8', keyStart, keyStart + keyBytes),
    };
  }

  /** The fields of the answer to a batch: the ids of all its messages, the offset of the first. */
  batchFields({ ids, queueId, firstOffset, key }: SentBatch): WireFields {
    return {
      ...this.#common,
      msgId: ids.join(','),
      queueId: String(queueId),
      queueOffset: String(firstOffset),
      ...(key !== undefined && { transactionId: key }),
    };
  }

  /** What clients call a stored message: this broker and the place in its log. */
  messageId(logOffset: number): string {
    return `${this.#host}${logOffset.toString(16).toUpperCase().padStart(16, '0')}`;
  }

  /** Encodes a whole frame at `at`, where `ANSWER_BYTES_MAX` are free; returns its end. */
  encode(output: Buffer, at: number, sent: Sent, isBinary: boolean): number {
    const end = isBinary
      ? this.#encodeBinary(output, at + 8, sent)
      : this.#encodeJson(output, at + 8, sent);
    putInt32(output, at, end - at - 4);
    putInt32(output, at + 4, end - at - 8);
    if (isBinary) output[at + 4] = 1;
    return end;
  }

  #encodeJson(output: Buffer, start: number, sent: Sent): number {
    let at = put(output, start, this.#jsonStart);
    at = putHex16(output, at, sent.logOffset);
    at = put(output, at, this.#jsonQueue);
    at = putDecimal(output, at, sent.queueId);
    at = put(output, at, this.#jsonOffset);
    at = putDecimal(output, at, sent.queueOffset);
    at = put(output, at, this.#jsonKey);
    at = putSpan(output, at, sent);
    at = put(output, at, this.#jsonOpaque);
    at = putDecimal(output, at, sent.opaque);
    return put(output, at, this.#jsonEnd);
  }

  #encodeBinary(output: Buffer, start: number, sent: Sent): number {
    const frame = start - 8;
    let at = put(output, start, this.#binaryStart);
    putInt32(output, frame + OPAQUE_AT, sent.opaque);
    at = putHex16(output, at, sent.logOffset);
    let from = put(output, at, this.#binaryQueue);
    at = putDecimal(output, from, sent.queueId);
    putInt32(output, from - 4, at - from);
    from = put(output, at, this.#binaryOffset);
    at = putDecimal(output, from, sent.queueOffset);
    putInt32(output, from - 4, at - from);
    from = put(output, at, this.#binaryKey);
    at = putSpan(output, from, sent);
    putInt32(output, from - 4, at - from);
    at = put(output, at, this.#binaryEnd);
    putInt32(output, frame + FIELDS_LENGTH_AT, at - frame - FIELDS_LENGTH_AT - 4);
    return at;
  }
}

/** What differs between two answers. The key is `keys[keyStart, keyStart + keyBytes)`. */
export interface Sent {
  opaque: number;
  queueId: number;
  queueOffset: number;
  logOffset: number;
  keys: Buffer;
  keyStart: number;
  keyBytes: number;
}

export interface SentBatch {
  readonly ids: readonly string[];
  readonly queueId: number;
  readonly firstOffset: number;
  readonly key: string | undefined;
}

/** A field of a binary header. */
function field(name: string, value: string): Buffer {
  const bytes = Buffer.alloc(2 + name.length + 4 + Buffer.byteLength(value));
  bytes.writeInt16BE(name.length, 0);
  bytes.write(name, 2);
  bytes.writeInt32BE(Buffer.byteLength(value), 2 + name.length);
  bytes.write(value, 6 + name.length);
  return bytes;
}

/** Up to here a loop of byte stores beats the call into native copy. */
const LOOP_COPY_BYTES = 32;

function put(output: Buffer, at: number, piece: Buffer): number {
  const length = piece.length;
  if (length > LOOP_COPY_BYTES) {
    piece.copy(output, at);
    return at + length;
  }
  for (let index = 0; index < length; index++) output[at + index] = piece[index] as number;
  return at + length;
}

function putSpan(output: Buffer, at: number, { keys, keyStart, keyBytes }: Sent): number {
  for (let index = 0; index < keyBytes; index++) {
    output[at + index] = keys[keyStart + index] as number;
  }
  return at + keyBytes;
}

function putInt32(output: Buffer, at: number, value: number): void {
  output[at] = value >>> 24;
  output[at + 1] = value >>> 16;
  output[at + 2] = value >>> 8;
  output[at + 3] = value;
}

function putDecimal(output: Buffer, start: number, value: number): number {
  let at = start;
  let rest = value;
  if (rest < 0) {
    output[at++] = 0x2d;
    rest = -rest;
  }
  let digits = 1;
  for (let bound = 10; rest >= bound; bound *= 10) digits++;
  const end = at + digits;
  for (let to = end; to > at; ) {
    const tenth = Math.floor(rest / 10);
    output[--to] = rest - tenth * 10 + 0x30;
    rest = tenth;
  }
  return end;
}

function putHex16(output: Buffer, start: number, value: number): number {
  let at = start;
  const high = Math.floor(value / 0x1_0000_0000);
  const low = value >>> 0;
  for (let shift = 28; shift >= 0; shift -= 4) {
    output[at++] = HEX[(high >>> shift) & 15] as number;
  }
  for (let shift = 28; shift >= 0; shift -= 4) {
    output[at++] = HEX[(low >>> shift) & 15] as number;
  }
  return at;
}
