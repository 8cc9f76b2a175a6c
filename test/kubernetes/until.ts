/** Looks again and again until it is so. */
import { setTimeout as sleep } from 'node:timers/promises';

const PERIOD_MS = 100;

/** Nothing that is waited for takes longer, on a machine that does other things too. */
const PATIENCE_MS = 90_000;

/** Of one round no more is counted: a machine that stood still has had no time to do anything. */
const ROUND_MS_MAX = 3_000;

/** Rejects with what `explain` says when it is still not so after `timeoutMs`. */
export async function until(
  isSo: () => boolean | Promise<boolean>,
  explain: () => string | Promise<string>,
  timeoutMs = PATIENCE_MS,
): Promise<void> {
  let waitedMs = 0;
  for (let fromMs = Date.now(); !(await isSo()); fromMs = Date.now()) {
    if (waitedMs >= timeoutMs) throw new Error(await explain());
    await sleep(PERIOD_MS);
    waitedMs += Math.min(Date.now() - fromMs, ROUND_MS_MAX);
  }
}
