import { describe, expect, test } from 'vitest';
import type { OpenFile } from '../../runtime/mod.ts';
import { worlds } from './worlds.ts';

describe.each(worlds)('the %s disk', (_name, inWorld) => {
  test('reads back what was written, and no more at the end', () =>
    inWorld(async ({ runtime: { disk }, folder }) => {
      const file = disk.open(`${folder}/log`, 'create');
      file.write(Buffer.from('hello world'), 0);
      file.write(Buffer.from('W'), 6);
      const into = Buffer.alloc(99);
      expect(file.read(into, 6)).toBe(5);
      expect(into.toString('latin1', 0, 5)).toBe('World');
      expect(file.read(into, 11)).toBe(0);
      expect(file.read(into, 5_000)).toBe(0);
      expect(file.size()).toBe(11);
      file.close();
    }));

  test('several buffers are written in a row', () =>
    inWorld(async ({ runtime: { disk }, folder }) => {
      const file = disk.open(`${folder}/log`, 'create');
      const long = Buffer.alloc(10_000, 'x');
      file.writeAll([Buffer.from('a'), Buffer.alloc(0), long, Buffer.from('z')], 3);
      expect(content(file).toString()).toBe(`\0\0\0a${long.toString()}z`);
      file.writeAll([], 0);
      expect(file.size()).toBe(10_005);
      file.close();
    }));

  test('a hole reads as zeros', () =>
    inWorld(async ({ runtime: { disk }, folder }) => {
      const file = disk.open(`${folder}/log`, 'create');
      file.write(Buffer.from('far'), 20_000);
      expect(content(file)).toEqual(Buffer.concat([Buffer.alloc(20_000), Buffer.from('far')]));
      file.close();
    }));

  test('a file grows by zeros and is cut, and what was cut off does not come back', () =>
    inWorld(async ({ runtime: { disk }, folder }) => {
      const file = disk.open(`${folder}/log`, 'create');
      file.write(Buffer.alloc(9_000, 'x'), 0);
      file.resize(5_000);
      expect(file.size()).toBe(5_000);
      file.resize(1 << 30);
      expect(file.size()).toBe(1 << 30);
      const into = Buffer.alloc(4_000);
      expect(file.read(into, 5_000)).toBe(4_000);
      expect(into.equals(Buffer.alloc(4_000))).toBe(true);
      file.close();
    }));

  test('a sync calls back, later', () =>
    inWorld(async ({ runtime: { disk }, folder }) => {
      const file = disk.open(`${folder}/log`, 'create');
      file.write(Buffer.from('x'), 0);
      let isInCall = true;
      const outcome = await new Promise((resolve) => {
        file.sync((error) => resolve(error ?? (isInCall ? 'at once' : 'later')));
        isInCall = false;
      });
      expect(outcome).toBe('later');
      file.syncNow();
      disk.syncFolder(folder);
      file.close();
    }));

  test('a folder is synced later, or refused at once when it is not there', () =>
    inWorld(async ({ runtime: { disk }, folder }) => {
      let isInCall = true;
      const outcome = await new Promise((resolve) => {
        disk.syncFolderLater(folder, (error) => resolve(error ?? (isInCall ? 'at once' : 'later')));
        isInCall = false;
      });
      expect(outcome).toBe('later');
      expect(() => disk.syncFolderLater(`${folder}/none`, () => undefined)).toThrow('no such');
    }));

  test('two syncs of a file at a time are a bug', () =>
    inWorld(async ({ runtime: { disk }, folder }) => {
      const file = disk.open(`${folder}/log`, 'create');
      await new Promise<void>((resolve) => {
        file.sync(() => resolve());
        expect(() => file.sync(() => undefined)).toThrow('one sync');
      });
      file.close();
    }));

  test('a file may be closed while it is synced', () =>
    inWorld(async ({ runtime: { disk }, folder }) => {
      const file = disk.open(`${folder}/log`, 'create');
      file.write(Buffer.from('x'), 0);
      await new Promise<void>((resolve) => {
        file.sync(() => resolve());
        file.close();
      });
      expect(() => file.size()).toThrow('open');
    }));

  test('two openings see one file', () =>
    inWorld(async ({ runtime: { disk }, folder }) => {
      const one = disk.open(`${folder}/log`, 'create');
      const other = disk.open(`${folder}/log`, 'existing');
      one.write(Buffer.from('shared'), 0);
      expect(content(other).toString()).toBe('shared');
      one.close();
      other.close();
    }));

  test('opening does not create what is to exist, nor folders', () =>
    inWorld(async ({ runtime: { disk }, folder }) => {
      const notFound = expect.objectContaining({ name: 'DiskError', code: 'NotFound' }) as Error;
      expect(() => disk.open(`${folder}/none`, 'existing')).toThrow(notFound);
      expect(() => disk.open(`${folder}/none/log`, 'create')).toThrow(notFound);
      expect(() => disk.space(`${folder}/none`)).toThrow(notFound);
      expect(() => disk.rename(`${folder}/none`, `${folder}/other`)).toThrow(notFound);
      expect(disk.exists(`${folder}/none`)).toBe(false);
    }));

  test('folders are listed by name with what they hold; a missing one is empty', () =>
    inWorld(async ({ runtime: { disk }, folder }) => {
      expect(disk.list(`${folder}/none`)).toEqual([]);
      disk.makeFolder(`${folder}/b/deep`);
      disk.makeFolder(`${folder}/b/deep`);
      disk.open(`${folder}/a`, 'create').close();
      disk.open(`${folder}/c`, 'create').close();
      expect(disk.list(folder)).toEqual([
        { name: 'a', kind: 'file' },
        { name: 'b', kind: 'folder' },
        { name: 'c', kind: 'file' },
      ]);
      expect(disk.list(`${folder}/b`)).toEqual([{ name: 'deep', kind: 'folder' }]);
    }));

  test('a rename takes the place of what was there', () =>
    inWorld(async ({ runtime: { disk }, folder }) => {
      for (const name of ['old', 'new']) {
        const file = disk.open(`${folder}/${name}`, 'create');
        file.write(Buffer.from(name), 0);
        file.close();
      }
      disk.rename(`${folder}/new`, `${folder}/old`);
      const file = disk.open(`${folder}/old`, 'existing');
      expect(content(file).toString()).toBe('new');
      expect(disk.exists(`${folder}/new`)).toBe(false);
      file.close();
    }));

  test('removal takes folders with all in them, and does not mind what is missing', () =>
    inWorld(async ({ runtime: { disk }, folder }) => {
      disk.makeFolder(`${folder}/b/deep`);
      disk.open(`${folder}/b/deep/file`, 'create').close();
      await disk.remove(`${folder}/b`);
      await disk.remove(`${folder}/b`);
      expect(disk.list(folder)).toEqual([]);
    }));

  test('a file stays usable to those who have it open when it is removed', () =>
    inWorld(async ({ runtime: { disk }, folder }) => {
      const file = disk.open(`${folder}/log`, 'create');
      await disk.remove(`${folder}/log`);
      file.write(Buffer.from('still'), 0);
      expect(content(file).toString()).toBe('still');
      file.close();
    }));

  test('space is told, and what is free is part of the total', () =>
    inWorld(async ({ runtime: { disk }, folder }) => {
      const { totalBytes, freeBytes } = disk.space(folder);
      expect(totalBytes).toBeGreaterThan(0);
      expect(freeBytes).toBeGreaterThan(0);
      expect(freeBytes).toBeLessThanOrEqual(totalBytes);
    }));

  test('a lock keeps others out until it is released, and says who holds it', () =>
    inWorld(async ({ runtime: { disk }, folder }) => {
      const lock = await disk.lock(folder);
      await expect(disk.lock(folder)).rejects.toMatchObject({
        code: 'Locked',
        message: expect.stringMatching(/process \d+/) as string,
      });
      lock.release();
      lock.release();
      const again = await disk.lock(folder);
      again.release();
    }));

  test('a lock needs its folder', () =>
    inWorld(async ({ runtime: { disk }, folder }) => {
      await expect(disk.lock(`${folder}/none`)).rejects.toMatchObject({ code: 'NotFound' });
    }));
});

function content(file: OpenFile): Buffer {
  const bytes = Buffer.alloc(file.size());
  expect(file.read(bytes, 0)).toBe(bytes.length);
  return bytes;
}
