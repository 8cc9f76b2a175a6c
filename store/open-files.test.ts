import { expect, test } from 'vitest';
import { DrivenStore } from '../test/stores/driven-store.ts';
import { OpenFiles } from './open-files.ts';

function opened(filesMax: number): OpenFiles {
  const { disk } = new DrivenStore().runtime;
  const files = new OpenFiles(disk, filesMax);
  for (const name of ['a', 'b', 'c']) files.open(`/${name}`, 'create');
  return files;
}

test('a file that is used often stays open, one that is not is closed', () => {
  const files = opened(3);
  const [a, b] = [files.open('/a'), files.open('/b')];
  files.open('/a');
  files.open('/d', 'create');
  expect(files.open('/a')).toBe(a);
  files.open('/c');
  expect(files.open('/b')).not.toBe(b);
});

test('a file that is pinned stays open until it is unpinned', () => {
  const files = opened(3);
  const pinned = files.pin('/a');
  for (const name of ['d', 'e', 'f', 'g']) files.open(`/${name}`, 'create');
  expect(files.open('/a')).toBe(pinned);
  files.unpin('/a');
  for (const name of ['d', 'e', 'f', 'g']) files.open(`/${name}`);
  expect(files.open('/a')).not.toBe(pinned);
});

test('files of a folder are closed together, and no others', () => {
  const { disk } = new DrivenStore().runtime;
  disk.makeFolder('/one');
  disk.makeFolder('/oneself');
  const files = new OpenFiles(disk, 9);
  const [inside, outside] = [files.open('/one/a', 'create'), files.open('/oneself/a', 'create')];
  files.closeIn('/one');
  expect(() => inside.size()).toThrow(/a file that is open/);
  expect(outside.size()).toBe(0);
});
