/**
 * The JSON half of `HeaderScan`. Positions go through return values, -1 being "not mine": the
 * complete decoder then reads the frame again. What is accepted is a part of what `JSON.parse`
 * accepts: whole numbers without leading zeros, strings with valid escapes, no nesting but
 * `extFields`, valid UTF-8.
 *
 * A position never goes back, so what reads on into the body is found out by the one check at the
 * end. Loops stop at the end of the header all the same.
 */
import { isUtf8 } from 'node:buffer';
import type { HeaderScan } from './header-scan.ts';
import { HEX_VALUES, isShortEscape } from './json-unescape.ts';
import { JAVA, languageCode, languageName } from './language.ts';
import { isAt, SCANNED_FIELDS_MAX } from './scanned-fields.ts';
import { isPlain } from './seen-bytes.ts';

const SPACE = 0x20;
const QUOTE = 0x22;
const COMMA = 0x2c;
const MINUS = 0x2d;
const ZERO = 0x30;
const COLON = 0x3a;
const BACKSLASH = 0x5c;
const LETTER_I = 0x69;
const U = 0x75;
const OPEN = 0x7b;
const CLOSE = 0x7d;

/** Whole numbers up to here are exact and print as they were written. */
const DIGITS_MAX = 15;

const NOT_MINE = -1;

/** Facts about the last string, which `stringEnd` sets. */
const ESCAPED = 1;
let stringFacts = 0;
/** 1 when a text of the header has bytes beyond ASCII. */
let headerHasMore = 0;
/** The number that `numberEnd` has read. */
let numberValue = 0;

// oxlint-disable-next-line eslint/complexity -- one loop: called in parts it takes half as long again
export function scanJsonHeader(scan: HeaderScan, b: Buffer, start: number, end: number): boolean {
  scan.code = 0;
  scan.language = JAVA;
  scan.version = 0;
  scan.opaque = 0;
  scan.opaqueStart = 0;
  scan.opaqueEnd = 0;
  scan.flag = 0;
  headerHasMore = 0;
  let p = skipSpace(b, start, end);
  if (b[p] !== OPEN) return false;
  p = skipSpace(b, p + 1, end);
  if (b[p] === CLOSE) return skipSpace(b, p + 1, end) === end;
  for (;;) {
    const member = memberAt(b, p, end);
    p = member === OTHER ? keyEndAt(b, p, end) : p + 1 + (member & NAME_BYTES);
    if (p < 0) return false;
    if (b[++p] !== COLON) p = skipSpace(b, p, end);
    if (b[p++] !== COLON) return false;
    if ((b[p] as number) <= SPACE) p = skipSpace(b, p, end);
    p = memberEnd(scan, b, member, p, end);
    if (p < 0) return false;
    if (member === EXT_FIELDS && javaRestEnd(scan, b, p, end) === end) return isText(b, start, end);
    if (b[p] !== COMMA) p = skipSpace(b, p, end);
    const separator = b[p];
    if (b[++p] !== QUOTE) p = skipSpace(b, p, end);
    if (separator === CLOSE) break;
    if (separator !== COMMA) return false;
  }
  return p === end && isText(b, start, end);
}

/** Other bytes than UTF-8 read as U+FFFD, which no span could say. */
function isText(b: Buffer, start: number, end: number): boolean {
  return headerHasMore === 0 || isUtf8(b.subarray(start, end));
}

/** What a request of a Java client goes on with after its fields, but for two numbers. */
const BEFORE_OPAQUE = Buffer.from(',"flag":0,"language":"JAVA","opaque":');
const BEFORE_VERSION = Buffer.from(',"serializeTypeCurrentRPC":"JSON","version":');

/**
 * The end of the header when it goes on like that from `p`. A shortcut for most requests of most
 * clients, which saves a fifth; when it is not taken, the loop reads all of it again.
 */
