/**
 * Who holds a POSIX record lock on a file, as Linux tells in `/proc/locks`:
 * `1: POSIX  ADVISORY  WRITE 8511 fe:00:9978239 0 0` (pid, device and inode, first and last byte).
 * Other systems do not tell, nor does Linux about a process of another container.
 */
import { readdirSync, readFileSync, statSync } from 'node:fs';

export function findLockHolder(path: string): number | undefined {
  const file = statSync(path, { throwIfNoEntry: false });
  if (file === undefined) return undefined;
  return pidsLocking(file.ino).find((pid) => hasOpen(pid, file));
}

function pidsLocking(inode: number): number[] {
  let table: string;
  try {
    table = readFileSync('/proc/locks', 'utf8');
  } catch {
    return [];
  }
  return table
    .split('\n')
    .map((line) => /POSIX\s+ADVISORY\s+WRITE\s+(\d+)\s+\S+:(\d+)\s/.exec(line))
    .filter((match) => match !== null && Number(match[2]) === inode)
    .map((match) => Number(match?.[1]))
    .filter((pid) => pid > 0);
}

/**
 * An inode number is one file's per file system only, and the device in the table is not always the
 * one `stat` tells (overlay, btrfs). The process having the file open settles it.
 */
function hasOpen(pid: number, file: { dev: number; ino: number }): boolean {
  const folder = `/proc/${pid}/fd`;
  try {
    return readdirSync(folder).some((descriptor) => {
      const open = statSync(`${folder}/${descriptor}`, { throwIfNoEntry: false });
      return open?.ino === file.ino && open.dev === file.dev;
    });
  } catch {
    // Another user's process: its files are hidden, its lock is not.
    return true;
  }
}
