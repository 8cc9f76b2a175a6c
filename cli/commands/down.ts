/** `gantry down`: ends every process of a cluster; the data stays unless it is to go too. */
import { createInterface } from 'node:readline/promises';
import { nodeClock, nodeDisk } from '../../runtime/node/mod.ts';
import { CommandError } from '../command-error.ts';
import { endLeftovers } from '../local/leftovers.ts';
import { requireCluster, type StateFolder } from '../local/state-folder.ts';
import { findSupervisor, waitUntilGone } from '../local/supervisor-client.ts';
import { Progress, print } from '../output.ts';

export interface DownOptions {
  readonly name?: string | undefined;
  readonly state: string;
  readonly deleteData?: boolean | undefined;
  readonly yes?: boolean | undefined;
}

export async function down({ name, state, deleteData, yes }: DownOptions): Promise<void> {
  const folder = requireCluster(state, name);
  if (deleteData === true && yes !== true) await requireConsent(folder);
  const progress = new Progress();
  try {
    progress.wait(`Stopping ${folder.cluster}`);
    await stopAll(folder, progress);
  } finally {
    progress.end();
  }
  if (deleteData === true) folder.remove();
  const rest = deleteData === true ? 'its data is deleted' : `its data stays in ${folder.claims}`;
  print(`${folder.cluster} is stopped; ${rest}`);
}

async function stopAll(folder: StateFolder, progress: Progress): Promise<void> {
  const supervisor = await findSupervisor(folder);
  if (supervisor !== undefined) {
    const process = folder.findRunning()?.supervisor;
    await supervisor.ask({ want: 'down' }, ({ pod, state }) => {
      if (state === 'stopped') progress.line(`${pod} has stopped`);
    });
    await waitUntilGone(process);
    return;
  }
  // With the lock, nobody starts it meanwhile.
  const lock = await nodeDisk.lock(folder.path);
  const ended = await endLeftovers(folder, nodeClock());
  if (ended > 0) progress.line(`${ended} processes had lost their supervisor and have been ended`);
  lock.release();
}

async function requireConsent(folder: StateFolder): Promise<void> {
  if (!process.stdin.isTTY) {
    const message = 'Nobody can be asked whether to delete the data: say --yes';
    throw new CommandError('Usage', message);
  }
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  const question = `Delete all messages of ${folder.cluster} in ${folder.claims}? Type yes: `;
  const answer = await lines.question(question);
  lines.close();
  if (answer.trim() !== 'yes') throw new CommandError('Failed', 'Nothing was stopped or deleted');
}
