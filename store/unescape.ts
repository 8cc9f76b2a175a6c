/**
 * Turns the inside of a JSON string into the UTF-8 text it stands for, in place: an escape is never
 * shorter than the bytes it stands for, so the write position never passes the read position.
 */
const BACKSLASH = 92;
const LETTER_U = 117;
const QUESTION_MARK = 63;
const UNICODE_ESCAPE_BYTES = 6;

/** The byte that a backslash and this letter stand for; 0: no such escape. */
const short = new Uint8Array(256);
for (const [letter, byte] of Object.entries({ b: 8, t: 9, n: 10, f: 12, r: 13 })) {
  short[letter.charCodeAt(0)] = byte;
}
for (const itself of '"/\\') short[itself.charCodeAt(0)] = itself.charCodeAt(0);

/** The value of a hexadecimal digit, -1 for other bytes. */
const digits = new Int8Array(256).fill(-1);
for (let value = 0; value < 16; value++) {
  const digit = value.toString(16);
  digits[digit.charCodeAt(0)] = value;
  digits[digit.toUpperCase().charCodeAt(0)] = value;
}

/** Where the text that begins at `start` ends now; -1 when an escape is malformed. */
export function unescapeInPlace(buffer: Buffer, start: number, end: number): number {
  let to = start;
  let from = start;
  while (from < end) {
    const byte = buffer[from] as number;
    if (byte !== BACKSLASH) {
      buffer[to++] = byte;
      from++;
      continue;
    }
    const letter = from + 1 < end ? (buffer[from + 1] as number) : 0;
    if (letter !== LETTER_U) {
      const meant = short[letter] as number;
      if (meant === 0) return -1;
      buffer[to++] = meant;
      from += 2;
      continue;
    }
    const unit = unitAt(buffer, from, end);
    if (unit < 0) return -1;
    from += UNICODE_ESCAPE_BYTES;
    if (unit < 0x80) {
      buffer[to++] = unit;
      continue;
    }
    const low = isHighSurrogate(unit) ? unitAt(buffer, from, end) : 0;
    const isPair = low >= 0xdc00 && low < 0xe000;
    if (isPair) from += UNICODE_ESCAPE_BYTES;
    to = isPair ? writePair(buffer, to, unit, low) : writeUnit(buffer, to, unit);
  }
  return to;
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit < 0xdc00;
}

/** The UTF-16 unit of the escape `\uXXXX` at `position`, -1 when there is none. */
function unitAt(buffer: Buffer, position: number, end: number): number {
  if (position + UNICODE_ESCAPE_BYTES > end) return -1;
  if (buffer[position] !== BACKSLASH || buffer[position + 1] !== LETTER_U) return -1;
  const a = digits[buffer[position + 2] as number] as number;
  const b = digits[buffer[position + 3] as number] as number;
  const c = digits[buffer[position + 4] as number] as number;
  const d = digits[buffer[position + 5] as number] as number;
  return (a | b | c | d) < 0 ? -1 : (a << 12) | (b << 8) | (c << 4) | d;
}

function writePair(buffer: Buffer, start: number, high: number, low: number): number {
  const point = 0x1_0000 + ((high - 0xd800) << 10) + (low - 0xdc00);
  buffer[start] = 0xf0 | (point >> 18);
  buffer[start + 1] = 0x80 | ((point >> 12) & 63);
  buffer[start + 2] = 0x80 | ((point >> 6) & 63);
  buffer[start + 3] = 0x80 | (point & 63);
  return start + 4;
}

/** Half a pair alone becomes `?`, as in Java. */
function writeUnit(buffer: Buffer, start: number, unit: number): number {
  if (unit >= 0xd800 && unit < 0xe000) {
    buffer[start] = QUESTION_MARK;
    return start + 1;
  }
  if (unit < 0x800) {
    buffer[start] = 0xc0 | (unit >> 6);
    buffer[start + 1] = 0x80 | (unit & 63);
    return start + 2;
  }
  buffer[start] = 0xe0 | (unit >> 12);
  buffer[start + 1] = 0x80 | ((unit >> 6) & 63);
  buffer[start + 2] = 0x80 | (unit & 63);
  return start + 3;
}
