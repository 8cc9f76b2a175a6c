/**
 * Reads records out of the log's files one after the other, as recovery does: checks each and stops
 * at the first that is not whole, which is where the log ends.
 *
 * It can write what it has checked again, from the very bytes that it checked: after a sync that
 * failed, the system may show pages that it will never write, and read them differently later.
 */
import {
  crc32,
  MAGIC_BLANK,
  MAGIC_V1,
  MAGIC_V2,
  RECORD,
  RECORD_BYTES_MIN,
  viewOf,
} from '../protocol/mod.ts';
import { readInt64 } from './int64.ts';
import { bodyAt, storeTimestampAt } from './record-layout.ts';
import type { Segments } from './segments.ts';

const BLOCK_BYTES = 1024 * 1024;
/** A blank record's size and magic; nothing is behind them. */
const BLANK_BYTES = 8;

/** What a check of some bytes says; a positive answer is the size of the record there. */
const NOT_A_RECORD = 0;
const BLANK = -1;
const CUT = -2;

/** A record in a buffer that is overwritten by the next one. */
export class ScannedRecord {
  buffer: Buffer = Buffer.alloc(0);
  logOffset = 0;
  size = 0;
  queueId = 0;
  queueOffset = 0;
  sysFlag = 0;
  storeTimestamp = 0;
  topicStart = 0;
  topicEnd = 0;
  propertiesStart = 0;
  propertiesEnd = 0;

  get end(): number {
    return this.logOffset + this.size;
  }

  /**
   * Reads the record at `position` of `buffer`, of which `limit` bytes are filled, as the one that
   * belongs at `logOffset`. Answers its size, or why there is none.
   */
  read(buffer: Buffer, view: DataView, position: number, limit: number): number {
    if (position + RECORD_BYTES_MIN > limit) {
      return this.#isBlank(view, position, limit) ? BLANK : CUT;
    }
    const size = view.getInt32(position);
    const magic = view.getInt32(position + RECORD.magic);
    if (magic === MAGIC_BLANK) return BLANK;
    if ((magic !== MAGIC_V1 && magic !== MAGIC_V2) || size < RECORD_BYTES_MIN) return NOT_A_RECORD;
    if (position + size > limit) return CUT;
    this.buffer = buffer;
    this.size = size;
    this.queueId = view.getInt32(position + RECORD.queueId);
    this.queueOffset = readInt64(view, position + RECORD.queueOffset);
    this.sysFlag = view.getInt32(position + RECORD.sysFlag);
    this.logOffset = readInt64(view, position + RECORD.logOffset);
    this.storeTimestamp = readInt64(view, position + storeTimestampAt(this.sysFlag));
    const bodyStart = position + bodyAt(this.sysFlag);
    const bodyEnd = bodyStart + view.getInt32(bodyStart - 4);
    const end = position + size;
    if (bodyEnd < bodyStart || bodyEnd + 3 > end) return NOT_A_RECORD;
    if (!this.#findParts(view, bodyEnd, end, magic)) return NOT_A_RECORD;
    const crc = view.getInt32(position + RECORD.bodyCrc);
    return crc32(buffer, bodyStart, bodyEnd) === crc ? size : NOT_A_RECORD;
  }

  #isBlank(view: DataView, position: number, limit: number): boolean {
    return (
      position + BLANK_BYTES <= limit && view.getInt32(position + RECORD.magic) === MAGIC_BLANK
    );
  }

  #findParts(view: DataView, bodyEnd: number, end: number, magic: number): boolean {
    const isLong = magic === MAGIC_V2;
    const topicBytes = isLong ? view.getInt16(bodyEnd) : view.getInt8(bodyEnd);
    this.topicStart = bodyEnd + (isLong ? 2 : 1);
    this.topicEnd = this.topicStart + topicBytes;
    if (topicBytes < 0 || this.topicEnd + 2 > end) return false;
    this.propertiesStart = this.topicEnd + 2;
    this.propertiesEnd = this.propertiesStart + view.getInt16(this.topicEnd);
    return this.propertiesEnd === end;
  }
}

