/** Which brokers have not registered with a name server that was started again, and when they will. */
import { setTimeout as pause } from 'node:timers/promises';

const LOOK_PERIOD_MS = 100;
/** Brokers look every second whether their name servers are still there. */
export const REGISTER_WAIT_MS = 5000;

export interface Awaited {
  /** host:port of the brokers that serve. */
  readonly brokers: readonly string[];
  /** host:port of those that the name server knows now. */
  readonly known: () => Promise<readonly string[]>;
  /** Lets this much time pass. */
  readonly wait?: (ms: number) => Promise<unknown>;
}

/** Those that have not registered in time. */
export async function unregistered({ brokers, known, wait = pause }: Awaited): Promise<string[]> {
  for (let waitedMs = 0; ; waitedMs += LOOK_PERIOD_MS) {
    const there = await known();
    const missing = brokers.filter((address) => !there.includes(address));
    if (missing.length === 0 || waitedMs >= REGISTER_WAIT_MS) return missing;
    await wait(LOOK_PERIOD_MS);
  }
}

/** How soon the last of `brokers` registers again: what those say of themselves that answer. */
export async function registerSeconds(
  brokers: readonly string[],
  settingsOf: (address: string) => Promise<ReadonlyMap<string, string>>,
): Promise<number | undefined> {
  const answers = await Promise.allSettled(brokers.map(settingsOf));
  const periods = answers
    .filter((answer) => answer.status === 'fulfilled')
    .map(({ value }) => Number(value.get('registerNameServerPeriod')));
  return periods.length === 0 ? undefined : Math.ceil(Math.max(...periods) / 1000);
}