function javaRestEnd(scan: HeaderScan, b: Buffer, p: number, end: number): number {
  const opaqueAt = matchEnd(b, p, BEFORE_OPAQUE);
  if (opaqueAt < 0) return NOT_MINE;
  const opaqueEnd = numberEnd(b, opaqueAt, end);
  if (opaqueEnd < 0 || !isInt32(numberValue)) return NOT_MINE;
  const opaque = numberValue;
  const versionAt = matchEnd(b, opaqueEnd, BEFORE_VERSION);
  if (versionAt < 0) return NOT_MINE;
  const versionEnd = numberEnd(b, versionAt, end);
  if (versionEnd < 0 || !isInt32(numberValue) || b[versionEnd] !== CLOSE) return NOT_MINE;
  scan.flag = 0;
  scan.language = JAVA;
  setOpaque(scan, opaque, opaqueAt, opaqueEnd);
  scan.version = numberValue;
  return versionEnd + 1;
}

function matchEnd(b: Buffer, start: number, pattern: Buffer): number {
  const length = pattern.length;
  for (let index = 0; index < length; index++) {
    if (b[start + index] !== pattern[index]) return NOT_MINE;
  }
  return start + length;
}

/** Members: the low bits are the length of the name. */
const NAME_BYTES = 15;
const OTHER = 0;
const CODE = 4;
const FLAG = 4 | 16;
const OPAQUE = 6;
const VERSION = 7;
const LANGUAGE = 8;
const EXT_FIELDS = 9;

/** Names by their first four letters, and the last four of those that are longer. */
const CODE_WORD = word('code');
const FLAG_WORD = word('flag');
const OPAQ_WORD = word('opaq');
const AQUE_WORD = word('aque');
const VERS_WORD = word('vers');
const SION_WORD = word('sion');
const LANG_WORD = word('lang');
const UAGE_WORD = word('uage');
const EXTF_WORD = word('extF');
const ELDS_WORD = word('elds');

function word(letters: string): number {
  return Buffer.from(letters).readInt32BE(0);
}

/** The shortest member, with a key of one letter; a name of four letters is within reach. */
const SHORT_MEMBER_BYTES = 6;
/** The shortest member with a name of more than four letters, `"opaque":1}`. */
const LONG_MEMBER_BYTES = 11;

/** Which member begins at `p` with its quote: compared a word at a time, as keys are half of it. */
function memberAt(b: Buffer, p: number, end: number): number {
  if (end - p < SHORT_MEMBER_BYTES || b[p] !== QUOTE) return OTHER;
  const first = int32(b, p + 1);
  if (b[p + 5] !== QUOTE) return end - p < LONG_MEMBER_BYTES ? OTHER : longMemberAt(b, p, first);
  if (first === CODE_WORD) return CODE;
  return first === FLAG_WORD ? FLAG : OTHER;
}

function longMemberAt(b: Buffer, p: number, first: number): number {
  switch (first) {
    case OPAQ_WORD:
      return isNameEnd(b, p + 3, AQUE_WORD) ? OPAQUE : OTHER;
    case VERS_WORD:
      return isNameEnd(b, p + 4, SION_WORD) ? VERSION : OTHER;
    case LANG_WORD:
      return isNameEnd(b, p + 5, UAGE_WORD) ? LANGUAGE : OTHER;
    case EXTF_WORD:
      return b[p + 5] === LETTER_I && isNameEnd(b, p + 6, ELDS_WORD) ? EXT_FIELDS : OTHER;
    default:
      return OTHER;
  }
}

function isNameEnd(b: Buffer, p: number, letters: number): boolean {
  return int32(b, p) === letters && b[p + 4] === QUOTE;
}

function int32(b: Buffer, p: number): number {
  return (
    ((b[p] as number) << 24) |
    ((b[p + 1] as number) << 16) |
    ((b[p + 2] as number) << 8) |
    (b[p + 3] as number)
  );
}

