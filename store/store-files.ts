/**
 * The small files of a store's root: the mark of its format, the sign that a broker is running in
 * it, and what we cannot open.
 *
 *     gantry.json   {"formatVersion":1}   ours; RocketMQ ignores it
 *     abort                               there while a broker runs: found at a start, it crashed
 */
import { type Disk, DiskError } from '../runtime/mod.ts';
import { StoreError } from './store-error.ts';

/** What this version writes. Raise it when an older one could not read what is written. */
const FORMAT_VERSION = 1;
const TEXT_BYTES_MAX = 4096;

export function refuseForeign(disk: Disk, folder: string): void {
  for (const [path, what] of [
    [`${folder}/consumequeue/CURRENT`, 'consume queues in RocksDB'],
    [`${folder}/config/rdb`, 'configuration in RocksDB'],
  ] as const) {
    if (!disk.exists(path)) continue;
    throw new StoreError(
      'NotSupported',
      `Cannot open ${folder}: it has ${what} (${path}). Only files are supported: queues are made again from the log once that folder is removed`,
    );
  }
}

/** Refuses what a newer version wrote; marks the store as ours. */
export function requireFormat(disk: Disk, folder: string): void {
  const path = `${folder}/gantry.json`;
  const found = disk.exists(path) ? readVersion(disk, path) : undefined;
  if (found === undefined) {
    writeText(disk, path, `{"formatVersion":${FORMAT_VERSION}}\n`);
  } else if (found > FORMAT_VERSION) {
    throw new StoreError(
      'NewerFormat',
      `Cannot open ${folder}: its format is version ${found}, this program knows versions up to ${FORMAT_VERSION}. Use the version that wrote it or a newer one`,
    );
  }
}

/** Undefined when the process died while it wrote it. */
function readVersion(disk: Disk, path: string): number | undefined {
  const match = /"formatVersion"\s*:\s*(\d+)/.exec(readText(disk, path));
  return match === null ? undefined : Number(match[1]);
}

export function readText(disk: Disk, path: string): string {
  const file = disk.open(path, 'existing');
  const bytes = Buffer.alloc(Math.min(file.size(), TEXT_BYTES_MAX));
  file.read(bytes, 0);
  file.close();
  return bytes.toString('utf8');
}

export function hasAbort(disk: Disk, folder: string): boolean {
  return disk.exists(`${folder}/abort`);
}

/** From now on until `removeAbort`, a start finds that the store was not closed. */
export function writeAbort(disk: Disk, folder: string): void {
  writeText(disk, `${folder}/abort`, '0');
  disk.syncFolder(folder);
}

/** On a full disk the file stays empty: a store must open there, to be read and to be cleaned. */
export function writeText(disk: Disk, path: string, text: string): void {
  const file = disk.open(path, 'create');
  try {
    file.write(Buffer.from(text), 0);
  } catch (error) {
    if (!(error instanceof DiskError && error.code === 'NoSpace')) throw error;
  } finally {
    file.close();
  }
}

export async function removeAbort(disk: Disk, folder: string): Promise<void> {
  await disk.remove(`${folder}/abort`);
  disk.syncFolder(folder);
}
