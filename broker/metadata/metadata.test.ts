import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  consumerOffsetTable,
  kvTable,
  subscriptionGroupTable,
  topicConfigTable,
} from '../../protocol/bodies/mod.ts';
import type { Disk, Runtime } from '../../runtime/mod.ts';
import { Simulation, simulated } from '../../simulation/mod.ts';
import { brokerConfig, STORE, withBroker } from '../../test/fakes/broker-world.ts';
import { startBroker } from '../mod.ts';
import { MetadataFile } from './metadata-file.ts';

/** Written by a Java broker, with topics, groups and offsets of all kinds. */
const java = (name: string): Buffer =>
  readFileSync(fileURLToPath(new URL(`./testdata/${name}`, import.meta.url)));

const codecs = {
  'topics.json': topicConfigTable,
  'subscriptionGroup.json': subscriptionGroupTable,
  'consumerOffset.json': consumerOffsetTable,
};

function read(disk: Disk, path: string): Buffer {
  const file = disk.open(path, 'existing');
  const bytes = Buffer.alloc(file.size());
  file.read(bytes, 0);
  file.close();
  return bytes;
}

function write(disk: Disk, path: string, bytes: Buffer): void {
  disk.makeFolder(path.slice(0, path.lastIndexOf('/')));
  const file = disk.open(path, 'create');
  file.write(bytes, 0);
  file.close();
}

test('what a Java broker saved is taken over, and saved again with nothing lost', async () => {
  await simulated(1, async (runtime) => {
    const names = Object.keys(codecs) as (keyof typeof codecs)[];
    for (const name of names) write(runtime.disk, `${STORE}/config/${name}`, java(name));
    const broker = await startBroker(runtime, brokerConfig());
    await broker.close();

    const saved = (name: keyof typeof codecs): Buffer =>
      read(runtime.disk, `${STORE}/config/${name}`);
    const topics = topicConfigTable.decode(saved('topics.json'));
    for (const [topic, config] of topicConfigTable.decode(java('topics.json')).topicConfigTable) {
      expect(topics.topicConfigTable.get(topic), topic).toEqual(config);
    }
    const groups = subscriptionGroupTable.decode(saved('subscriptionGroup.json'));
    const javaGroups = subscriptionGroupTable.decode(java('subscriptionGroup.json'));
    for (const [group, config] of javaGroups.subscriptionGroupTable) {
      expect(groups.subscriptionGroupTable.get(group), group).toEqual(config);
    }
    expect(consumerOffsetTable.decode(saved('consumerOffset.json')).offsetTable).toEqual(
      consumerOffsetTable.decode(java('consumerOffset.json')).offsetTable,
    );
  });
});

test('what is saved is JSON that everybody reads', async () => {
  await withBroker([], async ({ ask, runtime, restart }) => {
    const queue = { consumerGroup: 'consumers', topic: 'BenchmarkTest', queueId: 3 };
    await ask('UPDATE_CONSUMER_OFFSET', { ...queue, commitOffset: 5 });
    await restart();
    const saved = read(runtime.disk, `${STORE}/config/consumerOffset.json`).toString();
    expect(JSON.parse(saved)).toMatchObject({
      offsetTable: { 'BenchmarkTest@consumers': { '3': 5 } },
    });
  });
});

const table = (value: string) => ({ table: new Map([['value', value]]) });
const path = '/data/store/config/table.json';

test('a damaged or missing file gives way to the version before', async () => {
  await simulated(1, async (runtime) => {
    const file = new MetadataFile(runtime, path, kvTable);
    expect(file.load()).toBeUndefined();
    file.save(table('first'));
    file.save(table('second'));
    const loaded = (): string | undefined =>
      new MetadataFile(runtime, path, kvTable).load()?.table.get('value');
    expect(loaded()).toBe('second');
    for (const damage of [Buffer.from('{"table":'), Buffer.alloc(0)]) {
      await runtime.disk.remove(path);
      expect(loaded()).toBe('first');
      write(runtime.disk, path, damage);
      expect(loaded()).toBe('first');
    }
    // The damaged file must not take the place of the good one.
    const again = new MetadataFile(runtime, path, kvTable);
    again.load();
    again.save(table('third'));
    await runtime.disk.remove(path);
    expect(loaded()).toBe('first');
  });
});

test('a power cut at any moment leaves the newest version that was saved, or a newer one', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.nat(),
      fc.array(fc.boolean(), { minLength: 1, maxLength: 8 }),
      async (seed, urgent) => {
        const simulation = new Simulation(seed);
        const host = simulation.host('broker');
        const run = async (runtime: Runtime): Promise<number> => {
          const file = new MetadataFile(runtime, path, kvTable);
          let durable = -1;
          for (const [version, isUrgent] of urgent.entries()) {
            if (isUrgent) {
              file.save(table(String(version)));
              durable = version;
            } else {
              file.saveLater(table(String(version)));
            }
          }
          return durable;
        };
        const durable = await simulation.settle(run(host.boot()));
        host.crash();
        const found = new MetadataFile(host.boot(), path, kvTable).load()?.table.get('value');
        expect(Number(found ?? -1)).toBeGreaterThanOrEqual(durable);
      },
    ),
    { numRuns: 200 },
  );
});
