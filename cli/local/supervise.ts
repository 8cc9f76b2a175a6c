/**
 * The background process of a local cluster: holds the cluster's folder, runs its pods and takes
 * requests on a socket, until it is told that the cluster goes down.
 */
import { createServer, type Server, type Socket } from 'node:net';
import type { FolderLock, Log } from '../../runtime/mod.ts';
import { nodeRuntime } from '../../runtime/node/mod.ts';
import { exitCodes } from '../exit-codes.ts';
import { exitNameOf, explain } from '../failure.ts';
import { ownVersion } from '../version.ts';
import { onLines, sendLine } from './json-lines.ts';
import { endLeftovers } from './leftovers.ts';
import type { Message, Request } from './messages.ts';
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
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    // A command that was interrupted: what it asked for goes on.
    socket.on('error', () => undefined);
    onLines(socket, (value) => void answer(socket, value as Request, { supervisor, end }));
  });
  const end = (): Promise<void> => leave({ folder, server, sockets, lock, log });
  server.listen(folder.socket);
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => void supervisor.down().then(end));
  }
  log.info('Supervising', { cluster, pid: process.pid });
}

interface Answering {
  readonly supervisor: Supervisor;
  readonly end: () => Promise<void>;
}

async function answer(
  socket: Socket,
  request: Request,
  { supervisor, end }: Answering,
): Promise<void> {
  const say = (message: Message): void => {
    sendLine(socket, message);
  };
  const unwatch = supervisor.watch((event) => {
    say({ event });
  });
  const gone = new AbortController();
  socket.on('close', () => {
    gone.abort();
  });
  try {
    await fulfil(request, supervisor, gone.signal);
    say({ done: supervisor.status() });
  } catch (error) {
    const exit = exitNameOf(error);
    if (exit === 'Bug') throw error;
    say({ failed: { exit, message: explain(error) } });
  } finally {
    unwatch();
    socket.end();
  }
  if (request.want === 'down') await end();
}

async function fulfil(
  request: Request,
  supervisor: Supervisor,
  signal: AbortSignal,
): Promise<void> {
  switch (request.want) {
    case 'status':
      return;
    case 'apply':
      await supervisor.apply(request.desired);
      await supervisor.allReady(signal);
      return;
    case 'down':
      await supervisor.down();
      return;
    case 'stop':
      await supervisor.stop(request.pod);
      return;
    case 'start':
      await supervisor.start(request.pod, signal);
      return;
    case 'kill':
      supervisor.kill(request.pod);
      return;
  }
}

interface Held {
  readonly folder: StateFolder;
  readonly server: Server;
  readonly sockets: ReadonlySet<Socket>;
  readonly lock: FolderLock;
  readonly log: Log;
}

async function leave({ folder, server, sockets, lock, log }: Held): Promise<void> {
  await new Promise((resolve) => {
    server.close(resolve);
    for (const socket of sockets) socket.destroySoon();
  });
  folder.forgetRunning();
  lock.release();
  log.info('All pods have ended');
  process.exit(exitCodes.Done.code);
}
