/** Folders whose own names survive a power cut: what is put into one that does not is lost with it. */
import type { Disk } from './disk.ts';

/** Makes `folder` and those above it, durable when it returns. */
export function makeDurableFolder(disk: Disk, folder: string): void {
  const parents: string[] = [];
  for (let path = folder; path !== '' && !disk.exists(path); ) {
    path = path.slice(0, path.lastIndexOf('/'));
    parents.push(path === '' ? '/' : path);
  }
  disk.makeFolder(folder);
  for (const parent of parents.reverse()) disk.syncFolder(parent);
}
