/** Numbers read from bytes in place, for paths that make no strings. */
import { clampLong } from './fields.ts';

const MINUS = 0x2d;
const ZERO = 0x30;

/** Digits up to here cannot lose precision while they are gathered. */
const EXACT_DIGITS = 15;

/** Whether [start, end) is a whole number: digits, maybe a minus before them. */
export function isDecimal(buffer: Buffer, start: number, end: number): boolean {
  const first = buffer[start] === MINUS ? start + 1 : start;
  if (first >= end) return false;
  for (let position = first; position < end; position++) {
    const digit = (buffer[position] ?? 0) - ZERO;
    if (digit < 0 || digit > 9) return false;
  }
  return true;
}

/**
 * The whole number in [start, end), clamped as `long` clamps it; NaN when it is none, or when
 * there is nothing. NaN is what makes a caller take the slow path, which says what is wrong.
 */
export function parseDecimal(buffer: Buffer, start: number, end: number): number {
  const isNegative = buffer[start] === MINUS;
  let position = isNegative ? start + 1 : start;
  if (position >= end || start < 0) return Number.NaN;
  if (end - position > EXACT_DIGITS) return parseLongDecimal(buffer, start, end);
  let value = 0;
  for (; position < end; position++) {
    const digit = (buffer[position] as number) - ZERO;
    if (digit < 0 || digit > 9) return Number.NaN;
    value = value * 10 + digit;
  }
  return isNegative ? -value : value;
}

function parseLongDecimal(buffer: Buffer, start: number, end: number): number {
  if (!isDecimal(buffer, start, end)) return Number.NaN;
  return clampLong(Number(buffer.toString('latin1', start, end)));
}
