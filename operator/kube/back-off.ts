/** Waiting longer after each failure, and not all together. */
import type { Random } from '../../runtime/mod.ts';

export interface BackOff {
  readonly baseMs: number;
  readonly maxMs: number;
  /** 0.2: up to a fifth less or more. */
  readonly jitter: number;
}

/** `failures` from 1. */
export function backOffMs(
  random: Random,
  { baseMs, maxMs, jitter }: BackOff,
  failures: number,
): number {
  // Beyond 2^30 the limit is reached in any case.
  const delayMs = Math.min(maxMs, baseMs * 2 ** Math.min(failures - 1, 30));
  return jittered(random, delayMs, jitter);
}

export function jittered(random: Random, delayMs: number, jitter: number): number {
  return delayMs * (1 - jitter + (2 * jitter * random.below(1_000_001)) / 1_000_000);
}
