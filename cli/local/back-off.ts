/**
 * When a process that ended is started again, as a kubelet does it: at once the first time, then
 * after 10 s, 20 s … up to five minutes; one that ran for ten minutes begins anew.
 */

const FIRST_DELAY_MS = 10_000;
const DELAY_MAX_MS = 300_000;
const FORGET_AFTER_MS = 600_000;

export interface BackOff {
  /** Ends in a row that were each too soon. */
  readonly failures: number;
  readonly delayMs: number;
}

export const NO_FAILURES: BackOff = { failures: 0, delayMs: 0 };

/** After an end that came `ranMs` after the start. */
export function afterExit(before: BackOff, ranMs: number): BackOff {
  const failures = ranMs >= FORGET_AFTER_MS ? 1 : before.failures + 1;
  const delayMs = failures === 1 ? 0 : FIRST_DELAY_MS * 2 ** Math.min(failures - 2, 10);
  return { failures, delayMs: Math.min(delayMs, DELAY_MAX_MS) };
}
