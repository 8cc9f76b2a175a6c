/** Looks again and again until it is so. */
import { setTimeout as sleep } from 'node:timers/promises';

const PERIOD_MS = 100;

/** Nothing that is waited for takes longer, on a machine that does other things too. */
const PATIENCE_MS = 90_000;

/** Rejects with what `explain` says when it is still not so after `timeoutMs`. */
export async function until(
  isSo: () => boolean | Promise<boolean>,
  explain: () => string | Promise<string>,
  timeoutMs = PATIENCE_MS,
): Promise<void> {
  const endMs = Date.now() + timeoutMs;
  while (!(await isSo())) {
    if (Date.now() >= endMs) throw new Error(await explain());
    await sleep(PERIOD_MS);
  }
}
