/**
 * The JSON half of `HeaderScan`. Positions go through return values, -1 being "not mine": the
 * complete decoder then reads the frame again. What is accepted is a part of what `JSON.parse`
 * accepts: whole numbers without leading zeros, strings with valid escapes, no nesting but
 * `extFields`, valid UTF-8.
 */
import { isUtf8 } from 'node:buffer';
import type { HeaderScan } from './header-scan.ts';
import { HEX_VALUES, isShortEscape } from './json-unescape.ts';
import { JAVA, languageCode, languageName } from './language.ts';
import { isAt } from './scanned-fields.ts';

const QUOTE = 0x22;
const COMMA = 0x2c;
const MINUS = 0x2d;
const ZERO = 0x30;
const COLON = 0x3a;
const BACKSLASH = 0x5c;
const U = 0x75;
const OPEN = 0x7b;
const CLOSE = 0x7d;

/** Whole numbers up to here are exact and print as they were written. */
const DIGITS_MAX = 15;

const NOT_MINE = -1;

/** What a byte is within a string: 0 for itself, 1 beyond ASCII, 2 for what needs a look. */
const stringBytes = new Uint8Array(256);
stringBytes.fill(2, 0, 0x20);
stringBytes.fill(1, 0x80);
stringBytes[QUOTE] = 2;
stringBytes[BACKSLASH] = 2;

/** Facts about the last string: bits that `stringEnd` sets. */
const ESCAPED = 1;
const BEYOND_ASCII = 2;
let stringFacts = 0;
/** Bits of all strings of the header. */
let headerFacts = 0;
/** The number that `numberEnd` has read. */
let numberValue = 0;

export function scanJsonHeader(scan: HeaderScan, b: Buffer, start: number, end: number): boolean {
  scan.code = 0;
  scan.language = JAVA;
  scan.version = 0;
  scan.opaque = 0;
  scan.flag = 0;
  headerFacts = 0;
  let p = skipSpace(b, start, end);
  if (byteBefore(end, b, p) !== OPEN) return false;
  p = skipSpace(b, p + 1, end);
  if (byteBefore(end, b, p) === CLOSE) return skipSpace(b, p + 1, end) === end;
  for (;;) {
    const keyStart = p + 1;
    const keyEnd = keyEndAt(b, p, end);
    p = valueStartAfter(b, keyEnd, end);
    if (p < 0) return false;
    p = memberEnd(scan, b, keyStart, keyEnd, p, end);
    if (p < 0) return false;
    p = skipSpace(b, p, end);
    const separator = byteBefore(end, b, p);
    p = skipSpace(b, p + 1, end);
    if (separator === CLOSE) break;
    if (separator !== COMMA) return false;
  }
  // Other bytes than UTF-8 read as U+FFFD, which no span could say.
  return p === end && ((headerFacts & BEYOND_ASCII) === 0 || isUtf8(b.subarray(start, end)));
}

/** The end of the value at `p` of a member of the header. */
// oxlint-disable-next-line eslint/max-params, eslint/complexity -- a switch over all members, inlined
function memberEnd(
  scan: HeaderScan,
  b: Buffer,
  keyStart: number,
  keyEnd: number,
  p: number,
  end: number,
): number {
  const first = b[p] as number;
  if (first === OPEN) {
    if (keyEnd - keyStart !== 9 || !isAt(b, keyStart, 'extFields')) return NOT_MINE;
    return fieldsEnd(scan, b, p, end);
  }
  if (first === QUOTE) {
    const valueEnd = stringEnd(b, p + 1, end);
    if (valueEnd < 0) return NOT_MINE;
    if (keyEnd - keyStart === 8 && isAt(b, keyStart, 'language')) {
      if ((stringFacts & ESCAPED) !== 0) return NOT_MINE;
      scan.language = languageAt(b, p + 1, valueEnd);
      return valueEnd + 1;
    }
    return isIntegerMember(b, keyStart, keyEnd) ? NOT_MINE : valueEnd + 1;
  }
  const after = numberEnd(b, p, end);
  if (after < 0) return NOT_MINE;
  switch (keyEnd - keyStart) {
    case 4:
      if (!isInt32(numberValue)) return NOT_MINE;
      if (isAt(b, keyStart, 'code')) scan.code = numberValue;
      else if (isAt(b, keyStart, 'flag')) scan.flag = numberValue;
      return after;
    case 6:
      if (!isInt32(numberValue)) return NOT_MINE;
      if (isAt(b, keyStart, 'opaque')) scan.opaque = numberValue;
      return after;
    case 7:
      if (!isInt32(numberValue)) return NOT_MINE;
      if (isAt(b, keyStart, 'version')) scan.version = numberValue;
      return after;
    case 8:
      if (isAt(b, keyStart, 'language')) scan.language = languageCode(languageName(numberValue));
      return after;
    case 9:
      return isAt(b, keyStart, 'extFields') ? NOT_MINE : after;
    default:
      return after;
  }
}

