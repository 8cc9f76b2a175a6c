import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  consumerOffsetTable,
  type KvTable,
  kvTable,
  subscriptionGroupConfig,
  subscriptionGroupTable,
  topicConfigList,
  topicConfigTable,
} from '../../protocol/bodies/mod.ts';
import { type Disk, DiskError, type Runtime, sleep } from '../../runtime/mod.ts';
import { Simulation, simulated } from '../../simulation/mod.ts';
import { brokerConfig, STORE, sendHeader, withBroker } from '../../test/fakes/broker-world.ts';
import { startBroker } from '../mod.ts';
import { newTopic } from '../topics/topic-config.ts';
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

function isSaved(file: MetadataFile<KvTable>, content: KvTable): boolean {
  try {
    file.save(content);
    return true;
  } catch (error) {
    if (error instanceof DiskError) return false;
    throw error;
  }
}

test('what the disk did not take in the background is told, and taken for no spare copy', async () => {
  const simulation = new Simulation(1);
  const host = simulation.host('broker', { disk: { survival: 'none' } });
  const run = async (runtime: Runtime): Promise<void> => {
    const file = new MetadataFile(runtime, path, kvTable);
    file.save(table('good'));
    host.diskFaults.syncFails = true;
    let failures = 0;
    file.saveLater(table('lost'), () => failures++);
    await sleep(runtime.clock, 10);
    expect(failures).toBe(1);
    expect(isSaved(file, table('lost too'))).toBe(false);
    expect(isSaved(file, table('and this'))).toBe(false);
  };
  await simulation.settle(run(host.boot()));
  host.crash();
  const found = new MetadataFile(host.boot(), path, kvTable).load();
  expect(found?.table.get('value')).toBe('good');
});

test('what cannot be saved is refused, and saved when the disk has room again', async () => {
  await withBroker([], async ({ ask, disk, runtime }) => {
    const group = subscriptionGroupConfig.encode({
      ...subscriptionGroupConfig.fallback(),
      groupName: 'group',
    });
    const settings = { defaultTopic: 'TBW102', readQueueNums: 1, writeQueueNums: 1, perm: 6 };
    const topic = { ...settings, topic: 'wanted', topicFilterType: 'SINGLE_TAG', order: false };
    const list = topicConfigList.encode({
      topicConfigList: [{ ...newTopic('listed', 1), attributes: new Map() }],
    });
    disk.full = true;
    const change = async () => [
      (await ask('UPDATE_AND_CREATE_TOPIC', topic)).code,
      (await ask('UPDATE_AND_CREATE_TOPIC_LIST', {}, list)).code,
      (await ask('DELETE_TOPIC_IN_BROKER', { topic: 'unknown' })).code,
      (await ask('UPDATE_AND_CREATE_SUBSCRIPTIONGROUP', {}, group)).code,
      (await ask('UPDATE_AND_GET_GROUP_FORBIDDEN', { group: 'g', topic: 't', readable: false }))
        .code,
      (await ask('DELETE_SUBSCRIPTIONGROUP', { groupName: 'g' })).code,
    ];
    expect(await change()).toEqual([1, 1, 1, 1, 1, 1]);
    // Once more: that nothing is left to change does not make it saved.
    expect(await change()).toEqual([1, 1, 1, 1, 1, 1]);
    disk.full = false;
    await sleep(runtime.clock, 1500);
    const topics = topicConfigTable.decode(read(runtime.disk, `${STORE}/config/topics.json`));
    expect([...topics.topicConfigTable.keys()]).toEqual(
      expect.arrayContaining(['wanted', 'listed']),
    );
    const groups = read(runtime.disk, `${STORE}/config/subscriptionGroup.json`);
    expect(subscriptionGroupTable.decode(groups).subscriptionGroupTable.has('group')).toBe(true);
    expect(await change()).toEqual([0, 0, 0, 0, 0, 0]);
  });
});

test('a message is taken when its topic is on disk, not before', async () => {
  await withBroker([], async ({ ask, disk, restart }) => {
    const send = async (name: 'SEND_MESSAGE' | 'SEND_MESSAGE_V2') =>
      (await ask(name, { ...sendHeader(), bname: 'broker-a' }, Buffer.from('m'))).code;
    disk.full = true;
    expect([await send('SEND_MESSAGE'), await send('SEND_MESSAGE_V2')]).toEqual([14, 14]);
    disk.full = false;
    const codes = ['SEND_MESSAGE', 'SEND_MESSAGE_V2', 'SEND_MESSAGE_V2'] as const;
    expect(await Promise.all(codes.map(send))).toEqual([0, 0, 0]);
    await restart();
    const { fields } = await ask('GET_MAX_OFFSET', { topic: 'orders', queueId: 0 });
    expect(fields['offset']).toBe('3');
  });
});

test('a power cut at any moment leaves the newest version that was saved, or a newer one', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.nat(),
      fc.array(fc.record({ isUrgent: fc.boolean(), fails: fc.boolean(), waits: fc.boolean() }), {
        minLength: 1,
        maxLength: 8,
      }),
      async (seed, saves) => {
        const simulation = new Simulation(seed);
        const host = simulation.host('broker');
        const run = async (runtime: Runtime): Promise<number> => {
          const file = new MetadataFile(runtime, path, kvTable);
          let durable = -1;
          for (const [version, { isUrgent, fails, waits }] of saves.entries()) {
            host.diskFaults.syncFails = fails;
            const content = table(String(version));
            if (!isUrgent) file.saveLater(content, () => undefined);
            else if (isSaved(file, content)) durable = version;
            if (waits) await sleep(runtime.clock, 10);
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
