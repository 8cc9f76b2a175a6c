import { expect, test } from 'vitest';
import { type Disk, makeDurableFolder, type OpenFile } from '../runtime/mod.ts';
import type { DiskFaults } from './disk.ts';
import type { Host } from './host.ts';
import { Simulation } from './simulation.ts';

const SECTOR_BYTES = 512;
const seeds = Array.from({ length: 40 }, (_, index) => index + 1);

function hostWith(seed: number, disk: Partial<DiskFaults> = {}, diskBytes = 2 ** 30) {
  const simulation = new Simulation(seed);
  const host = simulation.host('node', { disk, diskBytes });
  const runtime = host.boot();
  runtime.disk.makeFolder('/data');
  runtime.disk.syncFolder('/');
  return { simulation, host, disk: runtime.disk };
}

function create(disk: Disk, path: string, bytes: Buffer): OpenFile {
  const file = disk.open(path, 'create');
  file.write(bytes, 0);
  return file;
}

function read(disk: Disk, path: string): Buffer {
  const file = disk.open(path, 'existing');
  const bytes = Buffer.alloc(file.size());
  file.read(bytes, 0);
  return bytes;
}

function afterPowerCut(host: Host): Disk {
  host.crash();
  return host.boot().disk;
}

test('what was synced survives a power cut, whatever the seed', () => {
  for (const seed of seeds) {
    const { host, disk } = hostWith(seed);
    const file = create(disk, '/data/log', Buffer.alloc(10_000, 'a'));
    file.syncNow();
    disk.syncFolder('/data');
    file.write(Buffer.alloc(10_000, 'b'), 10_000);
    expect(read(afterPowerCut(host), '/data/log').subarray(0, 10_000)).toEqual(
      Buffer.alloc(10_000, 'a'),
    );
  }
});

test('of what was not synced each sector survives or not, and some seeds tear', () => {
  const outcomes = new Set<string>();
  for (const seed of seeds) {
    const { host, disk } = hostWith(seed);
    const file = create(disk, '/data/log', Buffer.alloc(8 * SECTOR_BYTES, 'a'));
    file.syncNow();
    disk.syncFolder('/data');
    file.write(Buffer.alloc(8 * SECTOR_BYTES, 'b'), 0);
    const survived = read(afterPowerCut(host), '/data/log');
    let outcome = '';
    for (let at = 0; at < survived.length; at += SECTOR_BYTES) {
      const sector = survived.subarray(at, at + SECTOR_BYTES);
      const letter = String.fromCharCode(sector[0] ?? 0);
      expect(sector.equals(Buffer.alloc(SECTOR_BYTES, letter))).toBe(true);
      outcome += letter;
    }
    outcomes.add(outcome);
  }
  expect(outcomes).toContain('aaaaaaaa');
  expect(outcomes).toContain('bbbbbbbb');
  expect(outcomes.size).toBeGreaterThan(5);
});

test('the death of the process alone loses nothing that was written', () => {
  for (const seed of seeds) {
    const { host, disk } = hostWith(seed);
    create(disk, '/data/log', Buffer.from('written'));
    host.kill();
    expect(read(host.boot().disk, '/data/log').toString()).toBe('written');
  }
});

test('a name is durable once its folder is synced, and not always before', () => {
  const kept = seeds.filter((seed) => {
    const { host, disk } = hostWith(seed);
    create(disk, '/data/synced', Buffer.alloc(0));
    disk.syncFolder('/data');
    create(disk, '/data/new', Buffer.alloc(0)).syncNow();
    const after = afterPowerCut(host);
    expect(after.exists('/data/synced')).toBe(true);
    return after.exists('/data/new');
  });
  expect(kept.length).toBeGreaterThan(0);
  expect(kept.length).toBeLessThan(seeds.length);
});

test('a folder made durable keeps what is synced into it; one just made may take it along', () => {
  const kept = seeds.filter((seed) => {
    const { host, disk } = hostWith(seed);
    for (const [path, make] of [
      ['/data/a/b', (folder: string) => makeDurableFolder(disk, folder)],
      ['/data/c/d', (folder: string) => disk.makeFolder(folder)],
    ] as const) {
      make(path);
      create(disk, `${path}/file`, Buffer.from('x')).syncNow();
      disk.syncFolder(path);
    }
    const after = afterPowerCut(host);
    expect(read(after, '/data/a/b/file').toString()).toBe('x');
    return after.exists('/data/c/d/file');
  });
  expect(kept.length).toBeGreaterThan(0);
  expect(kept.length).toBeLessThan(seeds.length);
});

