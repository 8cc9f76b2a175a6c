/**
 * Text of a JSON string, unescaped from bytes to bytes: how properties get from a JSON header into
 * the log without becoming a string. The span is one that `HeaderScan` has checked: every escape
 * in it is whole and valid.
 */
const BACKSLASH = 0x5c;
const U = 0x75;

/** What a short escape stands for, by the byte after the backslash. */
const shortEscapes = new Uint8Array(256);
for (const [name, byte] of Object.entries({
  '"': 0x22,
  '\\': 0x5c,
  '/': 0x2f,
  b: 0x08,
  f: 0x0c,
  n: 0x0a,
  r: 0x0d,
  t: 0x09,
})) {
  shortEscapes[name.charCodeAt(0)] = byte;
}

/** The value of a hexadecimal digit; 255 for any other byte. */
export const HEX_VALUES: Uint8Array = new Uint8Array(256).fill(255);
for (let digit = 0; digit < 16; digit++) {
  HEX_VALUES[digit.toString(16).charCodeAt(0)] = digit;
  HEX_VALUES[digit.toString(16).toUpperCase().charCodeAt(0)] = digit;
}

export function isShortEscape(byte: number): boolean {
  return shortEscapes[byte] !== 0;
}

/**
 * Writes the text of the string in `source` [start, end) to `target` from `at` on, as UTF-8, and
 * returns where it ends. It never takes more bytes than it has in `source`. A surrogate without
 * its other half becomes U+FFFD, as when a string is encoded.
 */
// oxlint-disable-next-line eslint/max-params -- two spans; an object per message is what to avoid
export function copyUnescaped(
  target: Buffer,
  at: number,
  source: Buffer,
  start: number,
  end: number,
): number {
  let to = at;
  let from = start;
  while (from < end) {
    const byte = source[from++] as number;
    if (byte !== BACKSLASH) {
      target[to++] = byte;
      continue;
    }
    const kind = source[from++] as number;
    if (kind !== U) {
      target[to++] = shortEscapes[kind] as number;
      continue;
    }
    const unit = hexUnit(source, from);
    from += 4;
    if (unit < 0x80) {
      target[to++] = unit;
      continue;
    }
    const isPair = isHighSurrogate(unit) && isLowSurrogateAt(source, from, end);
    to = writeUtf8(target, to, isPair ? pairAt(source, from - 4) : wholeUnit(unit));
    if (isPair) from += 6;
  }
  return to;
}

/** The UTF-16 unit that four hexadecimal digits spell. */
function hexUnit(source: Buffer, position: number): number {
  return (
    ((HEX_VALUES[source[position] as number] as number) << 12) |
    ((HEX_VALUES[source[position + 1] as number] as number) << 8) |
    ((HEX_VALUES[source[position + 2] as number] as number) << 4) |
    (HEX_VALUES[source[position + 3] as number] as number)
  );
}

/** The code point of the two escapes whose first digits are at `position`. */
function pairAt(source: Buffer, position: number): number {
  const high = hexUnit(source, position) - 0xd800;
  return 0x1_0000 + (high << 10) + (hexUnit(source, position + 6) - 0xdc00);
}

/** What stands for a unit that is alone: half a surrogate pair is no character. */
function wholeUnit(unit: number): number {
  return (unit & 0xf800) === 0xd800 ? 0xfffd : unit;
}

function isHighSurrogate(unit: number): boolean {
  return (unit & 0xfc00) === 0xd800;
}

function isLowSurrogateAt(source: Buffer, position: number, end: number): boolean {
  if (position + 6 > end) return false;
  if (source[position] !== BACKSLASH || source[position + 1] !== U) return false;
  return (hexUnit(source, position + 2) & 0xfc00) === 0xdc00;
}

function writeUtf8(target: Buffer, at: number, point: number): number {
  let to = at;
  if (point < 0x800) {
    target[to++] = 0xc0 | (point >> 6);
  } else {
    if (point < 0x1_0000) {
      target[to++] = 0xe0 | (point >> 12);
    } else {
      target[to++] = 0xf0 | (point >> 18);
      target[to++] = 0x80 | ((point >> 12) & 63);
    }
    target[to++] = 0x80 | ((point >> 6) & 63);
  }
  target[to++] = 0x80 | (point & 63);
  return to;
}
