/**
 * Sends that are stored and not yet answered, in log order: each waits until a watermark (bytes
 * written, or synced, or one day held by replicas) has passed the end of its record.
 *
 * Invariant: entries leave in the order they came, each exactly once: answered, answered late
 * (stored, but the disk took too long), or refused because the log lost the record. The ring does
 * not grow: when it `isFull` the send is refused as busy before anything is stored.
 */
import {
  ANSWER_FLAG,
  type Command,
  JAVA,
  NO_BODY,
  NO_FIELDS,
  responseCodes,
  VERSION,
} from '../../protocol/mod.ts';
import type { ServerConnection } from '../../remoting/mod.ts';
import { assert } from '../../runtime/mod.ts';
import { ANSWER_BYTES_MAX, KEY_BYTES_MAX, type SendAnswer, type Sent } from './send-answer.ts';

/** What of a connection an answer needs. */
export type Answered = Pick<
  ServerConnection,
  'closed' | 'reserve' | 'output' | 'outputEnd' | 'send'
>;

/** An answer that the baked pieces cannot give: a batch, a long or unusual key. */
export interface SpecialAnswer {
  readonly fields: Readonly<Record<string, string>>;
}

/** One send as it enters. A single object serves all pushes: nothing is made per message. */
export interface Stored extends Sent {
  connection: Answered | undefined;
  isBinary: boolean;
  /** Where the record ends in the log. */
  logEnd: number;
  special: SpecialAnswer | undefined;
}

export class Acknowledgements {
  readonly #answer: SendAnswer;
  readonly #mask: number;
  readonly #connections: (Answered | undefined)[];
  readonly #specials: (SpecialAnswer | undefined)[];
  /** Four numbers an entry: log offset, log end, queue offset, time of entry. */
  readonly #numbers: Float64Array;
  /** Four an entry: opaque, queue id, 1 for binary, bytes of the key. */
  readonly #ints: Int32Array;
  readonly #keys: Buffer;
  readonly #sent: Sent;
  #head = 0;
  #tail = 0;

  /** `capacity` is a power of two. */
  constructor(answer: SendAnswer, capacity: number) {
    assert((capacity & (capacity - 1)) === 0, 'a capacity that is a power of two');
    this.#answer = answer;
    this.#mask = capacity - 1;
    this.#connections = Array<Answered | undefined>(capacity).fill(undefined);
    this.#specials = Array<SpecialAnswer | undefined>(capacity).fill(undefined);
    this.#numbers = new Float64Array(4 * capacity);
    this.#ints = new Int32Array(4 * capacity);
    this.#keys = Buffer.alloc(KEY_BYTES_MAX * capacity);
    this.#sent = {
      opaque: 0,
      queueId: 0,
      queueOffset: 0,
      logOffset: 0,
      keys: this.#keys,
      keyStart: 0,
      keyBytes: 0,
    };
  }

  get waiting(): number {
    return this.#tail - this.#head;
  }

  get isFull(): boolean {
    return this.#tail - this.#head > this.#mask;
  }

  /** Takes a copy of `stored`. Its record ends after those of all entries before it. */
  push(stored: Stored, nowMs: number): void {
    const slot = this.#tail & this.#mask;
    const numbers = 4 * slot;
    const keyTo = KEY_BYTES_MAX * slot;
    this.#connections[slot] = stored.connection;
    this.#specials[slot] = stored.special;
    this.#numbers[numbers] = stored.logOffset;
    this.#numbers[numbers + 1] = stored.logEnd;
    this.#numbers[numbers + 2] = stored.queueOffset;
    this.#numbers[numbers + 3] = nowMs;
    this.#ints[numbers] = stored.opaque;
    this.#ints[numbers + 1] = stored.queueId;
    this.#ints[numbers + 2] = stored.isBinary ? 1 : 0;
    this.#ints[numbers + 3] = stored.keyBytes;
    const { keys, keyStart, keyBytes } = stored;
    for (let at = 0; at < keyBytes; at++) {
      this.#keys[keyTo + at] = keys[keyStart + at] as number;
    }
    this.#tail++;
  }

  /** Answers every send whose record ends at or before `watermark`. */
  release(watermark: number): void {
    while (this.#head < this.#tail) {
      const slot = this.#head & this.#mask;
      if ((this.#numbers[4 * slot + 1] ?? 0) > watermark) return;
      this.#head++;
      this.#accept(slot);
    }
  }

  /** Refuses every send whose record the log no longer has: those at or after `logOffset`. */
  refuse(logOffset: number, remark: string): void {
    // Lost records are the newest ones; those before them stay, still in order.
    let kept = this.#tail;
    while (kept > this.#head && (this.#numbers[4 * ((kept - 1) & this.#mask)] ?? 0) >= logOffset) {
      kept--;
    }
    for (let entry = kept; entry < this.#tail; entry++) {
      this.#send(entry & this.#mask, {
        code: responseCodes.SERVICE_NOT_AVAILABLE,
        remark,
        fields: NO_FIELDS,
      });
    }
    this.#tail = kept;
  }

  /** Answers those that entered before `sinceMs` as stored but not on disk in time. */
  expire(sinceMs: number): void {
    while (this.#head < this.#tail) {
      const slot = this.#head & this.#mask;
      if ((this.#numbers[4 * slot + 3] ?? 0) >= sinceMs) return;
      this.#head++;
      this.#load(slot);
      const fields = this.#specials[slot]?.fields ?? this.#answer.fields(this.#sent);
      this.#send(slot, { code: responseCodes.FLUSH_DISK_TIMEOUT, fields });
    }
  }

  #accept(slot: number): void {
    const special = this.#specials[slot];
    if (special !== undefined) {
      this.#send(slot, { code: responseCodes.SUCCESS, fields: special.fields });
      return;
    }
    const connection = this.#leave(slot);
    if (connection.closed) return;
    this.#load(slot);
    const at = connection.reserve(ANSWER_BYTES_MAX);
    const isBinary = this.#ints[4 * slot + 2] === 1;
    connection.outputEnd = this.#answer.encode(connection.output, at, this.#sent, isBinary);
  }

  /** The rare answers: by the general encoder. */
  #send(slot: number, outcome: Pick<Command, 'code' | 'remark' | 'fields'>): void {
    const connection = this.#leave(slot);
    connection.send({
      ...outcome,
      language: JAVA,
      version: VERSION,
      opaque: this.#ints[4 * slot] ?? 0,
      flag: ANSWER_FLAG,
      body: NO_BODY,
      serialization: this.#ints[4 * slot + 2] === 1 ? 'ROCKETMQ' : 'JSON',
    });
  }

  #leave(slot: number): Answered {
    const connection = this.#connections[slot];
    assert(connection !== undefined, 'an entry to have a connection and to leave once');
    this.#connections[slot] = undefined;
    this.#specials[slot] = undefined;
    return connection;
  }

  #load(slot: number): void {
    const sent = this.#sent;
    const at = 4 * slot;
    sent.logOffset = this.#numbers[at] ?? 0;
    sent.queueOffset = this.#numbers[at + 2] ?? 0;
    sent.opaque = this.#ints[at] ?? 0;
    sent.queueId = this.#ints[at + 1] ?? 0;
    sent.keyStart = KEY_BYTES_MAX * slot;
    sent.keyBytes = this.#ints[at + 3] ?? 0;
  }
}
