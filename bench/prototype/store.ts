/** The record in place, the queue entry, the index entries: what a send leaves on disk. */
import { crc32 } from 'node:zlib';
import type { LogFile, Outside } from './outside.ts';

const STAGING_BYTES = 4 << 20;
const LOG_BYTES = 2 ** 30;
const ENTRY_BYTES = 20;
const MAGIC = -626_843_481;
const LOOPBACK = 0x7f000001;

export interface Queue {
  offset: number;
  readonly entries: Buffer;
  used: number;
  written: number;
  readonly file: LogFile;
}

export interface Message {
  queueId: number;
  bornMs: number;
  storedMs: number;
  topic: Buffer;
  bytes: Buffer;
  bodyStart: number;
  bodyEnd: number;
  propertiesStart: number;
  propertiesEnd: number;
  isEscaped: boolean;
}

export class Store {
  readonly #staging = Buffer.allocUnsafeSlow(STAGING_BYTES);
  readonly #log: LogFile;
  readonly #dirty = new Set<Queue>();
  readonly #index = new Int32Array(5 << 20);
  readonly #slots = new Int32Array(1 << 20);
  readonly #outside: Outside;
  readonly #folder: string;
  #staged = 0;
  #written = 0;
  #indexed = 0;
  #unsynced = false;
  #tagsCode = 0;

  constructor(outside: Outside, folder: string) {
    this.#outside = outside;
    this.#folder = folder;
    this.#log = outside.open(folder, 'log');
    outside.every(20, () => this.#writeQueues());
    let syncing = false;
    outside.every(10, () => {
      if (syncing || !this.#unsynced) return;
      syncing = true;
      this.#unsynced = false;
      this.#log.sync(() => {
        syncing = false;
      });
    });
  }

  queue(id: number): Queue {
    const entries = Buffer.allocUnsafeSlow(ENTRY_BYTES * 4096);
    const file = this.#outside.open(this.#folder, `queue-${id}`);
    return { offset: 0, entries, used: 0, written: 0, file };
  }

  /** Returns the place of the record in the log. */
  append(message: Message, queue: Queue, topicHash: number): number {
    const { bodyStart, bodyEnd, propertiesStart, propertiesEnd } = message;
    const room = 91 + bodyEnd - bodyStart + message.topic.length + propertiesEnd - propertiesStart;
    if (this.#staged + room > STAGING_BYTES) this.write();
    const start = this.#staged;
    const end = this.#encode(message, queue.offset, start);
    const logOffset = this.#written + start;
    const properties = start + 91 + bodyEnd - bodyStart + message.topic.length;
    this.#walkProperties(properties, end, topicHash, logOffset);
    this.#enter(queue, logOffset, end - start);
    this.#staged = end;
    return logOffset;
  }

  /** One write for everything that came in this turn. */
  write(): void {
    if (this.#staged === 0) return;
    this.#log.write(this.#staging.subarray(0, this.#staged), this.#written % LOG_BYTES);
    this.#written += this.#staged;
    this.#staged = 0;
    this.#unsynced = true;
  }

  #encode(message: Message, queueOffset: number, start: number): number {
    const { topic, bytes, bodyStart, bodyEnd } = message;
    const to = this.#staging;
    let at = start + 88;
    at += bytes.copy(to, at, bodyStart, bodyEnd);
    to[at++] = topic.length;
    for (let i = 0; i < topic.length; i++) to[at++] = topic[i] ?? 0;
    const properties = at;
    at = copyProperties(message, to, at + 2);
    to.writeInt16BE(at - properties - 2, properties);
    to.writeInt32BE(at - start, start);
    to.writeInt32BE(MAGIC, start + 4);
    const crc = crc32(to.subarray(start + 88, start + 88 + bodyEnd - bodyStart));
    to.writeInt32BE(crc & 0x7fffffff, start + 8);
    to.writeInt32BE(message.queueId, start + 12);
    to.writeInt32BE(0, start + 16);
    long(to, start + 20, queueOffset);
    long(to, start + 28, this.#written + start);
    to.writeInt32BE(0, start + 36);
    long(to, start + 40, message.bornMs);
    long(to, start + 48, LOOPBACK * 2 ** 32 + 40_000);
    long(to, start + 56, message.storedMs);
    long(to, start + 64, LOOPBACK * 2 ** 32 + 10_911);
    to.writeInt32BE(0, start + 72);
    long(to, start + 76, 0);
    to.writeInt32BE(bodyEnd - bodyStart, start + 84);
    return at;
  }

  /** `KEY 1 value 2 KEY 1 value 2 ...`: the tag's hash, and an index entry for each kind of key. */
  #walkProperties(start: number, end: number, topicHash: number, logOffset: number): void {
    const from = this.#staging;
    this.#tagsCode = 0;
    for (let at = start; at < end; at++) {
      const letter = from[at];
      const value = from.indexOf(1, at) + 1;
      const nameBytes = value - at - 1;
      const isTags = letter === 0x54 && nameBytes === 4;
      const isKey = (letter === 0x4b && nameBytes === 4) || (letter === 0x55 && nameBytes === 8);
      let hash = isKey ? topicHash : 0;
      for (at = value; at < end && from[at] !== 2; at++) hash = (hash * 31 + (from[at] ?? 0)) | 0;
      if (isTags) this.#tagsCode = hash;
      else if (isKey) this.#enterIndex(Math.abs(hash), logOffset);
    }
  }

  #enterIndex(hash: number, logOffset: number): void {
    const slot = hash & 0xfffff;
    const entry = (this.#indexed++ & 0xfffff) * 5;
    this.#index[entry] = hash;
    this.#index[entry + 1] = Math.floor(logOffset / 2 ** 32);
    this.#index[entry + 2] = logOffset | 0;
    this.#index[entry + 4] = this.#slots[slot] ?? 0;
    this.#slots[slot] = this.#indexed;
  }

  #enter(queue: Queue, logOffset: number, bytes: number): void {
    const at = queue.used;
    long(queue.entries, at, logOffset);
    queue.entries.writeInt32BE(bytes, at + 8);
    queue.entries.writeInt32BE(this.#tagsCode >> 31, at + 12);
    queue.entries.writeInt32BE(this.#tagsCode, at + 16);
    queue.used += ENTRY_BYTES;
    queue.offset++;
    this.#dirty.add(queue);
    if (queue.used === queue.entries.length) writeQueue(queue);
  }

  #writeQueues(): void {
    for (const queue of this.#dirty) writeQueue(queue);
    this.#dirty.clear();
  }
}

function writeQueue(queue: Queue): void {
  queue.file.write(queue.entries.subarray(0, queue.used), queue.written);
  queue.written += queue.used;
  queue.used = 0;
}

/** Copies properties; in JSON the separators are written as \u0001 and \u0002. */
function copyProperties(message: Message, to: Buffer, start: number): number {
  const { bytes, propertiesStart, propertiesEnd } = message;
  if (!message.isEscaped) return start + bytes.copy(to, start, propertiesStart, propertiesEnd);
  let at = start;
  for (let i = propertiesStart; i < propertiesEnd; i++) {
    let byte = bytes[i] ?? 0;
    if (byte === 0x5c && bytes[i + 1] === 0x75) {
      byte = (bytes[i + 5] ?? 0) - 0x30;
      i += 5;
    }
    to[at++] = byte;
  }
  return at;
}

function long(to: Buffer, at: number, value: number): void {
  to.writeInt32BE(Math.floor(value / 2 ** 32) | 0, at);
  to.writeInt32BE(value | 0, at + 4);
}
