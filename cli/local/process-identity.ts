/**
 * A process that is still the one it was: its pid together with the time it started, since pids
 * are given out again.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

export interface ProcessIdentity {
  readonly pid: number;
  /** As the system tells it; only compared. */
  readonly started: string;
}

/** Undefined when there is no such process, or it has ended and only waits to be reaped. */
export function findProcess(pid: number): ProcessIdentity | undefined {
  return process.platform === 'linux' ? fromProc(pid) : fromPs(pid);
}

export function isRunning({ pid, started }: ProcessIdentity): boolean {
  return findProcess(pid)?.started === started;
}

/** Sends a signal, unless the process is another one by now. Whether it was sent. */
export function signal(identity: ProcessIdentity, name: NodeJS.Signals): boolean {
  if (!isRunning(identity)) return false;
  try {
    return process.kill(identity.pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
    throw error;
  }
}

function fromProc(pid: number): ProcessIdentity | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name in brackets may contain anything, blanks and brackets too.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [state] = fields;
    const started = fields[19];
    return started === undefined || state === 'Z' || state === 'X' ? undefined : { pid, started };
  } catch {
    return undefined;
  }
}

function fromPs(pid: number): ProcessIdentity | undefined {
  try {
    const answer = execFileSync('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
    const [, state = 'Z', started = ''] = /^(\S+)\s+(.*)$/.exec(answer) ?? [];
    return state.startsWith('Z') ? undefined : { pid, started };
  } catch {
    return undefined;
  }
}
