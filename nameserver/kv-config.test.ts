import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DiskError } from '../runtime/mod.ts';
import { Simulation, simulated } from '../simulation/mod.ts';
import { KvConfig } from './kv-config.ts';

const PATH = '/home/namesrv/kvConfig.json';

describe('KvConfig', () => {
  test('what was put is there after a restart, and what was deleted is not', async () => {
    const anyChange = fc.record({
      namespace: fc.constantFrom('n', 'm', '__proto__'),
      key: fc.constantFrom('k', 'constructor', 'ключ', '"\\'),
      value: fc.option(fc.string(), { nil: undefined }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(anyChange, { maxLength: 12 }), (changes) =>
        simulated(1, async ({ disk }) => {
          const kv = KvConfig.open(disk, PATH);
          const expected = new Map<string, string>();
          for (const { namespace, key, value } of changes) {
            if (value === undefined) kv.delete(namespace, key);
            else kv.put(namespace, key, value);
            if (value === undefined) expected.delete(`${namespace} ${key}`);
            else expected.set(`${namespace} ${key}`, value);
          }
          const again = KvConfig.open(disk, PATH);
          for (const { namespace, key } of changes) {
            expect(again.find(namespace, key)).toBe(expected.get(`${namespace} ${key}`));
          }
          expect(again.size).toBe(expected.size);
          await Promise.resolve();
        }),
      ),
      { numRuns: 50 },
    );
  });

  test("is in RocketMQ's form", () =>
    simulated(2, async ({ disk }) => {
      KvConfig.open(disk, PATH).put('ORDER_TOPIC_CONFIG', 'T', 'broker-a:8');
      const file = disk.open(PATH, 'existing');
      const bytes = Buffer.alloc(file.size());
      file.read(bytes, 0);
      expect(bytes.toString()).toBe('{"configTable":{"ORDER_TOPIC_CONFIG":{"T":"broker-a:8"}}}');
      await Promise.resolve();
    }));

  test('a change that cannot be written has not happened', async () => {
    const simulation = new Simulation(3);
    const host = simulation.host('n');
    const { disk } = host.boot();
    const kv = KvConfig.open(disk, PATH);
    kv.put('n', 'k', 'old');
    host.diskFaults.full = true;
    expect(() => kv.put('n', 'k', 'new')).toThrow(DiskError);
    expect(() => kv.delete('n', 'k')).toThrow(DiskError);
    expect(kv.find('n', 'k')).toBe('old');
    host.diskFaults.full = false;
    expect(KvConfig.open(disk, PATH).find('n', 'k')).toBe('old');
    await simulation.run(1);
  });

  test.each(['{"configTable":[]}', '{"configTable":{"n":{"k":1}}}', '[]', '{"configTable"'])(
    'refuses %s, naming the option',
    (content) =>
      simulated(4, async ({ disk }) => {
        disk.makeFolder('/home/namesrv');
        const file = disk.open(PATH, 'create');
        file.write(Buffer.from(content), 0);
        file.close();
        expect(() => KvConfig.open(disk, PATH)).toThrow(`Cannot read ${PATH} (kvConfigPath)`);
        await Promise.resolve();
      }),
  );

  test('takes an empty file for an empty table', () =>
    simulated(5, async ({ disk }) => {
      disk.makeFolder('/home/namesrv');
      disk.open(PATH, 'create').close();
      expect(KvConfig.open(disk, PATH).size).toBe(0);
      await Promise.resolve();
    }));
});
