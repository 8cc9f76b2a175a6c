/**
 * The answer to a stored message, encoded from pieces that were made once: only digits, the log
 * offset and the unique key differ from one to the next. Same bytes as `encodeCommand` would give.
 */
import {
  ANSWER_FLAG,
  JAVA,
  LastView,
  responseCodes,
  VERSION,
  type WireFields,
} from '../../protocol/mod.ts';
import { Piece, putDecimal, putHex16 } from './answer-pieces.ts';

/** Longest unique key that an answer made here can carry; others take the general encoder. */
export const KEY_BYTES_MAX = 64;
/** No answer made here is longer, with the bytes that the last `Piece` may write behind it. */
export const ANSWER_BYTES_MAX = 640;

export interface SendAnswerParts {
  /** Address and port of this broker, 8 or 20 bytes: the beginning of every message id. */
  readonly storeHost: Buffer;
  readonly region: string;
  readonly traceOn: boolean;
}

const OPAQUE_AT = 13;
const FIELDS_LENGTH_AT = 25;

export class SendAnswer {
  readonly #jsonStart: Piece;
  readonly #jsonQueue = new Piece(Buffer.from('","queueId":"'));
  readonly #jsonOffset = new Piece(Buffer.from('","queueOffset":"'));
  readonly #jsonKey = new Piece(Buffer.from('","transactionId":"'));
  readonly #jsonOpaque = new Piece(
    Buffer.from(`"},"flag":${ANSWER_FLAG},"language":"JAVA","opaque":`),
  );
  readonly #jsonEnd = new Piece(
    Buffer.from(`,"serializeTypeCurrentRPC":"JSON","version":${VERSION}}`),
  );
  readonly #binaryStart: Piece;
  readonly #binaryQueue = new Piece(field('queueId', ''));
  readonly #binaryOffset = new Piece(field('queueOffset', ''));
  readonly #binaryKey = new Piece(field('transactionId', ''));
  readonly #binaryEnd: Piece;
  readonly #outputs = new LastView();
  readonly #keys = new LastView();
  readonly #host: string;
  readonly #common: WireFields;

  constructor({ storeHost, region, traceOn }: SendAnswerParts) {
    const host = storeHost.toString('hex').toUpperCase();
    this.#host = host;
    this.#common = { MSG_REGION: region, TRACE_ON: String(traceOn) };
    const start = Buffer.from(
      `{"code":0,"extFields":{"MSG_REGION":${JSON.stringify(region)},"TRACE_ON":"${traceOn}","msgId":"${host}`,
    );
    this.#jsonStart = new Piece(start);
    const fixed = Buffer.alloc(21);
    fixed.writeInt16BE(responseCodes.SUCCESS, 0);
    fixed[2] = JAVA;
    fixed.writeInt16BE(VERSION, 3);
    fixed.writeInt32BE(ANSWER_FLAG, 9);
    const id = field('msgId', host);
    id.writeInt32BE(host.length + 16, 2 + 'msgId'.length);
    this.#binaryStart = new Piece(Buffer.concat([fixed, id]));
    this.#binaryEnd = new Piece(
      Buffer.concat([field('TRACE_ON', String(traceOn)), field('MSG_REGION', region)]),
    );
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
    const view = this.#outputs.of(output);
    const end = isBinary
      ? this.#encodeBinary(view, at + 8, sent)
      : this.#encodeJson(view, at + 8, sent);
    view.setInt32(at, end - at - 4);
    view.setInt32(at + 4, end - at - 8);
    if (isBinary) view.setInt8(at + 4, 1);
    return end;
  }

  #encodeJson(view: DataView, start: number, sent: Sent): number {
    let at = this.#jsonStart.put(view, start);
    at = putHex16(view, at, sent.logOffset);
    at = this.#jsonQueue.put(view, at);
    at = putDecimal(view, at, sent.queueId);
    at = this.#jsonOffset.put(view, at);
    at = putDecimal(view, at, sent.queueOffset);
    at = this.#jsonKey.put(view, at);
    at = this.#putKey(view, at, sent);
    at = this.#jsonOpaque.put(view, at);
    at = putDecimal(view, at, sent.opaque);
    return this.#jsonEnd.put(view, at);
  }

  #encodeBinary(view: DataView, start: number, sent: Sent): number {
    const frame = start - 8;
    let at = this.#binaryStart.put(view, start);
    view.setInt32(frame + OPAQUE_AT, sent.opaque);
    at = putHex16(view, at, sent.logOffset);
    let from = this.#binaryQueue.put(view, at);
    at = putDecimal(view, from, sent.queueId);
    view.setInt32(from - 4, at - from);
    from = this.#binaryOffset.put(view, at);
    at = putDecimal(view, from, sent.queueOffset);
    view.setInt32(from - 4, at - from);
    from = this.#binaryKey.put(view, at);
    at = this.#putKey(view, from, sent);
    view.setInt32(from - 4, at - from);
    at = this.#binaryEnd.put(view, at);
    view.setInt32(frame + FIELDS_LENGTH_AT, at - frame - FIELDS_LENGTH_AT - 4);
    return at;
  }

  #putKey(view: DataView, at: number, { keys, keyStart, keyBytes }: Sent): number {
    const source = this.#keys.of(keys);
    let done = 0;
    for (; done + 4 <= keyBytes; done += 4) {
      view.setInt32(at + done, source.getInt32(keyStart + done));
    }
    for (; done < keyBytes; done++) view.setInt8(at + done, source.getInt8(keyStart + done));
    return at + keyBytes;
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
