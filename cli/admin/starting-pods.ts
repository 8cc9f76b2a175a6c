/**
 * A pod of a local cluster that has just been killed or started is there in a moment: a command
 * waits for it, instead of failing for what would be right a second later.
 */
import type { Clock } from '../../runtime/mod.ts';
import { sleep } from '../../runtime/mod.ts';
import { CommandError } from '../command-error.ts';
import { clustersOf, type StateFolder } from '../local/state-folder.ts';
import { findSupervisor } from '../local/supervisor-client.ts';
import type { Asked } from './absent-brokers.ts';

const WAIT_MAX_MS = 3000;
const LOOK_PERIOD_MS = 50;

export interface Waiter {
  readonly clock: Clock;
  /** Says what is waited for. */
  readonly wait: (text: string) => void;
  /** The pods that start now: of those clusters that the name servers belong to. */
  readonly starting?: () => Promise<readonly string[]>;
}

/** Resolves when nothing starts any more, or after three seconds. */
export async function untilStarted(
  asked: Asked,
  { clock, wait, starting = () => startingPods(asked) }: Waiter,
): Promise<void> {
  const untilMs = clock.monotonicMs() + WAIT_MAX_MS;
  for (;;) {
    const pods = await starting();
    if (pods.length === 0 || clock.monotonicMs() >= untilMs) return;
    wait(`Waiting for ${pods.join(', ')}`);
    await sleep(clock, LOOK_PERIOD_MS);
  }
}

async function startingPods({ addresses, state }: Asked): Promise<string[]> {
  const clusters = clustersOf(state).filter((folder) => {
    return folder.findDesired()?.nameServers.some((address) => addresses.includes(address));
  });
  return (await Promise.all(clusters.map(startingPodsOf))).flat();
}

async function startingPodsOf(folder: StateFolder): Promise<string[]> {
  try {
    const status = await (await findSupervisor(folder))?.ask({ want: 'status' });
    return (status?.pods ?? []).filter((pod) => pod.state === 'starting').map(({ name }) => name);
  } catch (error) {
    // It goes down just now: the command finds out by itself.
    if (error instanceof CommandError) return [];
    throw error;
  }
}
