/** Processes of a cluster whose supervisor was killed: ended before anything new is started. */
import { type Clock, sleep } from '../../runtime/mod.ts';
import { isRunning, signal } from './process-identity.ts';
import type { StateFolder } from './state-folder.ts';

const LOOK_PERIOD_MS = 20;

/** Clean stops first, force after the grace of each. How many there were. */
export async function endLeftovers(folder: StateFolder, clock: Clock): Promise<number> {
  const running = Object.values(folder.findRunning()?.pods ?? {}).filter(isRunning);
  await Promise.all(
    running.map(async (process) => {
      signal(process, 'SIGTERM');
      const forceMs = clock.monotonicMs() + process.graceMs;
      while (isRunning(process)) {
        if (clock.monotonicMs() >= forceMs) signal(process, 'SIGKILL');
        await sleep(clock, LOOK_PERIOD_MS);
      }
    }),
  );
  folder.forgetRunning();
  return running.length;
}
