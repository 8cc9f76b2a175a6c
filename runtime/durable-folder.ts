import type { Disk } from './disk.ts';

/**
 * Makes `folder` and those above it so that they survive a power cut when it returns: what is put
 * into a folder is lost with it otherwise, however well it was synced.
 */
export function makeDurableFolder(disk: Disk, folder: string): void {
  const parents: string[] = [];
  for (let path = folder; path !== '' && !disk.exists(path); ) {
    path = path.slice(0, path.lastIndexOf('/'));
    parents.push(path === '' ? '/' : path);
  }
  disk.makeFolder(folder);
  for (const parent of parents.reverse()) disk.syncFolder(parent);
}
