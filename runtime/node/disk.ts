/** Files by `node:fs`. */
import {
  closeSync,
  type Dirent,
  fsync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  statfsSync,
  statSync,
} from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Disk, DiskSpace, FolderEntry } from '../disk.ts';
import { diskError, translated } from './disk-errors.ts';
import { lockFolder } from './folder-lock.ts';
import { openFile } from './open-file.ts';

export const nodeDisk: Disk = {
  open: openFile,
  exists: (path) =>
    translated(`stat ${path}`, () => statSync(path, { throwIfNoEntry: false }) !== undefined),
  list,
  makeFolder(folder) {
    translated(`make ${folder}`, () => mkdirSync(folder, { recursive: true }));
  },
  rename(from, to) {
    translated(`rename ${from} to ${to}`, () => renameSync(from, to));
  },
  async remove(path) {
    try {
      await rm(path, { recursive: true, force: true });
    } catch (error) {
      throw diskError(`remove ${path}`, error);
    }
  },
  syncFolder(folder) {
    translated(`sync ${folder}`, () => {
      const descriptor = openSync(folder, 'r');
      try {
        fsyncSync(descriptor);
      } finally {
        closeSync(descriptor);
      }
    });
  },
  syncFolderLater(folder, done) {
    const descriptor = translated(`sync ${folder}`, () => openSync(folder, 'r'));
    fsync(descriptor, (error) => {
      closeSync(descriptor);
      if (error) done(diskError(`sync ${folder}`, error));
      else done();
    });
  },
  space,
  lock: lockFolder,
};

function list(folder: string): FolderEntry[] {
  if (!nodeDisk.exists(folder)) return [];
  return translated(`list ${folder}`, () =>
    readdirSync(folder, { withFileTypes: true })
      .map((entry) => ({ name: entry.name, kind: kindOf(folder, entry) }))
      .sort((a, b) => (a.name < b.name ? -1 : 1)),
  );
}

/** A link counts as what it points to, as for every other call. */
function kindOf(folder: string, entry: Dirent): FolderEntry['kind'] {
  const target = entry.isSymbolicLink()
    ? statSync(join(folder, entry.name), { throwIfNoEntry: false })
    : entry;
  return target?.isDirectory() === true ? 'folder' : 'file';
}

function space(folder: string): DiskSpace {
  const { blocks, bavail, bsize } = translated(`measure ${folder}`, () => statfsSync(folder));
  return { totalBytes: blocks * bsize, freeBytes: bavail * bsize };
}
