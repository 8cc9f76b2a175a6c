/**
 * Names of played pods for the processes of a cluster and for their clients, which have no DNS that
 * knows them: a Node process asks here first.
 */
import dns from 'node:dns';
import { fileURLToPath } from 'node:url';
import { findPodAddress } from './pod-address.ts';

const SEED = 'GANTRY_PLAYED_SEED';
const PRELOADED = fileURLToPath(new URL('resolve-pods.ts', import.meta.url));

type Lookup = (host: string, ...rest: unknown[]) => void;

/** In this process, from now on. */
export function resolvePods(seed: string): void {
  const before = dns.lookup as unknown as Lookup;
  const lookup: Lookup = (host, ...rest) => {
    before(findPodAddress(seed, host) ?? host, ...rest);
  };
  dns.lookup = lookup as unknown as typeof dns.lookup;
}

/** What a Node process must have in its environment to know the pods of a cluster. */
export function resolving(seed: string, nodeOptions = ''): Readonly<Record<string, string>> {
  return { [SEED]: seed, NODE_OPTIONS: `${nodeOptions} --import=${PRELOADED}`.trim() };
}

export function seedFrom(environment: NodeJS.ProcessEnv): string {
  const seed = environment[SEED];
  if (seed === undefined) throw new Error(`Cannot resolve names of pods: ${SEED} is not set`);
  return seed;
}
