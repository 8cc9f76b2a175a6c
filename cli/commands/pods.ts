/** `gantry stop|start|kill POD`: trying out what a failure does. */
import { CommandError } from '../command-error.ts';
import { hint } from '../hint.ts';
import type { ClusterStatus } from '../local/messages.ts';
import { registerSeconds, unregistered } from '../local/registered.ts';
import { requireCluster } from '../local/state-folder.ts';
import { findSupervisor } from '../local/supervisor-client.ts';
import { print } from '../output.ts';

export interface PodOptions {
  readonly name?: string | undefined;
  readonly state: string;
}

export async function changePod(
  want: 'stop' | 'start' | 'kill',
  pod: string,
  { name, state }: PodOptions,
): Promise<void> {
  const folder = requireCluster(state, name);
  const supervisor = await findSupervisor(folder);
  if (supervisor === undefined) {
    const message = `Cluster ${folder.cluster} is not running: start it with \`${hint('up -f FILE', { name, state })}\``;
    throw new CommandError('NotFound', message);
  }
  const status = await supervisor.ask({ want, pod });
  const says = {
    stop: `has stopped; it stays so until \`${hint(`start ${pod}`, { name, state })}\``,
    start: `is ready${want === 'start' ? await shortOf(status, pod) : ''}`,
    kill: 'was killed; it is started again by itself',
  };
  print(`${pod} ${says[want]}`);
}

/** A name server knows nothing when it starts: what clients do not find there yet. */
async function shortOf({ pods }: ClusterStatus, pod: string): Promise<string> {
  const started = pods.find(({ name }) => name === pod);
  if (started?.role !== 'nameserver') return '';
  const serving = pods.filter(({ role, ready }) => role === 'broker' && ready);
  const { Admin } = await import('../../client/mod.ts');
  const { nodeRuntime } = await import('../../runtime/node/mod.ts');
  await using admin = Admin.start(nodeRuntime(), { nameServers: [started.address] });
  const missing = await unregistered({
    brokers: serving.map(({ address }) => address),
    known: async () => {
      const info = await admin.clusterInfo();
      return [...info.brokers.values()].flatMap(({ addresses }) => [...addresses.values()]);
    },
  });
  if (missing.length === 0) return '';
  const names = serving.filter(({ address }) => missing.includes(address)).map(({ name }) => name);
  const seconds = await registerSeconds(missing, (address) => admin.brokerConfig(address));
  const within = seconds === undefined ? '' : `, within ${seconds} s`;
  return `; clients do not find ${names.join(', ')} through it before they register${within}`;
}