/** The end of the value at `p` of a member of the header. */
// oxlint-disable-next-line eslint/max-params -- positions are passed on, not kept
function memberEnd(scan: HeaderScan, b: Buffer, member: number, p: number, end: number): number {
  if (member === EXT_FIELDS) return b[p] === OPEN ? fieldsEnd(scan, b, p, end) : NOT_MINE;
  if (b[p] === QUOTE) {
    const valueEnd = stringEnd(b, p + 1, end);
    if (valueEnd < 0) return NOT_MINE;
    if (member === LANGUAGE) {
      if (stringFacts !== 0) return NOT_MINE;
      scan.language = languageAt(b, p + 1, valueEnd);
    }
    return member === OTHER || member === LANGUAGE ? valueEnd + 1 : NOT_MINE;
  }
  const after = numberEnd(b, p, end);
  if (after < 0 || member === OTHER) return after;
  return setNumber(scan, member, p, after) ? after : NOT_MINE;
}

/** Takes `numberValue`, which stands at [start, end), as the member's value. */
function setNumber(scan: HeaderScan, member: number, start: number, end: number): boolean {
  if (!isInt32(numberValue)) return false;
  if (member === OPAQUE) setOpaque(scan, numberValue, start, end);
  else if (member === VERSION) scan.version = numberValue;
  else if (member === LANGUAGE) scan.language = languageCode(languageName(numberValue));
  else if (member === FLAG) scan.flag = numberValue;
  else scan.code = numberValue;
  return true;
}

function setOpaque(scan: HeaderScan, value: number, start: number, end: number): void {
  scan.opaque = value;
  scan.opaqueStart = start;
  // Of a negative one the digits are not to be read anew.
  scan.opaqueEnd = value < 0 ? start : end;
}

function isInt32(value: number): boolean {
  return (value | 0) === value;
}

function languageAt(b: Buffer, start: number, end: number): number {
  if (end - start === 4 && isAt(b, start, 'JAVA')) return JAVA;
  return languageCode(b.toString('latin1', start, end));
}

/**
 * The end of the object of fields at `open`. Nearly all bytes of a header are in here, so it is one
 * loop: called in parts it takes twice as long. White space and numbers are what its calls are for.
 */
// oxlint-disable-next-line eslint/complexity -- see above
function fieldsEnd(scan: HeaderScan, b: Buffer, open: number, end: number): number {
  if (scan.fieldCount > 0) scan.clear();
  const { keyStarts, keyEnds, valueStarts, valueEnds, escaped, letters, base } = scan;
  let p = skipSpace(b, open + 1, end);
  if (b[p] === CLOSE) return p + 1;
  for (let index = 0; index < SCANNED_FIELDS_MAX; index++) {
    if (b[p] !== QUOTE) p = skipSpace(b, p, end);
    if (b[p] !== QUOTE) return NOT_MINE;
    let byte = b[p + 1] as number;
    const keyStart = ++p;
    if (b[p + 1] === QUOTE && b[p + 2] === COLON && isPlain(byte)) {
      // A key of one letter, as nearly all are, and no space: what has it is within reach of `end`.
      keyStarts[index] = p;
      keyEnds[index] = p + 1;
      letters[byte & 127] = base + index;
      p += 3;
    } else {
      while (p < end && isPlain((byte = b[p] as number))) p++;
      // Any other byte ends the key too: a frame with such keys is not mine.
      if (byte !== QUOTE) p = keyEndAt(b, keyStart - 1, end);
      if (p < 0) return NOT_MINE;
      keyStarts[index] = keyStart;
      keyEnds[index] = p;
      if (p - keyStart === 1) letters[(b[keyStart] as number) & 127] = base + index;
      if (b[++p] !== COLON) p = skipSpace(b, p, end);
      if (b[p++] !== COLON) return NOT_MINE;
    }
    if (b[p] !== QUOTE) p = skipSpace(b, p, end);
    if (b[p] === QUOTE) {
      valueStarts[index] = ++p;
      let escapes: 0 | 1 = 0;
      for (;;) {
        while (p < end && isPlain((byte = b[p] as number))) p++;
        if (p >= end) return NOT_MINE;
        if (byte === QUOTE) break;
        if (byte === BACKSLASH) {
          escapes = 1;
          if (isSeparatorAt(b, p)) {
            p += 6;
            continue;
          }
        }
        p = specialEnd(b, p, end);
        if (p < 0) return NOT_MINE;
      }
      valueEnds[index] = p++;
      escaped[index] = escapes;
    } else {
      valueStarts[index] = p;
      p = numberEnd(b, p, end);
      if (p < 0) return NOT_MINE;
      valueEnds[index] = p;
      escaped[index] = 0;
    }
    if (b[p] !== COMMA) p = skipSpace(b, p, end);
    byte = b[p++] as number;
    if (byte === COMMA) continue;
    scan.fieldCount = index + 1;
    return byte === CLOSE ? p : NOT_MINE;
  }
  return NOT_MINE;
}

