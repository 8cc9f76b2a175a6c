/** Randomness: one source, so that a simulated cluster can draw all of it from one seed. */
export interface Random {
  /** A whole number, 0 ≤ n < `limit` ≤ 2^32. */
  below(limit: number): number;
  /** `count` unpredictable bytes. */
  bytes(count: number): Buffer;
}

/** A random (version 4) UUID drawn from `random`. */
export function uuid(random: Random): string {
  const bytes = random.bytes(16);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    hex.slice(12, 16),
    hex.slice(16, 20),
    hex.slice(20),
  ].join('-');
}
