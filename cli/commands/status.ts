/** `gantry status`: what runs, for people and programs. */
import type { ClusterStatus } from '../local/messages.ts';
import { requireCluster } from '../local/state-folder.ts';
import { findSupervisor } from '../local/supervisor-client.ts';
import { type OutputForm, print, printJson, printRows } from '../output.ts';
import { ownVersion } from '../version.ts';

export interface StatusOptions {
  readonly name?: string | undefined;
  readonly state: string;
  readonly output: OutputForm;
}

export async function status({ name, state, output }: StatusOptions): Promise<void> {
  const folder = requireCluster(state, name);
  const supervisor = await findSupervisor(folder);
  if (supervisor !== undefined) {
    printStatus(await supervisor.ask({ want: 'status' }), output);
    return;
  }
  const { statusOf } = await import('../local/supervisor.ts');
  const desired = folder.findDesired();
  if (desired !== undefined) {
    printStatus(
      statusOf(desired, ownVersion(), () => undefined),
      output,
    );
  }
}

export function printStatus(status: ClusterStatus, form: OutputForm): void {
  if (form === 'json') {
    printJson(status);
    return;
  }
  const { cluster, nameServers, supervisor, pods } = status;
  const running = supervisor === null ? 'stopped' : `name server ${nameServers.join(', ')}`;
  print(`${cluster}: ${running}\n`);
  printRows('table', pods, {
    POD: ({ name }) => name,
    STATE: ({ state }) => state,
    ADDRESS: ({ address }) => address,
    PID: ({ pid }) => (pid === null ? '-' : String(pid)),
    RESTARTS: ({ restarts }) => String(restarts),
    DATA: ({ dataFolder }) => dataFolder,
  });
}
