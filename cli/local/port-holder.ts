/** Who listens on an address of this machine, as far as the system tells us. */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import { type Address, formatAddress } from '../../runtime/mod.ts';
import { CommandError } from '../command-error.ts';
import { hint } from '../hint.ts';
import { StateFolder } from './state-folder.ts';

/** Whether `host` is an address of this machine that can be listened on. */
export async function canBind(host: string): Promise<boolean> {
  return (await listenError({ host, port: 0 })) === undefined;
}

/** Throws what a person needs to know when `address` cannot be listened on. */
export async function requireFree(address: Address, remedy: string): Promise<void> {
  const code = await listenError(address);
  if (code === undefined) return;
  const where = formatAddress(address);
  if (code !== 'EADDRINUSE') {
    throw new CommandError('PortInUse', `Cannot listen on ${where}: ${code}; ${remedy}`);
  }
  const { what, remedy: end } = findPortHolder(address) ?? { what: 'another process' };
  const message = `Cannot listen on ${where}: ${what} does already; ${end ?? 'stop it'}, ${remedy}`;
  throw new CommandError('PortInUse', message);
}

interface Holder {
  /** `process 4711 (java -cp …)`, or which pod of which local cluster. */
  readonly what: string;
  /** How to end it. */
  readonly remedy?: string;
}

function listenError(address: Address): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => {
      resolve(error.code ?? error.message);
    });
    server.listen({ ...address, exclusive: true }, () => {
      server.close(() => {
        resolve(undefined);
      });
    });
  });
}

/** Undefined when nobody, or not for us to know. */
function findPortHolder(address: Address): Holder | undefined {
  try {
    return process.platform === 'linux' ? fromProc(address) : fromLsof(address);
  } catch {
    return undefined;
  }
}

const LISTENING = '0A';

function fromProc(address: Address): Holder | undefined {
  const inodes = ['/proc/net/tcp', '/proc/net/tcp6'].flatMap((path) =>
    readFileSync(path, 'utf8')
      .split('\n')
      .slice(1)
      .map((line) => line.trim().split(/\s+/))
      .filter(([, local = '', , state]) => state === LISTENING && listensOn(local, address))
      .map((fields) => fields[9] ?? ''),
  );
  const wanted = new Set(inodes.map((inode) => `socket:[${inode}]`));
  const pid = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .find((name) => hasOpen(name, wanted));
  if (pid === undefined) return undefined;
  const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
  return findOwnPod(words) ?? { what: `process ${pid} (${shortened(words.join(' ').trim())})` };
}

/** A pod of a local cluster, of this state folder or another: its file is in the cluster's folder. */
function findOwnPod(words: readonly string[]): Holder | undefined {
  for (const word of words) {
    const [, state, name, pod] = /^(.+)\/([^/]+)\/pods\/([^/]+)\//.exec(word) ?? [];
    if (state === undefined || name === undefined) continue;
    if (!new StateFolder(state, name).exists()) continue;
    const remedy = `stop it with \`${hint('down', { name, state })}\``;
    return { what: `pod ${pod} of the local cluster ${name} in ${state}`, remedy };
  }
  return undefined;
}

/** `0100007F:2694`: the address in the machine's byte order, in words of 32 bits, and the port. */
function listensOn(local: string, { host, port }: Address): boolean {
  const [hex = '', hexPort = ''] = local.split(':');
  if (Number.parseInt(hexPort, 16) !== port) return false;
  const last = hex.slice(-8);
  const bytes = [6, 4, 2, 0].map((at) => Number.parseInt(last.slice(at, at + 2), 16));
  return /^0*$/.test(hex) || bytes.join('.') === host;
}

function hasOpen(pid: string, wanted: ReadonlySet<string>): boolean {
  try {
    const folder = `/proc/${pid}/fd`;
    return readdirSync(folder).some((name) => wanted.has(readlinkSync(`${folder}/${name}`)));
  } catch {
    // Gone meanwhile, or another user's.
    return false;
  }
}

function fromLsof({ port }: Address): Holder | undefined {
  const options = ['-nP', `-iTCP:${port}`, '-sTCP:LISTEN', '-Fpc'];
  const answer = execFileSync('lsof', options, { encoding: 'utf8' });
  const pid = /^p(\d+)$/m.exec(answer)?.[1];
  const what = `process ${pid} (${/^c(.*)$/m.exec(answer)?.[1] ?? ''})`;
  return pid === undefined ? undefined : { what };
}

function shortened(command: string): string {
  return command.length > 60 ? `${command.slice(0, 60)}…` : command;
}
