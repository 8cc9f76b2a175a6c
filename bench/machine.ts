/** What the kernel says of processes and of the whole machine; Linux only. */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { freemem } from 'node:os';

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

const GIB = 1024 ** 3;
const TOUCHED_GIB_MAX = 4;
const TOUCH = `const kept = []; for (let count = Number(process.argv[1]); count > 0; count--)
  kept.push(Buffer.alloc(${GIB}, 1));`;
/** The host is busy for some seconds with what was freed. */
const FREED_PAUSE_MS = 10_000;

/**
 * Has free memory touched once. A virtual machine's host takes back what earlier runs have freed,
 * and who writes to it first pays for its return: with a third of a broker's CPU in the worst case.
 */
export async function settleMemory(): Promise<void> {
  const count = Math.min(TOUCHED_GIB_MAX, Math.floor(freemem() / 2 / GIB));
  execFileSync(process.execPath, ['-e', TOUCH, String(count)]);
  await new Promise((resolve) => setTimeout(resolve, FREED_PAUSE_MS));
}

function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
