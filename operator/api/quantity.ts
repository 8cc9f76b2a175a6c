/**
 * Amounts as Kubernetes writes them: `1Gi`, `1024Mi`, `1073741824` and `1073741824000m` are one. The
 * only parser of them. Exact: whole billionths, in bigints, for a byte more or less is another size.
 *
 * As apimachinery's `resource.Quantity` has it: what is less than a billionth is a billionth, and
 * with a suffix of two letters nothing is larger than a signed 64-bit number can say, and no digits
 * are zero.
 */
import { assert } from '../../runtime/mod.ts';

const UNIT = 10n ** 9n;

/** What each suffix makes of one, in billionths. */
const factors: Readonly<Record<string, bigint>> = {
  n: 1n,
  u: 10n ** 3n,
  m: 10n ** 6n,
  '': UNIT,
  k: UNIT * 10n ** 3n,
  M: UNIT * 10n ** 6n,
  G: UNIT * 10n ** 9n,
  T: UNIT * 10n ** 12n,
  P: UNIT * 10n ** 15n,
  E: UNIT * 10n ** 18n,
  Ki: UNIT << 10n,
  Mi: UNIT << 20n,
  Gi: UNIT << 30n,
  Ti: UNIT << 40n,
  Pi: UNIT << 50n,
  Ei: UNIT << 60n,
};

const FORM = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,3})|([numkMGTPE]|[KMGTPE]i))?$/;
const BINARY_MAX = (2n ** 63n - 1n) * UNIT;
/** Longer is no amount of anything, and an exponent longer than three digits neither. */
const CHARACTERS_MAX = 256;

/** The amount in billionths; undefined for what is none. */
export function findAmount(quantity: unknown): bigint | undefined {
  if (typeof quantity !== 'string' && typeof quantity !== 'number') return undefined;
  const text = String(quantity);
  const isSized = text !== '' && text.length <= CHARACTERS_MAX;
  const match = isSized ? FORM.exec(text) : null;
  return match === null ? undefined : amountOf(match);
}

function amountOf([, sign, whole, fraction = '', exponent = '0', suffix = '']: string[]): bigint {
  const power = BigInt(exponent) - BigInt(fraction.length);
  const scaled = BigInt(`${whole}${fraction}`) * (factors[suffix] ?? UNIT);
  const amount = power >= 0n ? scaled * 10n ** power : divideUp(scaled, 10n ** -power);
  const capped = suffix.endsWith('i') && amount > BINARY_MAX ? BINARY_MAX : amount;
  return sign === '-' ? -capped : capped;
}

export function isSameAmount(one: unknown, other: unknown): boolean {
  const amount = findAmount(one);
  return amount !== undefined && amount === findAmount(other);
}

/** Of what is not below zero, in whole bytes, a part of one being one; undefined for what is no size. */
export function findBytes(quantity: unknown): number | undefined {
  const amount = findAmount(quantity);
  // A number is exact up to 8 PiB, and the next one above it is a few bytes away.
  return amount === undefined || amount < 0n ? undefined : Number(divideUp(amount, UNIT));
}

/** As `findBytes`, of what the schema has let through. */
export function requireBytes(quantity: string): number {
  const bytes = findBytes(quantity);
  assert(bytes !== undefined, `a quantity, not "${quantity}"`);
  return bytes;
}

function divideUp(dividend: bigint, divisor: bigint): bigint {
  return (dividend + divisor - 1n) / divisor;
}
