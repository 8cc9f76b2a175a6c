/** Asks the supervisor of a cluster, and starts it when there is none. */
import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { CommandError } from '../command-error.ts';
import { hint } from '../hint.ts';
import { ownVersion } from '../version.ts';
import { onLines, sendLine } from './json-lines.ts';
import type { ClusterStatus, Message, Request } from './messages.ts';
import type { PodStatus } from './pod-process.ts';
import { isRunning, type ProcessIdentity } from './process-identity.ts';
import type { StateFolder } from './state-folder.ts';

const LOOK_PERIOD_MS = 5;
/** Ending what a killed supervisor left behind takes as long as the pods' own grace. */
const START_TIMEOUT_MS = 180_000;

/** Undefined when no supervisor runs. */
export async function findSupervisor(folder: StateFolder): Promise<SupervisorClient | undefined> {
  const socket = await tryConnect(folder.socket);
  return socket === undefined ? undefined : new SupervisorClient(folder, socket);
}

/** The running one, or a new one. */
export async function requireSupervisor(folder: StateFolder): Promise<SupervisorClient> {
  const running = await findSupervisor(folder);
  return running ?? startSupervisor(folder);
}

async function startSupervisor(folder: StateFolder): Promise<SupervisorClient> {
  folder.make();
  const log = openSync(folder.supervisorLog, 'w');
  const program = process.argv[1] ?? '';
  const child = spawn(process.execPath, [program, 'supervise', folder.root, folder.cluster], {
    detached: true,
    cwd: folder.path,
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  child.unref();
  const deadline = performance.now() + START_TIMEOUT_MS;
  while (performance.now() < deadline) {
    const client = await findSupervisor(folder);
    if (client !== undefined) return client;
    if (child.exitCode !== null) {
      const said = readFileSync(folder.supervisorLog, 'utf8').trim();
      throw new CommandError('Failed', `The supervisor of ${folder.cluster} ended: ${said}`);
    }
    await pause(LOOK_PERIOD_MS);
  }
  throw new CommandError('NotReady', `The supervisor of ${folder.cluster} does not answer`);
}

function tryConnect(path: string): Promise<Socket | undefined> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once('connect', () => {
      resolve(socket);
    });
    socket.once('error', () => {
      resolve(undefined);
    });
  });
}

/** One connection, one request. */
export class SupervisorClient {
  readonly #folder: StateFolder;
  readonly #socket: Socket;

  constructor(folder: StateFolder, socket: Socket) {
    this.#folder = folder;
    this.#socket = socket;
  }

  ask(request: Request, onEvent: (status: PodStatus) => void = () => undefined) {
    return new Promise<ClusterStatus>((resolve, reject) => {
      const settle = (end: () => void): void => {
        this.#socket.destroy();
        end();
      };
      onLines(this.#socket, (value) => {
        const message = value as Message;
        if ('event' in message) onEvent(message.event);
        else if ('done' in message) settle(() => resolve(message.done));
        else {
          const { exit, message: why } = message.failed;
          settle(() => reject(new CommandError(exit, why)));
        }
      });
      const broken = (): void => {
        const { cluster, supervisorLog } = this.#folder;
        const why = `The supervisor of ${cluster} ended before it was done: see ${supervisorLog}`;
        reject(new CommandError('Failed', why));
      };
      this.#socket.on('error', broken);
      this.#socket.on('close', broken);
      sendLine(this.#socket, request);
    });
  }

  /** Gives up waiting; what was asked for goes on. */
  abandon(): void {
    this.#socket.destroy();
  }
}

/** Refuses to talk to a supervisor of another version: it would not understand. */
export function checkVersion({ version, cluster }: ClusterStatus): void {
  const own = ownVersion();
  if (version === own) return;
  const message = `Cluster ${cluster} is supervised by gantry ${version}, this is ${own}: run \`${hint('down', { name: cluster })}\` first`;
  throw new CommandError('Failed', message);
}

/** Until the supervisor's process is gone and its folder is free again. */
export async function waitUntilGone(identity: ProcessIdentity | undefined): Promise<void> {
  while (identity !== undefined && isRunning(identity)) await pause(LOOK_PERIOD_MS);
}
