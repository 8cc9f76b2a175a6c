/** What the kernel says of processes and of the whole machine; Linux only. */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

const TICKS_PER_SECOND = 100;

/**
 * Seconds of CPU that all processes but `ours` have used, those that have ended through the parents
 * that waited for them. Process by process: the machine's own totals are sampled at ticks, and name
 * a core busy that only wakes often.
 */
export function othersCpuSeconds(ours: ReadonlySet<number>): number {
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => pid > 0 && !ours.has(pid))
    .reduce((sum, pid) => sum + cpuOf(pid, [UTIME, STIME, CUTIME, CSTIME]), 0);
}

/** Seconds of CPU that a process has used, 0 when it is gone. */
export function cpuSecondsOf(pid: number): number {
  return cpuOf(pid, [UTIME, STIME]);
}

/** Fields of /proc/PID/stat, counted from the one after the name. */
const UTIME = 11;
const STIME = 12;
const CUTIME = 13;
const CSTIME = 14;

function cpuOf(pid: number, fields: readonly number[]): number {
  const text = readOrEmpty(`/proc/${pid}/stat`);
  const values = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return fields.reduce((sum, field) => sum + Number(values[field] ?? 0), 0) / TICKS_PER_SECOND;
}

export interface Memory {
  /** All resident pages, those of mapped files included. */
  readonly residentMiB: number;
  /** Pages of the process alone: what it costs whatever the page cache holds. */
  readonly anonymousMiB: number;
}

export function memoryOf(pid: number): Memory {
  const text = readOrEmpty(`/proc/${pid}/status`);
  const mib = (key: string): number =>
    Number(new RegExp(`${key}:\\s+(\\d+)`).exec(text)?.[1] ?? 0) / 1024;
  return { residentMiB: mib('VmRSS'), anonymousMiB: mib('RssAnon') };
}

/** Waits until what earlier runs wrote is on disk, so that it does not disturb the next one. */
export function settleDisk(): void {
  execFileSync('sync');
}

function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
