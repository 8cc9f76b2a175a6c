/** `gantry logs`: what pods have said, and with `-f` what they say. */
import { setTimeout as pause } from 'node:timers/promises';
import { CommandError } from '../command-error.ts';
import { LogTail, lastLines } from '../local/log-file.ts';
import { merged } from '../local/log-merge.ts';
import { requireCluster, type StateFolder } from '../local/state-folder.ts';
import { print } from '../output.ts';

export interface LogsOptions {
  readonly name?: string | undefined;
  readonly state: string;
  readonly follow?: boolean | undefined;
  readonly lines: string;
}

const LOOK_PERIOD_MS = 100;

export async function logs(pod: string | undefined, options: LogsOptions): Promise<void> {
  const folder = requireCluster(options.state, options.name);
  const count = Number(options.lines);
  if (!Number.isInteger(count) || count < 0) {
    const message = `--lines is "${options.lines}", expected a whole number`;
    throw new CommandError('Usage', message);
  }
  const pods = chosen(folder, pod);
  const logs = pods.map((name) => ({ pod: name, lines: lastLines(folder.log(name), count) }));
  const last = count === 0 ? [] : merged(logs).slice(-count);
  for (const { pod: name, line } of last) print(prefixed(name, line, pods));
  if (options.follow === true) await follow(folder, { pods });
}

export interface Following {
  readonly pods?: readonly string[];
  readonly signal?: AbortSignal;
}

/** Prints what is written from now on, until `signal`. */
export async function follow(
  folder: StateFolder,
  { pods = chosen(folder, undefined), signal }: Following,
): Promise<void> {
  const tails = pods.map((pod) => ({ pod, tail: new LogTail(folder.log(pod)) }));
  while (signal?.aborted !== true) {
    const logs = tails.map(({ pod, tail }) => ({ pod, lines: tail.newLines() }));
    for (const { pod, line } of merged(logs)) print(prefixed(pod, line, pods));
    await pause(LOOK_PERIOD_MS, undefined, { signal }).catch(() => undefined);
  }
}

function chosen(folder: StateFolder, pod: string | undefined): string[] {
  const known = folder.findDesired()?.processes.map((process) => process.pod) ?? [];
  if (pod === undefined) return known;
  if (known.includes(pod)) return [pod];
  throw new CommandError('NotFound', `There is no pod "${pod}": there is ${known.join(', ')}`);
}

/** With several pods, each line says whose it is. */
function prefixed(pod: string, line: string, pods: readonly string[]): string {
  return pods.length === 1 ? line : `${pod} | ${line}`;
}
