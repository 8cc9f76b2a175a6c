/**
 * Files that are replaced as a whole: written beside, synced, renamed. A crash leaves the old
 * version or the new one, never a part.
 */
import type { Disk } from './disk.ts';
import { makeDurableFolder } from './durable-folder.ts';

/** Durable when it returns. Throws `DiskError`, and then the old version is still there. */
export function replaceFile(disk: Disk, path: string, text: string): void {
  const slash = path.lastIndexOf('/');
  const folder = slash < 0 ? '.' : path.slice(0, Math.max(1, slash));
  const beside = `${path}.tmp`;
  makeDurableFolder(disk, folder);
  const file = disk.open(beside, 'create');
  try {
    file.resize(0);
    file.write(Buffer.from(text), 0);
    file.syncNow();
  } finally {
    file.close();
  }
  disk.rename(beside, path);
  disk.syncFolder(folder);
}

/** Empty when the file is missing. */
export function readText(disk: Disk, path: string): string {
  if (!disk.exists(path)) return '';
  const file = disk.open(path, 'existing');
  try {
    const bytes = Buffer.alloc(file.size());
    return bytes.toString('utf8', 0, file.read(bytes, 0));
  } finally {
    file.close();
  }
}
