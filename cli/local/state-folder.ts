/**
 * The folder of a local cluster: `.gantry/<cluster>/`. Claims hold the data and outlive `down`;
 * everything else can be made anew from the manifest.
 */

import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join, resolve } from 'node:path';
import { CommandError } from '../command-error.ts';
import { hint } from '../hint.ts';
import type { LocalProcess } from './local-process.ts';
import type { Networks } from './networks.ts';
import type { ProcessIdentity } from './process-identity.ts';

/** What was last asked for. */
export interface Desired {
  readonly cluster: string;
  readonly networks: Networks;
  readonly nameServers: readonly string[];
  readonly processes: readonly LocalProcess[];
}

/** What was running when this was written: who has to be ended if the supervisor is gone. */
export interface Running {
  readonly supervisor: ProcessIdentity;
  readonly pods: Readonly<Record<string, ProcessIdentity & { readonly graceMs: number }>>;
}

/** A socket's path must fit 104 bytes on some systems, 108 on others. */
const SOCKET_PATH_BYTES_MAX = 100;

export class StateFolder {
  readonly path: string;
  readonly root: string;
  readonly cluster: string;

  constructor(root: string, cluster: string) {
    this.cluster = cluster;
    this.root = resolve(root);
    this.path = join(this.root, cluster);
  }

  get claims(): string {
    return join(this.path, 'claims');
  }

  get pods(): string {
    return join(this.path, 'pods');
  }

  get supervisorLog(): string {
    return join(this.path, 'supervisor.log');
  }

  get socket(): string {
    const inside = join(this.path, 'supervisor.sock');
    if (Buffer.byteLength(inside) <= SOCKET_PATH_BYTES_MAX) return inside;
    const name = createHash('sha256').update(this.path).digest('hex').slice(0, 16);
    return join(tmpdir(), `gantry-${userInfo().uid}-${name}.sock`);
  }

  log(pod: string): string {
    return join(this.path, 'logs', `${pod}.log`);
  }

  exists(): boolean {
    return existsSync(join(this.path, 'desired.json'));
  }

  /** Only for its owner: whoever may write to the socket may stop the cluster. */
  make(): void {
    mkdirSync(this.path, { recursive: true, mode: 0o700 });
    mkdirSync(join(this.path, 'logs'), { recursive: true });
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }

  findManifest(): string | undefined {
    return readText(join(this.path, 'manifest.yaml'));
  }

  keepManifest(text: string): void {
    replace(join(this.path, 'manifest.yaml'), text);
  }

  findDesired(): Desired | undefined {
    return readJson(join(this.path, 'desired.json')) as Desired | undefined;
  }

  keepDesired(desired: Desired): void {
    replace(join(this.path, 'desired.json'), `${JSON.stringify(desired, undefined, 2)}\n`);
  }

  findRunning(): Running | undefined {
    return readJson(join(this.path, 'running.json')) as Running | undefined;
  }

  keepRunning(running: Running): void {
    replace(join(this.path, 'running.json'), `${JSON.stringify(running)}\n`);
  }

  forgetRunning(): void {
    rmSync(join(this.path, 'running.json'), { force: true });
    rmSync(this.socket, { force: true });
  }
}

/** All clusters under `root`. */
export function clustersOf(root: string): StateFolder[] {
  return clustersIn(root).map((name) => new StateFolder(root, name));
}

/** Their names. */
function clustersIn(root: string): string[] {
  if (!existsSync(root)) return [];
  return readdirSync(root).filter((name) => {
    return statSync(join(root, name)).isDirectory() && new StateFolder(root, name).exists();
  });
}

/** The cluster called `name`, or the only one that runs, or the only one there is. */
export function requireCluster(root: string, name: string | undefined): StateFolder {
  const known = clustersIn(root);
  if (known.length === 0) {
    const message = `There is no local cluster in ${resolve(root)}: start one with \`${hint('up -f FILE', { name, state: root })}\``;
    throw new CommandError('NotFound', message);
  }
  const running = known.filter((one) => new StateFolder(root, one).findRunning() !== undefined);
  const chosen = name ?? [running, known].find((names) => names.length === 1)?.[0];
  if (chosen === undefined) {
    const message = `There are several local clusters: say which with --name ${known.join(', --name ')}`;
    throw new CommandError('Usage', message);
  }
  if (!known.includes(chosen)) {
    const message = `There is no local cluster "${chosen}" in ${resolve(root)}: there is ${known.join(', ')}`;
    throw new CommandError('NotFound', message);
  }
  return new StateFolder(root, chosen);
}

function readText(path: string): string | undefined {
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
}

function readJson(path: string): unknown {
  const text = readText(path);
  return text === undefined ? undefined : JSON.parse(text);
}

/** Whole or not at all, whatever happens meanwhile. */
function replace(path: string, text: string): void {
  writeFileSync(`${path}.new`, text, { mode: 0o600 });
  renameSync(`${path}.new`, path);
}
