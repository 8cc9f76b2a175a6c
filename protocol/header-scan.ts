/**
 * The hot path's reader of frames: finds where everything is and makes no strings, no objects.
 *
 * It is the clever twin of `decodeCommand`. Either `scan` says true, and then every number and span
 * is what `decodeCommand` would have read; or it says false, and `decodeCommand` must decide: the
 * frame is malformed, or it has a shape that is too rare to be quick about (numbers as text, nested
 * values, escaped keys, very many fields). A property test holds the two together.
 *
 * One scan is reused for all frames: what it found is true until the next call, and its positions
 * are those of the scanned buffer. In a JSON frame a value may contain escapes (`escaped`);
 * `copyUnescaped` writes its text. In a binary frame values are the bytes as sent.
 */
import type { Serialization } from './command.ts';
import { HeaderMemo } from './header-memo.ts';
import { scanJsonHeader } from './header-scan-json.ts';
import { LastView } from './last-view.ts';
import { SCANNED_FIELDS_MAX, ScannedFields } from './scanned-fields.ts';

/** Prefix of a frame and the fixed part of a binary header up to the remark. */
const PREFIX_BYTES = 8;
const BINARY_FIXED_BYTES = 21;

export class HeaderScan extends ScannedFields {
  serialization: Serialization = 'JSON';
  code = 0;
  language = 0;
  version = 0;
  opaque = 0;
  flag = 0;
  bodyStart = 0;
  bodyEnd = 0;
  /** Where the digits of a JSON header's `opaque` are; for `HeaderMemo` alone. */
  opaqueStart = 0;
  opaqueEnd = 0;
  readonly #memo = new HeaderMemo();
  readonly #views = new LastView();

  /** Reads the frame at [frameStart, frameEnd), its length word included. */
  scan(buffer: Buffer, frameStart: number, frameEnd: number): boolean {
    const headerStart = frameStart + PREFIX_BYTES;
    if (headerStart > frameEnd || int32(buffer, frameStart) !== frameEnd - frameStart - 4) {
      return false;
    }
    const word = int32(buffer, frameStart + 4);
    const headerEnd = headerStart + (word & 0xff_ffff);
    if (headerEnd > frameEnd) return false;
    this.bodyStart = headerEnd;
    this.bodyEnd = frameEnd;
    const type = word >>> 24;
    if (type === 0) return this.#scanJson(buffer, headerStart, headerEnd);
    this.#memo.forget();
    this.clear();
    this.serialization = 'ROCKETMQ';
    return type === 1 && this.#scanBinary(buffer, headerStart, headerEnd);
  }

  #scanJson(b: Buffer, start: number, end: number): boolean {
    const memo = this.#memo;
    const view = this.#views.of(b);
    if (memo.knows(view, start, end)) {
      this.opaque = memo.opaque;
      this.origin = start - memo.start;
      return true;
    }
    memo.forget();
    this.clear();
    this.serialization = 'JSON';
    if (!scanJsonHeader(this, b, start, end)) return false;
    memo.consider(this, view, start, end);
    return true;
  }

  #scanBinary(b: Buffer, start: number, end: number): boolean {
    if (end - start < BINARY_FIXED_BYTES) return false;
    this.code = int16(b, start);
    this.language = ((b[start + 2] as number) << 24) >> 24;
    this.version = int16(b, start + 3);
    this.opaque = int32(b, start + 5);
    this.flag = int32(b, start + 9);
    const remarkBytes = int32(b, start + 13);
    if (remarkBytes < 0 || remarkBytes > end - start - BINARY_FIXED_BYTES) return false;
    const fieldsAt = start + 17 + remarkBytes;
    const fieldsBytes = int32(b, fieldsAt);
    if (fieldsBytes < 0 || fieldsBytes > end - fieldsAt - 4) return false;
    return this.#scanBinaryFields(b, fieldsAt + 4, fieldsAt + 4 + fieldsBytes);
  }

  #scanBinaryFields(b: Buffer, start: number, end: number): boolean {
    const { keyStarts, keyEnds, valueStarts, valueEnds, escaped } = this;
    let index = 0;
    let p = start;
    while (p < end) {
      if (end - p < 6 || index === SCANNED_FIELDS_MAX) return false;
      const keyStart = p + 2;
      const keyBytes = int16(b, p);
      if (keyBytes < 0 || keyBytes > end - keyStart - 4) return false;
      const valueStart = keyStart + keyBytes + 4;
      const valueBytes = int32(b, valueStart - 4);
      if (valueBytes < 0 || valueBytes > end - valueStart) return false;
      p = valueStart + valueBytes;
      keyStarts[index] = keyStart;
      keyEnds[index] = valueStart - 4;
      valueStarts[index] = valueStart;
      valueEnds[index] = p;
      escaped[index] = 0;
      if (keyBytes === 1) this.letters[(b[keyStart] as number) & 127] = this.base + index;
      index++;
    }
    this.fieldCount = index;
    return true;
  }
}

function int16(b: Buffer, p: number): number {
  return (((b[p] as number) << 24) >> 16) | (b[p + 1] as number);
}

function int32(b: Buffer, p: number): number {
  return (
    ((b[p] as number) << 24) |
    ((b[p + 1] as number) << 16) |
    ((b[p + 2] as number) << 8) |
    (b[p + 3] as number)
  );
}
