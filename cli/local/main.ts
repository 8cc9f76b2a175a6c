/**
 * The background process of a local cluster: holds the cluster's folder, runs its pods and takes
 * requests on a socket, until it is told that the cluster goes down.
 */
import { nodeRuntime } from '../../runtime/node/mod.ts';
import { exitCodes } from '../exit-codes.ts';
import { ownVersion } from '../version.ts';
import { serveControl } from './control-server.ts';
import { endLeftovers } from './leftovers.ts';
import { nodeMachine } from './node-machine.ts';
import { findProcess } from './process-identity.ts';
import { StateFolder } from './state-folder.ts';
import { Supervisor } from './supervisor.ts';

export async function supervise(root: string, cluster: string): Promise<void> {
  const { clock, disk, log } = nodeRuntime({ log: 'json' });
  const folder = new StateFolder(root, cluster);
  folder.make();
  // One supervisor a cluster: the lock is the kernel's and goes with the process.
  const lock = await disk.lock(folder.path);
  const ended = await endLeftovers(folder, clock);
  if (ended > 0) log.warn('Ended processes of a supervisor that was killed', { ended });

  const supervisor = new Supervisor({
    folder,
    identity: findProcess(process.pid) ?? { pid: process.pid, started: '' },
    version: ownVersion(),
    machine: nodeMachine({
      clock,
      folder,
      gantry: [process.execPath, process.argv[1] ?? ''],
      environment: process.env,
    }),
  });
  const control = await serveControl(folder, supervisor, () => void end());
  const end = async (): Promise<void> => {
    await control.close();
    folder.forgetRunning();
    lock.release();
    log.info('All pods have ended');
    process.exit(exitCodes.Done.code);
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => void supervisor.down().then(end));
  }
  log.info('Supervising', { cluster, pid: process.pid });
}