test('a rename happens whole or not at all', () => {
  const outcomes = new Set<string>();
  for (const seed of seeds) {
    const { host, disk } = hostWith(seed);
    create(disk, '/data/config', Buffer.from('old')).syncNow();
    disk.syncFolder('/data');
    create(disk, '/data/config.tmp', Buffer.from('new')).syncNow();
    disk.rename('/data/config.tmp', '/data/config');
    outcomes.add(read(afterPowerCut(host), '/data/config').toString());
  }
  expect(outcomes).toEqual(new Set(['old', 'new']));
});

test('a sync covers what was written before it began, and nothing written since', async () => {
  const { simulation, host, disk } = hostWith(1, { survival: 'none' });
  const file = create(disk, '/data/log', Buffer.from('before'));
  disk.syncFolder('/data');
  const synced = new Promise<void>((resolve) => {
    file.sync(() => resolve());
  });
  file.write(Buffer.from('AFTER!'), 0);
  await simulation.settle(synced);
  expect(read(disk, '/data/log').toString()).toBe('AFTER!');
  expect(read(afterPowerCut(host), '/data/log').toString()).toBe('before');
});

test('a sync covers what an earlier life wrote', async () => {
  const { simulation, host, disk } = hostWith(1, { survival: 'none' });
  const file = create(disk, '/data/log', Buffer.from('earlier'));
  disk.syncFolder('/data');
  file.sync(() => undefined);
  host.kill();
  const again = host.boot().disk.open('/data/log', 'existing');
  await simulation.settle(
    new Promise<void>((resolve) => {
      again.sync(() => resolve());
    }),
  );
  expect(read(afterPowerCut(host), '/data/log').toString()).toBe('earlier');
});

test('a sync that failed is not made good by the next one', async () => {
  const { simulation, host, disk } = hostWith(1, { survival: 'none', syncFails: true });
  const file = create(disk, '/data/log', Buffer.from('lost'));
  disk.syncFolder('/data');
  const outcome = new Promise((resolve) => {
    file.sync(resolve);
  });
  expect(await simulation.settle(outcome)).toMatchObject({ code: 'Other' });
  expect(() => file.syncNow()).toThrow('input/output error');
  host.diskFaults.syncFails = false;
  file.syncNow();
  expect(read(afterPowerCut(host), '/data/log').toString()).toBe('\0\0\0\0'.slice(0, 4));
});

test('a full disk takes what has its place already and refuses what needs more', () => {
  const { host, disk } = hostWith(1, {}, 64 * 1024);
  const file = create(disk, '/data/log', Buffer.alloc(32 * 1024, 'a'));
  host.diskFaults.full = true;
  expect(disk.space('/data').freeBytes).toBe(0);
  file.write(Buffer.from('again'), 0);
  const noSpace = expect.objectContaining({ code: 'NoSpace' }) as Error;
  expect(() => file.write(Buffer.from('more'), 32 * 1024)).toThrow(noSpace);
  host.diskFaults.full = false;
  file.write(Buffer.from('more'), 32 * 1024);
  expect(() => file.write(Buffer.alloc(64 * 1024), 40 * 1024)).toThrow(noSpace);
});

test('space comes back when files are cut or removed', async () => {
  const { simulation, disk } = hostWith(1, {}, 64 * 1024);
  const file = create(disk, '/data/log', Buffer.alloc(32 * 1024));
  file.resize(4_096);
  expect(disk.space('/data').freeBytes).toBe(60 * 1024);
  await simulation.settle(disk.remove('/data/log'));
  expect(disk.space('/data').freeBytes).toBe(64 * 1024);
});

test('a dead process cannot touch the disk, and its locks are released', async () => {
  const { simulation, host, disk } = hostWith(1);
  const file = create(disk, '/data/log', Buffer.from('x'));
  await simulation.settle(disk.lock('/data'));
  const next = host.boot().disk;
  expect(() => file.write(Buffer.from('late'), 0)).toThrow('dead');
  const lock = await simulation.settle(next.lock('/data'));
  await expect(simulation.settle(next.lock('/data'))).rejects.toThrow('Cannot lock');
  lock.release();
});
