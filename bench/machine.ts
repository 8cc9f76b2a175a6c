/** What the kernel says of processes and of the whole machine; Linux only. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const TICKS_PER_SECOND = 100;

/** Seconds of CPU that all processes of the machine together have used. */
export function machineCpuSeconds(): number {
  const [, user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0, steal = 0] =
    readFileSync('/proc/stat', 'utf8').split('\n', 1)[0]?.split(/\s+/).map(Number) ?? [];
  return (user + nice + system + irq + softirq + steal) / TICKS_PER_SECOND;
}

/** Seconds of CPU that a process has used, 0 when it is gone. */
export function cpuSecondsOf(pid: number): number {
  const text = readOrEmpty(`/proc/${pid}/stat`);
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) / TICKS_PER_SECOND;
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