/** Members that the complete decoder also reads from text. */
function isIntegerMember(b: Buffer, start: number, end: number): boolean {
  switch (end - start) {
    case 4:
      return isAt(b, start, 'code') || isAt(b, start, 'flag');
    case 6:
      return isAt(b, start, 'opaque');
    case 7:
      return isAt(b, start, 'version');
    case 9:
      return isAt(b, start, 'extFields');
    default:
      return false;
  }
}

function isInt32(value: number): boolean {
  return (value | 0) === value;
}

function languageAt(b: Buffer, start: number, end: number): number {
  if (end - start === 4 && isAt(b, start, 'JAVA')) return JAVA;
  return languageCode(b.toString('latin1', start, end));
}

/** The end of the object of fields at `open`. */
function fieldsEnd(scan: HeaderScan, b: Buffer, open: number, end: number): number {
  if (scan.fieldCount > 0) scan.restart();
  let p = skipSpace(b, open + 1, end);
  if (byteBefore(end, b, p) === CLOSE) return p + 1;
  for (;;) {
    const keyStart = p + 1;
    const keyEnd = keyEndAt(b, p, end);
    p = valueStartAfter(b, keyEnd, end);
    if (p < 0 || !scan.add(b, keyStart, keyEnd)) return NOT_MINE;
    p = fieldValueEnd(scan, b, p, end);
    if (p < 0) return NOT_MINE;
    p = skipSpace(b, p, end);
    const separator = byteBefore(end, b, p);
    if (separator === CLOSE) return p + 1;
    if (separator !== COMMA) return NOT_MINE;
    p = skipSpace(b, p + 1, end);
  }
}

/** The end of the value at `p` of the field added last. */
function fieldValueEnd(scan: HeaderScan, b: Buffer, p: number, end: number): number {
  if (b[p] === QUOTE) {
    const valueEnd = stringEnd(b, p + 1, end);
    if (valueEnd < 0) return NOT_MINE;
    scan.setValue(p + 1, valueEnd, (stringFacts & ESCAPED) as 0 | 1);
    return valueEnd + 1;
  }
  const after = numberEnd(b, p, end);
  if (after >= 0) scan.setValue(p, after, 0);
  return after;
}

/** The closing quote of the key whose opening quote is at `p`. */
function keyEndAt(b: Buffer, p: number, end: number): number {
  if (p >= end || b[p] !== QUOTE) return NOT_MINE;
  const keyEnd = stringEnd(b, p + 1, end);
  return (stringFacts & ESCAPED) === 0 ? keyEnd : NOT_MINE;
}

/** Where the value after a key starts, the key's closing quote being at `quote`, if anywhere. */
function valueStartAfter(b: Buffer, quote: number, end: number): number {
  if (quote < 0) return NOT_MINE;
  const colon = skipSpace(b, quote + 1, end);
  if (colon >= end || b[colon] !== COLON) return NOT_MINE;
  const value = skipSpace(b, colon + 1, end);
  return value < end ? value : NOT_MINE;
}

/** The closing quote of the string that starts at `start`; sets `stringFacts`. */
function stringEnd(b: Buffer, start: number, end: number): number {
  let facts = 0;
  let p = start;
  while (p < end) {
    const byte = b[p] as number;
    const kind = stringBytes[byte] as number;
    if (kind === 0) {
      p++;
    } else if (kind === 1) {
      facts |= BEYOND_ASCII;
      p++;
    } else if (byte === QUOTE) {
      stringFacts = facts;
      headerFacts |= facts;
      return p;
    } else {
      p = byte === BACKSLASH ? escapeEnd(b, p + 1, end) : NOT_MINE;
      if (p < 0) return NOT_MINE;
      facts |= ESCAPED;
    }
  }
  return NOT_MINE;
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

/** The byte at `p`, 0 at the end of the header: what follows is the body. */
function byteBefore(end: number, b: Buffer, p: number): number {
  return p < end ? (b[p] as number) : 0;
}

function skipSpace(b: Buffer, start: number, end: number): number {
  let p = start;
  while (p < end && isSpace(b[p] as number)) p++;
  return p;
}

function isSpace(byte: number): boolean {
  return byte <= 0x20 && (byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09);
}