/** The escape that stands between properties, which every message has many of. */
function isSeparatorAt(b: Buffer, p: number): boolean {
  return (
    b[p + 1] === U &&
    b[p + 2] === ZERO &&
    b[p + 3] === ZERO &&
    b[p + 4] === ZERO &&
    (b[p + 5] === ZERO + 1 || b[p + 5] === ZERO + 2)
  );
}

/** The closing quote of the key whose opening quote is at `p`. */
function keyEndAt(b: Buffer, p: number, end: number): number {
  if (p >= end || b[p] !== QUOTE) return NOT_MINE;
  const keyEnd = stringEnd(b, p + 1, end);
  return (stringFacts & ESCAPED) === 0 ? keyEnd : NOT_MINE;
}

/** The closing quote of the string that starts at `start`; sets `stringFacts`. */
function stringEnd(b: Buffer, start: number, end: number): number {
  let p = start;
  stringFacts = 0;
  while (p >= 0 && p < end) {
    const byte = b[p] as number;
    if (isPlain(byte)) p++;
    else if (byte === QUOTE) return p;
    else p = specialEnd(b, p, end);
  }
  return NOT_MINE;
}

/** The end of the byte or escape at `p`, which is no ordinary one. */
function specialEnd(b: Buffer, p: number, end: number): number {
  const byte = b[p] as number;
  if (byte === BACKSLASH) {
    stringFacts |= ESCAPED;
    return escapeEnd(b, p + 1, end);
  }
  if (byte >= 0x80) {
    headerHasMore = 1;
    return p + 1;
  }
  return byte >= 0x20 ? p + 1 : NOT_MINE;
}

/** The end of an escape, `p` being after its backslash. */
function escapeEnd(b: Buffer, p: number, end: number): number {
  if (p >= end) return NOT_MINE;
  const kind = b[p] as number;
  if (kind !== U) return isShortEscape(kind) ? p + 1 : NOT_MINE;
  if (p + 5 > end) return NOT_MINE;
  const digits =
    (HEX_VALUES[b[p + 1] as number] as number) |
    (HEX_VALUES[b[p + 2] as number] as number) |
    (HEX_VALUES[b[p + 3] as number] as number) |
    (HEX_VALUES[b[p + 4] as number] as number);
  return digits < 16 ? p + 5 : NOT_MINE;
}

/** The end of the whole number at `start`; sets `numberValue`. */
function numberEnd(b: Buffer, start: number, end: number): number {
  const first = b[start] === MINUS ? start + 1 : start;
  let value = 0;
  let p = first;
  for (; p < end; p++) {
    const digit = (b[p] as number) - ZERO;
    if (digit < 0 || digit > 9) break;
    value = value * 10 + digit;
  }
  const digits = p - first;
  if (digits === 0 || digits > DIGITS_MAX) return NOT_MINE;
  // 007 is no JSON, and -0 would print as 0.
  if (b[first] === ZERO && (digits > 1 || first !== start)) return NOT_MINE;
  numberValue = first === start ? value : -value;
  // What follows must end the number: the caller takes only a comma or a brace.
  return p;
}

function skipSpace(b: Buffer, start: number, end: number): number {
  let p = start;
  while (p < end && isSpace(b[p] as number)) p++;
  return p;
}

function isSpace(byte: number): boolean {
  return byte <= 0x20 && (byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09);
}
