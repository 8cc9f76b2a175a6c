import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { encodeRecord } from '../protocol/mod.ts';
import { manifestOf } from '../test/java/stores.ts';
import { layOut } from '../test/stores/archive.ts';
import { DrivenStore, FOLDER } from '../test/stores/driven-store.ts';
import type { StoreOptions } from './mod.ts';

/** What a manifest tells of a message, as far as it is compared here. */
interface Listed {
  readonly physicalOffset: number;
  readonly recordSha256: string;
  readonly topic: string;
  readonly keys?: string;
  readonly properties: Readonly<Record<string, string>>;
}

const names = ['clean', 'killed', 'killed-recovered', 'controller-mode-1'];

function settings(name: string): Partial<StoreOptions> {
  return {
    folder: `${FOLDER}/store`,
    commitLogFileBytes: name === 'clean' ? 1_048_576 : 262_144,
    consumeQueueFileBytes: 20_000,
    indexSlots: 1000,
    indexEntries: 4000,
  };
}

async function opened(name: string): Promise<DrivenStore> {
  const driven = new DrivenStore(settings(name));
  layOut(driven.runtime.disk, name, FOLDER);
  await driven.open();
  return driven;
}

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

describe.each(names)('the store "%s" of a Java broker', (name) => {
  const manifest = manifestOf(name);
  const listed = manifest.messages as unknown as readonly Listed[];

  test('serves every message by its place in the log, byte by byte', async () => {
    const driven = await opened(name);
    expect(listed.length).toBeGreaterThan(100);
    const found = listed.map(({ physicalOffset }) => {
      const record = driven.store.findRecord(physicalOffset);
      return record && sha256(record);
    });
    expect(found).toEqual(listed.map(({ recordSha256 }) => recordSha256));
  });

  test('serves every queue from its first to its last message', async () => {
    const driven = await opened(name);
    for (const [queue, { min, max }] of Object.entries(manifest.queues)) {
      const slash = queue.lastIndexOf('/');
      const records = driven.servedOf(queue.slice(0, slash), Number(queue.slice(slash + 1)));
      expect([queue, ...records.map(({ queueOffset }) => queueOffset)]).toEqual([
        queue,
        ...Array.from({ length: max - min }, (_, index) => min + index),
      ]);
    }
  });

  test('finds messages by key', async () => {
    const driven = await opened(name);
    let keys = 0;
    for (const { keys: text, topic, physicalOffset, properties } of listed) {
      for (const key of [...(text ?? '').split(' '), properties['UNIQ_KEY'] ?? ''].filter(
        Boolean,
      )) {
        expect([key, driven.byKey(topic, key)]).toEqual([
          key,
          expect.arrayContaining([physicalOffset]),
        ]);
        keys++;
      }
    }
    expect(keys).toBeGreaterThan(100);
  });

  test('goes on after its last messages, and again after being closed', async () => {
    const driven = await opened(name);
    const before = driven.served();
    const { max } = Object.values(manifest.queues)[0] ?? { max: 0 };
    const [queue = ''] = Object.keys(manifest.queues);
    const slash = queue.lastIndexOf('/');
    const topic = queue.slice(0, slash);
    driven.put({ topic, queueId: Number(queue.slice(slash + 1)), body: 'more' });
    expect(driven.output).toMatchObject({ status: 'stored', queueOffset: max });
    const after = driven.served();
    expect(after.length).toBe(before.length + 1);
    await driven.reopen();
    expect(driven.served()).toEqual(after);
  });
});

test('the index made from a log is the one that the Java broker made from it', async () => {
  const recovered = await opened('killed-recovered');
  const killed = await opened('killed');
  await recovered.close();
  await killed.close();
  const bytesOf = (driven: DrivenStore): Buffer[] => [...driven.files('store/index').values()];
  expect(bytesOf(killed)).toEqual(bytesOf(recovered));
});

test('queues made from a log are those that the Java broker made from it', async () => {
  const driven = await opened('clean');
  await driven.close();
  const before = driven.files('store/consumequeue');
  await driven.remove('store/consumequeue');
  await driven.open();
  await driven.close();
  expect(driven.files('store/consumequeue')).toEqual(before);
});

test('records that the Java broker wrote are encoded to the same bytes', async () => {
  const driven = await opened('clean');
  const records = driven.servedOf('FixNormal', 0);
  expect(records.length).toBe(3);
  for (const record of records) {
    expect(encodeRecord(record)).toEqual(driven.store.findRecord(record.logOffset));
  }
});
