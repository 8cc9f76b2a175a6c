/**
 * Kubernetes quantities: `1Gi`, `1024Mi` and `1073741824` are one amount. Exact: amounts are
 * rational numbers over bigints, for a byte more or less is another size.
 */

/** In thousandths of a millionth, so that every suffix down to `n` is whole. */
const NANO = 1_000_000_000n;

const factors: Readonly<Record<string, bigint>> = {
  n: 1n,
  u: 1_000n,
  m: 1_000_000n,
  '': NANO,
  k: NANO * 10n ** 3n,
  M: NANO * 10n ** 6n,
  G: NANO * 10n ** 9n,
  T: NANO * 10n ** 12n,
  P: NANO * 10n ** 15n,
  E: NANO * 10n ** 18n,
  Ki: NANO << 10n,
  Mi: NANO << 20n,
  Gi: NANO << 30n,
  Ti: NANO << 40n,
  Pi: NANO << 50n,
  Ei: NANO << 60n,
};

const form = /^([+-]?)(\d+)(?:\.(\d*))?(?:[eE]([+-]?\d{1,2})|([numkMGTPE]|[KMGTPE]i))?$/;

/** The amount in billionths, rounded away from zero as Kubernetes does; undefined when it is none. */
export function findAmount(quantity: unknown): bigint | undefined {
  if (typeof quantity !== 'string' && typeof quantity !== 'number') return undefined;
  const match = form.exec(String(quantity).replace(/^([+-]?)\./, '$10.'));
  if (match === null) return undefined;
  const [, sign = '', whole = '', fraction = '', exponent, suffix = ''] = match;
  const digits = BigInt(whole + fraction);
  const power = BigInt(exponent ?? 0) - BigInt(fraction.length);
  const scaled = digits * (factors[suffix] ?? NANO);
  const amount = power >= 0n ? scaled * 10n ** power : divideUp(scaled, 10n ** -power);
  return sign === '-' ? -amount : amount;
}

export function isSameAmount(one: unknown, other: unknown): boolean {
  const amount = findAmount(one);
  return amount !== undefined && amount === findAmount(other);
}

function divideUp(dividend: bigint, divisor: bigint): bigint {
  return (dividend + divisor - 1n) / divisor;
}
