import { expect, test } from 'vitest';
import { DiskError } from '../runtime/mod.ts';
import { DrivenStore } from '../test/stores/driven-store.ts';
import { Discarded } from './discarded.ts';
import { NextFile } from './next-file.ts';
import { OpenFiles } from './open-files.ts';
import { Segments } from './segments.ts';

/** Nine of these fill a file of 8 KiB. */
const message = { body: 'b'.repeat(800) };

const logFiles = (driven: DrivenStore): string[] => [...driven.files('commitlog').keys()];

async function filledUpTo(count: number): Promise<DrivenStore> {
  const driven = new DrivenStore();
  await driven.open();
  for (let index = 0; index < count; index++) driven.put(message);
  return driven;
}

test('the next file is there, and durable, before a message needs it', async () => {
  const driven = await filledUpTo(6);
  expect(logFiles(driven)).toHaveLength(1);
  driven.put(message);
  expect(logFiles(driven)).toHaveLength(2);
  await driven.pass(100);
  driven.crash();
  expect(logFiles(driven)).toHaveLength(2);
});

test('a message that comes before it is durable waits for that, and is kept', async () => {
  const driven = await filledUpTo(9);
  expect(logFiles(driven)).toHaveLength(2);
  driven.put(message, message);
  await driven.pass(100);
  driven.crash();
  await driven.open();
  expect(driven.servedOf('orders', 0)).toHaveLength(11);
});

test('a log that ends before it goes on in it, whoever has opened it meanwhile', async () => {
  const driven = await filledUpTo(7);
  await driven.reopen();
  driven.kill();
  await driven.open();
  for (let index = 0; index < 20; index++) driven.put(message);
  expect(driven.servedOf('orders', 0)).toHaveLength(27);
  await driven.reopen();
  expect(driven.servedOf('orders', 0)).toHaveLength(27);
});

test('one that cannot be looked at again is made durable by the write that comes to it', () => {
  const { disk, log } = new DrivenStore().runtime;
  disk.makeFolder('/log');
  const files = new OpenFiles(disk, 4);
  const deps = {
    root: '/log',
    files,
    discarded: new Discarded({ disk, log }, '/discarded'),
    unsyncedFolders: new Set<string>(),
  };
  const segments = new Segments(deps, '/log', 4096);
  const refusing = {
    open: () => {
      throw new DiskError('Other', 'too many open files');
    },
    syncFolder: (folder: string) => disk.syncFolder(folder),
    syncFolderLater: () => expect.unreachable('nothing to be synced later'),
  };
  const next = new NextFile(segments, refusing);
  next.make();
  expect(next.start).toBe(0);
  next.finishNow();
  expect(next.start).toBe(Number.POSITIVE_INFINITY);
});

test('a log that was cut behind it makes it again', async () => {
  const driven = await filledUpTo(7);
  driven.kill();
  await driven.open();
  expect(logFiles(driven)).toHaveLength(1);
  driven.put(message);
  expect(logFiles(driven)).toHaveLength(2);
});