export class LogScan {
  readonly #segments: Segments;
  readonly #record = new ScannedRecord();
  #buffer: Buffer = Buffer.allocUnsafeSlow(BLOCK_BYTES);
  #view: DataView = viewOf(this.#buffer);
  /** Log offset of the buffer's first byte, and how many bytes there are. */
  #start = 0;
  #filled = 0;
  /** What of the buffer is whole and not yet written again: from the one to the other. */
  #rewriteFrom = Number.POSITIVE_INFINITY;
  #checkedEnd = 0;

  constructor(segments: Segments) {
    this.#segments = segments;
  }

  /**
   * Visits the records from `start` on; returns where the last whole one ends. What is whole at
   * `rewriteFrom` and behind it is written again, a block at a time, and is not synced.
   */
  run(
    start: number,
    visit: (record: ScannedRecord) => void,
    rewriteFrom = Number.POSITIVE_INFINITY,
  ): number {
    this.#rewriteFrom = rewriteFrom;
    this.#checkedEnd = start;
    const end = this.#visitAll(start, visit);
    this.#rewrite();
    return end;
  }

  #visitAll(start: number, visit: (record: ScannedRecord) => void): number {
    let end = start;
    for (;;) {
      const size = this.#recordAt(end);
      if (size > 0) {
        visit(this.#record);
        end += size;
        this.#checkedEnd = end;
        continue;
      }
      if (size !== BLANK) return end;
      const next = this.#segments.startFor(end) + this.#segments.fileBytes;
      if (!this.#segments.has(next)) return end;
      this.#checkedEnd = end + BLANK_BYTES;
      end = next;
    }
  }

  /** The record at `offset`, undefined when none is there. Borrowed until the next call. */
  find(offset: number): ScannedRecord | undefined {
    this.#filled = 0;
    return this.#recordAt(offset) > 0 ? this.#record : undefined;
  }

  #recordAt(offset: number): number {
    for (let isFresh = false; ; isFresh = true) {
      const position = offset - this.#start;
      const isInside = position >= 0 && position < this.#filled;
      if (isInside) {
        const size = this.#record.read(this.#buffer, this.#view, position, this.#filled);
        if (size > 0 && this.#record.logOffset !== offset) return NOT_A_RECORD;
        if (size !== CUT) return size;
      }
      if (isFresh) return NOT_A_RECORD;
      if (!this.#fill(offset)) return NOT_A_RECORD;
    }
  }

  /** Reads a block from `offset`, or what the record there needs, never past its file. */
  #fill(offset: number): boolean {
    const { fileBytes } = this.#segments;
    if (offset < this.#segments.start || offset >= this.#segments.end) return false;
    this.#rewrite();
    const left = fileBytes - (offset % fileBytes);
    const size = this.#sizeAt(offset);
    const wanted = Math.min(left, Math.max(BLOCK_BYTES, size <= left ? size : 0));
    if (wanted > this.#buffer.length) {
      this.#buffer = Buffer.allocUnsafeSlow(wanted);
      this.#view = viewOf(this.#buffer);
    }
    this.#start = offset;
    this.#filled = this.#segments.read(this.#buffer.subarray(0, wanted), offset);
    return true;
  }

  /** Writes what was checked of this block again, before the next one takes its place. */
  #rewrite(): void {
    const from = Math.max(this.#rewriteFrom, this.#start);
    const end = Math.min(this.#checkedEnd, this.#start + this.#filled);
    if (from >= end) return;
    this.#segments.write(this.#buffer.subarray(from - this.#start, end - this.#start), from);
    this.#rewriteFrom = end;
  }

  #sizeAt(offset: number): number {
    const bytes = Buffer.alloc(4);
    return this.#segments.read(bytes, offset) === 4 ? bytes.readInt32BE(0) : 0;
  }
}
