/** Who listens on an address of this machine, as far as the system tells us. */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import { type Address, formatAddress } from '../../runtime/mod.ts';
import { CommandError } from '../command-error.ts';

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
  const holder = findPortHolder(address);
  const message = `Cannot listen on ${where}: ${holder ?? 'another process'} does already; ${remedy}`;
  throw new CommandError('PortInUse', message);
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

/** `process 4711 (java -cp …)`; undefined when nobody, or not for us to know. */
function findPortHolder(address: Address): string | undefined {
  try {
    return process.platform === 'linux' ? fromProc(address) : fromLsof(address);
  } catch {
    return undefined;
  }
}

const LISTENING = '0A';

function fromProc(address: Address): string | undefined {
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
  const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
  return `process ${pid} (${shortened(command)})`;
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

function fromLsof({ port }: Address): string | undefined {
  const options = ['-nP', `-iTCP:${port}`, '-sTCP:LISTEN', '-Fpc'];
  const answer = execFileSync('lsof', options, { encoding: 'utf8' });
  const pid = /^p(\d+)$/m.exec(answer)?.[1];
  return pid === undefined ? undefined : `process ${pid} (${/^c(.*)$/m.exec(answer)?.[1] ?? ''})`;
}

function shortened(command: string): string {
  return command.length > 60 ? `${command.slice(0, 60)}…` : command;
}
