/** Why a topic may not be found although it exists: the brokers that have it are not there now. */
import { Admin } from '../../client/mod.ts';
import { NetworkError, type Runtime } from '../../runtime/mod.ts';
import { CommandError } from '../command-error.ts';
import { type HintCluster, hint } from '../hint.ts';
import type { ClusterStatus } from '../local/messages.ts';
import { clustersOf } from '../local/state-folder.ts';
import { findSupervisor } from '../local/supervisor-client.ts';

export interface Asked {
  /** The name servers, host:port. */
  readonly addresses: readonly string[];
  /** Where local clusters keep their state. */
  readonly state: string;
}

/** A sentence, undefined when no broker is known to be missing, or nobody can tell any more. */
export async function findAbsence(runtime: Runtime, asked: Asked): Promise<string | undefined> {
  try {
    return (await findStopped(asked)) ?? (await findEmpty(runtime, asked));
  } catch (error) {
    if (error instanceof NetworkError || error instanceof CommandError) return undefined;
    throw error;
  }
}

/** Local clusters know which brokers there should be. */
async function findStopped({ addresses, state }: Asked): Promise<string | undefined> {
  for (const folder of clustersOf(state)) {
    const served = folder.findDesired()?.nameServers ?? [];
    if (!served.some((address) => addresses.includes(address))) continue;
    const status = await (await findSupervisor(folder))?.ask({ want: 'status' });
    const stopped = status && absentOf(status, { name: folder.cluster, state });
    if (stopped !== undefined) return stopped;
  }
  return undefined;
}

async function findEmpty(runtime: Runtime, { addresses }: Asked): Promise<string | undefined> {
  await using admin = Admin.start(runtime, { nameServers: addresses });
  const { brokers } = await admin.clusterInfo();
  return brokers.size > 0
    ? undefined
    : `No broker has registered with ${addresses.join(', ')}: no topic can be found there now`;
}

/** The brokers of a local cluster that do not serve. */
export function absentOf(
  { pods }: Pick<ClusterStatus, 'pods'>,
  cluster: HintCluster,
): string | undefined {
  const absent = pods.filter(({ role, ready }) => role === 'broker' && !ready);
  if (absent.length === 0) return undefined;
  const states = absent.map(({ name, state }) => `${name}, which is ${state}`).join(', or ');
  const stopped = absent.find(({ state }) => state === 'stopped')?.name;
  const remedy =
    stopped === undefined
      ? `\`${hint('status', cluster)}\` shows how it is`
      : `\`${hint(`start ${stopped}`, cluster)}\` starts it`;
  return `It may be on broker ${states}: ${remedy}`;
}
