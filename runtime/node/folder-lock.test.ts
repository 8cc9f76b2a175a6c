import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { lockFolder } from './folder-lock.ts';
import { findLockHolder } from './lock-holder.ts';

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'gantry-lock-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

/** Runs `script` in a process of its own until it has printed a line. */
async function startProcess(script: string): Promise<ChildProcess> {
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  return child;
}

function startHolder(folder: string): Promise<ChildProcess> {
  const source = new URL('folder-lock.ts', import.meta.url).href;
  return startProcess(`
    const { lockFolder } = await import(${JSON.stringify(source)});
    await lockFolder(${JSON.stringify(folder)});
    setInterval(() => {}, 60_000);
    console.log('held');`);
}

async function killed(child: ChildProcess): Promise<void> {
  child.kill('SIGKILL');
  await once(child, 'exit');
}

test('a folder that another process holds is refused with its id, and free once it is dead', async () => {
  const folder = temporaryFolder();
  const holder = await startHolder(folder);
  await expect(lockFolder(folder)).rejects.toMatchObject({
    code: 'Locked',
    message: expect.stringContaining(`process ${holder.pid}`) as string,
  });
  await killed(holder);
  const lock = await lockFolder(folder);
  lock.release();
});

test('a folder is one folder under all its names', async () => {
  const folder = temporaryFolder();
  const lock = await lockFolder(folder);
  await expect(lockFolder(`${folder}/../${folder.split('/').at(-1)}`)).rejects.toThrow('uses it');
  lock.release();
});

test('who holds the lock of a file is found where the system tells it', async () => {
  const file = join(temporaryFolder(), 'lock');
  const child = await startProcess(`
    import { DatabaseSync } from 'node:sqlite';
    const database = new DatabaseSync(${JSON.stringify(file)});
    database.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
    setInterval(() => database.isOpen, 60_000);
    console.log('held');`);
  expect(findLockHolder(file)).toBe(existsSync('/proc/locks') ? child.pid : undefined);
  await killed(child);
  expect(findLockHolder(file)).toBeUndefined();
});

test('holding a folder takes no space for a journal', async () => {
  const folder = temporaryFolder();
  const lock = await lockFolder(folder);
  expect(statSync(join(folder, 'gantry.lock')).size).toBe(0);
  expect(existsSync(join(folder, 'gantry.lock-journal'))).toBe(false);
  lock.release();
});
