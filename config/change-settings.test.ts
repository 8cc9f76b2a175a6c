import { describe, expect, test } from 'vitest';
import { type Disk, DiskError, readText } from '../runtime/mod.ts';
import { Simulation, simulated } from '../simulation/mod.ts';
import { changeSettings } from './change-settings.ts';
import { loadConfig } from './load.ts';
import { integer, text } from './options.ts';

const schema = {
  role: 'broker',
  options: {
    listenPort: integer({ fallback: 10_911, min: 1, max: 65_535, doc: 'Port.' }),
    fileReservedTime: integer({ fallback: 72, min: 1, max: 99, live: true, doc: 'Hours.' }),
    deleteWhen: text({ fallback: '04', live: true, doc: 'Hour.' }),
  } as const,
  elsewhere: { ignored: [], refused: {} },
};
const host = { name: 'box', address: '127.0.0.1', homeFolder: '/home/mq', environment: {} };
const fresh = () => loadConfig(schema, { host }).config;
const FILE = '/etc/broker.conf';
const BEFORE = '# mine\nfileReservedTime=72\nlistenPort=10911\n';

function write(disk: Disk): void {
  disk.makeFolder('/etc');
  const file = disk.open(FILE, 'create');
  file.write(Buffer.from(BEFORE), 0);
  file.close();
}

const change = (disk: Disk, config: ReturnType<typeof fresh>, changes: string) =>
  changeSettings(schema, config, changes, { disk, file: FILE, blackList: ['secret'] });

test('changes hold, and are in the file, whose other lines stay as they were', async () => {
  await simulated(1, ({ disk }) => {
    write(disk);
    const config = fresh();
    expect(change(disk, config, 'fileReservedTime=48\n')).toEqual({
      changed: ['fileReservedTime'],
    });
    expect(config.fileReservedTime).toBe(48);
    expect(readText(disk, FILE)).toBe('# mine\nfileReservedTime=48\nlistenPort=10911\n');
    return Promise.resolve();
  });
});

describe('nothing changes, here or in the file,', () => {
  test.each([
    ['malformed', 'deleteWhen=\\u1\n'],
    ['forbidden', 'fileReservedTime=48\nsecret=1\n'],
    ['wrong', 'fileReservedTime=48\ndeleteWhn=05\n'],
    ['wrong', 'fileReservedTime=48\nlistenPort=1\n'],
  ])('when the changes are %s', async (refused, changes) => {
    await simulated(1, ({ disk }) => {
      write(disk);
      const config = fresh();
      expect(change(disk, config, changes)).toMatchObject({ refused });
      expect(config).toEqual(fresh());
      expect(readText(disk, FILE)).toBe(BEFORE);
      return Promise.resolve();
    });
  });

  test('when the disk does not take them', async () => {
    const simulation = new Simulation(1);
    const machine = simulation.host('broker');
    const { disk } = machine.boot();
    write(disk);
    const config = fresh();
    machine.diskFaults.full = true;
    expect(() => change(disk, config, 'fileReservedTime=48')).toThrow(DiskError);
    expect(config).toEqual(fresh());
    expect(readText(disk, FILE)).toBe(BEFORE);
    await simulation.settle(Promise.resolve());
  });
});

test('a file that may not be written does not keep a change from holding until a restart', async () => {
  await simulated(1, ({ disk }) => {
    write(disk);
    const mounted: Disk = Object.create(disk, {
      open: {
        value: (path: string, mode: 'create' | 'existing') => {
          if (mode === 'existing') return disk.open(path, mode);
          throw new DiskError('NotPermitted', `Cannot open ${path}: the file system is read-only`);
        },
      },
      makeFolder: { value: (path: string) => disk.makeFolder(path) },
      exists: { value: (path: string) => disk.exists(path) },
    });
    const config = fresh();
    expect(change(mounted, config, 'fileReservedTime=48')).toMatchObject({
      changed: ['fileReservedTime'],
      unkept: expect.stringContaining('read-only') as string,
    });
    expect(config.fileReservedTime).toBe(48);
    return Promise.resolve();
  });
});
