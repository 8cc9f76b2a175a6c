/**
 * Keeps two processes out of one folder.
 *
 * Node has no call for the kernel's file locks, but its SQLite takes one: an exclusive transaction
 * on an empty database holds a POSIX record lock on the file `gantry.lock` until it is closed or
 * the process dies. Unlike a pid file or a socket it cannot go stale, and it holds across
 * containers that share a volume. `gantry.lock.holder` says who it is, for the error alone.
 *
 * A Java broker locks byte 0 of the file `lock` instead. We cannot take that lock, but Linux shows
 * who holds it. A Java broker that starts while we hold the folder does not see us.
 */
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { DiskError, type FolderLock } from '../disk.ts';
import { translated } from './disk-errors.ts';
import { findLockHolder } from './lock-holder.ts';

const OURS = 'gantry.lock';
const HOLDER = 'gantry.lock.holder';
const JAVA = 'lock';
const SQLITE_BUSY = 5;

/** The folder must exist. */
export function lockFolder(folder: string): Promise<FolderLock> {
  return new Promise((resolve) => {
    resolve(lockNow(folder));
  });
}

function lockNow(folder: string): FolderLock {
  translated(`lock ${folder}`, () => statSync(folder));
  const javaPid = findLockHolder(join(folder, JAVA));
  if (javaPid !== undefined) {
    throw new DiskError(
      'Locked',
      `Cannot lock ${folder}: process ${javaPid}, a RocketMQ broker, uses it. Stop it first`,
    );
  }
  const database = holdDatabase(folder);
  writeFileSync(join(folder, HOLDER), `process ${process.pid} on ${hostname()}`);
  return {
    release() {
      if (database.isOpen) database.close();
    },
  };
}

function holdDatabase(folder: string): DatabaseSync {
  const database = translated(
    `lock ${folder}`,
    () => new DatabaseSync(join(folder, OURS), { timeout: 0 }),
  );
  try {
    // The journal stays in memory: this database is never written, and leaves no second file.
    database.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
    return database;
  } catch (error) {
    database.close();
    if (!(error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY)) {
      throw new DiskError('Other', `Cannot lock ${folder}: ${String(error)}`, { cause: error });
    }
    throw new DiskError(
      'Locked',
      `Cannot lock ${folder}: ${holderOf(folder)} uses it. Stop it first, or use another folder`,
      { cause: error },
    );
  }
}

function holderOf(folder: string): string {
  const pid = findLockHolder(join(folder, OURS));
  if (pid !== undefined) return `process ${pid}`;
  try {
    return readFileSync(join(folder, HOLDER), 'utf8');
  } catch {
    return 'another process';
  }
}
