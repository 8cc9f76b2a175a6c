/** `gantry status`: what runs, for people and programs. */
import type { ClusterStatus } from '../local/messages.ts';
import { clustersOf, requireCluster, type StateFolder } from '../local/state-folder.ts';
import { findSupervisor } from '../local/supervisor-client.ts';
import { type OutputForm, print, printJson, printRows } from '../output.ts';
import { ownVersion } from '../version.ts';

export interface StatusOptions {
  readonly name?: string | undefined;
  readonly state: string;
  readonly output: OutputForm;
}

/** Of the one with the name; without a name of all that run, or of all when none does. */
export async function status({ name, state, output }: StatusOptions): Promise<void> {
  const chosen = name === undefined ? clustersOf(state) : [];
  const running = chosen.filter((folder) => folder.findRunning() !== undefined);
  const several = running.length > 0 ? running : chosen;
  // Refuses an unknown name, and says how to start one where there is none.
  const folders = several.length > 1 ? several : [requireCluster(state, name)];
  for (const [index, folder] of folders.entries()) {
    if (index > 0 && output === 'table') print('');
    await showOne(folder, output);
  }
}

async function showOne(folder: StateFolder, output: OutputForm): Promise<void> {
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
    MANAGEMENT: ({ management }) => management,
  });
  for (const { name, why } of pods) if (why !== null) print(`\n${name}: ${why}`);
}
