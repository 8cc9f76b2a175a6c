/** `gantry stop|start|kill POD`: trying out what a failure does. */
import { CommandError } from '../command-error.ts';
import { hint } from '../hint.ts';
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
  await supervisor.ask({ want, pod });
  const says = {
    stop: `has stopped; it stays so until \`${hint(`start ${pod}`, { name, state })}\``,
    start: 'is ready',
    kill: 'was killed; it is started again by itself',
  };
  print(`${pod} ${says[want]}`);
}
