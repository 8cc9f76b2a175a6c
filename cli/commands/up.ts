/** `gantry up`: from a manifest to a cluster that serves, and what to try next. */

import { readFileSync } from 'node:fs';
import { type Address, formatAddress, parseAddress } from '../../runtime/mod.ts';
import { CommandError } from '../command-error.ts';
import { type ExitName, exitCodes } from '../exit-codes.ts';
import { hint } from '../hint.ts';
import type { Prepared } from '../local/cluster.ts';
import { lastLines } from '../local/log-file.ts';
import type { ClusterStatus } from '../local/messages.ts';
import { howEnded, type PodStatus } from '../local/pod-process.ts';
import { requireFree } from '../local/port-holder.ts';
import type { StateFolder } from '../local/state-folder.ts';
import {
  checkVersion,
  findSupervisor,
  requireSupervisor,
  type SupervisorClient,
} from '../local/supervisor-client.ts';
import { Progress, print } from '../output.ts';
import { nextSteps } from './next-steps.ts';
import { printStatus } from './status.ts';

export interface UpOptions {
  readonly file: string;
  readonly name?: string | undefined;
  readonly nameserver: string;
  readonly state: string;
  readonly timeout: string;
  readonly attach?: boolean | undefined;
}

export async function up(options: UpOptions): Promise<void> {
  const { file, name, state: root } = options;
  const timeoutMs = secondsOf(options.timeout) * 1000;
  const nameServer = addressOf(options.nameserver);
  const text = readManifestFile(file);
  const progress = new Progress();
  try {
    progress.wait(`Reading ${file}`);
    const { prepare } = await import('../local/cluster.ts');
    const prepared = await prepare({ file, text, root, name, nameServer });
    for (const note of prepared.notes) progress.line(note);
    const status = await bringUp(prepared, text, { progress, timeoutMs });
    progress.end();
    printStatus(status, 'table');
    print(`\n${nextSteps(status, options)}`);
    if (options.attach === true) await stayAttached(prepared.folder);
  } finally {
    progress.end();
  }
}

interface Waiting {
  readonly progress: Progress;
  readonly timeoutMs: number;
}

async function bringUp(
  { folder, desired }: Prepared,
  manifest: string,
  { progress, timeoutMs }: Waiting,
): Promise<ClusterStatus> {
  const running = await (await findSupervisor(folder))?.ask({ want: 'status' });
  if (running !== undefined) checkVersion(running);
  // Those whose supervisor was killed are ended, and their ports free, before new ones start.
  const ours = [
    ...(running?.pods ?? []).filter(({ pid }) => pid !== null).map(({ name }) => name),
    ...Object.keys(folder.findRunning()?.pods ?? {}),
  ];
  await requireFreePorts(desired.processes, ours);

  folder.make();
  folder.keepDesired(desired);
  folder.keepManifest(manifest);
  const waiting = new Set(desired.processes.map(({ pod }) => pod));
  const showWaiting = (): void => {
    progress.wait(`Waiting for ${[...waiting].join(', ')}`);
  };
  showWaiting();
  const supervisor = await requireSupervisor(folder);
  const onEvent = (status: PodStatus): void => {
    if (status.state === 'ready') {
      waiting.delete(status.pod);
      progress.line(`${status.pod} is ready`);
    } else if (status.state === 'waiting') {
      refuseHopeless(status, folder);
      progress.line(`${status.pod} ended (${howEnded(status)}) and is started again`);
    }
    showWaiting();
  };
  return withDeadline(supervisor, { folder, desired, onEvent, timeoutMs, waiting });
}

interface Applied {
  readonly folder: StateFolder;
  readonly desired: Prepared['desired'];
  readonly onEvent: (status: PodStatus) => void;
  readonly timeoutMs: number;
  readonly waiting: ReadonlySet<string>;
}

async function withDeadline(
  supervisor: SupervisorClient,
  { folder, desired, onEvent, timeoutMs, waiting }: Applied,
): Promise<ClusterStatus> {
  let late: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_resolve, reject) => {
    late = setTimeout(() => {
      const pods = [...waiting].join(', ');
      const logs = hint(`logs ${[...waiting][0] ?? ''}`, {
        name: folder.cluster,
        state: folder.root,
      });
      const message = `Not ready after ${timeoutMs / 1000} s: ${pods}; \`${logs}\` says why\n${whatRuns(folder)}`;
      reject(new CommandError('NotReady', message));
    }, timeoutMs);
  });
  const failed = Promise.withResolvers<never>();
  const watch = (status: PodStatus): void => {
    try {
      onEvent(status);
    } catch (error) {
      failed.reject(error as Error);
    }
  };
  try {
    const applied = supervisor.ask({ want: 'apply', desired }, watch);
    return await Promise.race([applied, deadline, failed.promise]);
  } finally {
    clearTimeout(late);
    supervisor.abandon();
  }
}

/** Ends that another start will not mend: a person has to do something. */
const HOPELESS: readonly ExitName[] = [
  'Usage',
  'Refused',
  'NotFound',
  'PortInUse',
  'Locked',
  'NewerFormat',
  'WrongIdentity',
  'CorruptStore',
  'Bug',
];

function refuseHopeless(status: PodStatus, folder: StateFolder): void {
  const exit = HOPELESS.find((name) => exitCodes[name].code === status.lastExit?.code);
  if (exit === undefined) return;
  const said = lastLines(folder.log(status.pod), 5, status.logBefore).join('\n  ');
  const message = `Pod ${status.pod} cannot start (${howEnded(status)}):\n  ${said}\n${whatRuns(folder)}`;
  throw new CommandError(exit, message);
}

/** After a failure: what has been started stays. */
function whatRuns({ cluster, root }: StateFolder): string {
  const which = { name: cluster, state: root };
  return `What could be started runs on, and the rest is tried again: \`${hint('status', which)}\` shows it, \`${hint('down', which)}\` stops it`;
}

/** Found before anything is started, and with the holder's name. */
async function requireFreePorts(
  processes: Prepared['desired']['processes'],
  ours: readonly string[],
): Promise<void> {
  for (const { pod, role, host, port } of processes) {
    if (ours.includes(pod)) continue;
    const remedy =
      role === 'nameserver'
        ? `or choose another address: --nameserver ${formatAddress({ host, port: port + 1 })}`
        : 'or choose another cluster name with --name';
    await requireFree({ host, port }, remedy);
  }
}

/** With the logs until Ctrl-C, which stops everything. */
async function stayAttached(folder: StateFolder): Promise<void> {
  const { follow } = await import('./logs.ts');
  const { down } = await import('./down.ts');
  const interrupted = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      interrupted.abort();
    });
  }
  await follow(folder, { signal: interrupted.signal });
  await down({ name: folder.cluster, state: folder.root });
}

function readManifestFile(file: string): string {
  try {
    return readFileSync(file === '-' ? 0 : file, 'utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const why = code === 'ENOENT' ? 'there is no such file' : message;
    throw new CommandError('NotFound', `Cannot read ${file}: ${why}`, { cause: error });
  }
}

function addressOf(text: string): Address {
  const address = parseAddress(text);
  if (address !== undefined && address.port > 0) return address;
  const message = `--nameserver is "${text}", expected host:port such as 127.0.0.1:9876`;
  throw new CommandError('Usage', message);
}

function secondsOf(text: string): number {
  const seconds = Number(text);
  if (seconds > 0 && seconds <= 86_400) return seconds;
  throw new CommandError('Usage', `--timeout is "${text}", expected seconds, more than 0`);
}
