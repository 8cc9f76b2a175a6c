import { describe, expect, test } from 'vitest';
import { decodeRecord } from '../protocol/mod.ts';
import { DrivenStore, FOLDER } from '../test/stores/driven-store.ts';
import { MessageStore } from './message-store.ts';
import { logOffset } from './offsets.ts';

async function opened(...parts: ConstructorParameters<typeof DrivenStore>): Promise<DrivenStore> {
  const driven = new DrivenStore(...parts);
  await driven.open();
  return driven;
}

describe('an append', () => {
  test('gets its place in log and queue at once', async () => {
    const driven = await opened();
    driven.append({ body: 'a' });
    const size = driven.output.logEnd;
    driven.append({ body: 'b' });
    expect(driven.output).toMatchObject({ logOffset: size, queueOffset: 1, status: 'stored' });
    driven.append({ body: 'c', queueId: 1 });
    expect(driven.output).toMatchObject({ logOffset: 2 * size, queueOffset: 0 });
  });

  test('is visible once it is committed, and its queue is named once', async () => {
    const driven = await opened();
    const grown: string[] = [];
    driven.store.observe({
      onArrival: ({ queueId, maxOffset }) => grown.push(`${queueId} to ${maxOffset}`),
    });
    for (const queueId of [0, 1, 0, 0]) driven.append({ queueId });
    expect(driven.served()).toEqual([]);
    driven.store.commit();
    expect(grown).toEqual(['0 to 3', '1 to 1']);
    expect(driven.served().length).toBe(4);
  });

  test('says where the unique key lies, and whether its sender waits', async () => {
    const driven = await opened();
    const { output } = driven;
    driven.append({ properties: { UNIQ_KEY: 'unique', WAIT: 'false' } });
    const { uniqueKeyStart, uniqueKeyEnd } = output;
    expect(output.uniqueKey.toString('utf8', uniqueKeyStart, uniqueKeyEnd)).toBe('unique');
    expect(output.waits).toBe(false);
    driven.append({ properties: { WAIT: 'true' } });
    expect(output.waits).toBe(true);
  });

  test('is stored at a time that never falls', async () => {
    const driven = await opened();
    driven.put({ body: 'a' });
    const first = driven.output.storeTimestamp;
    driven.host.wallClock.offsetMs = -3_600_000;
    driven.put({ body: 'b' });
    expect(driven.output.storeTimestamp).toBe(first);
    await driven.reopen();
    driven.put({ body: 'c' });
    expect(driven.output.storeTimestamp).toBe(first);
  });

  test('of a prepared or rolled back message has no place in a queue', async () => {
    const driven = await opened();
    driven.put({ sysFlag: 4, properties: { KEYS: 'half' } });
    const half = driven.output.logOffset;
    driven.put({ sysFlag: 12, properties: { KEYS: 'back' } }, { body: 'a', sysFlag: 8 });
    expect(driven.served()).toEqual(['orders/0/0 a']);
    expect(driven.byKey('orders', 'half')).toEqual([half]);
    expect(driven.byKey('orders', 'back')).toEqual([]);
    await driven.reopen();
    driven.put({ body: 'b' });
    expect(driven.served()).toEqual(['orders/0/0 a', 'orders/0/1 b']);
  });

  test('to the delay topic has its time of delivery as tags code', async () => {
    const driven = await opened();
    driven.put({ topic: 'SCHEDULE_TOPIC_XXXX', properties: { DELAY: '3', TAGS: 'x' } });
    const time = driven.output.storeTimestamp;
    await driven.close();
    const [entry] = [...driven.files('consumequeue/SCHEDULE_TOPIC_XXXX').values()];
    expect(entry?.readBigInt64BE(12)).toBe(BigInt(time + 10_000));
  });

  test('is refused while too much waits for confirmation', async () => {
    const driven = await opened({ pendingMax: 3 });
    driven.store.confirmBy(() => 0);
    for (let count = 0; count < 3; count++) driven.put();
    expect(driven.append().status).toBe('busy');
    driven.store.confirmBy(({ writtenEnd }) => writtenEnd);
    expect(driven.append().status).toBe('stored');
  });

  test('is refused while the store is fenced', async () => {
    const driven = await opened();
    driven.store.fence(true);
    expect(driven.append().status).toBe('notWritable');
    expect(driven.store.facts().isWritable).toBe(false);
    driven.store.fence(false);
    expect(driven.append().status).toBe('stored');
  });

  test('is refused when no file could hold it', async () => {
    const driven = await opened();
    expect(driven.append({ body: 'b'.repeat(8192 - 91 - 6 - 8) }).status).toBe('stored');
    expect(driven.append({ body: 'b'.repeat(8192 - 91 - 6 - 7) }).status).toBe('recordTooLarge');
  });

  test('of much in one turn is written in between, and all of it is there', async () => {
    const driven = await opened({ commitLogFileBytes: 64 * 1024 * 1024 });
    for (let count = 0; count < 30; count++) driven.append({ body: 'b'.repeat(1024 * 1024) });
    driven.store.commit();
    expect(driven.store.queuesOf('orders')[0]?.maxOffset).toBe(30);
    expect(driven.servedOf('orders', 0).map(({ queueOffset }) => queueOffset)).toEqual(
      Array.from({ length: 30 }, (_, index) => index),
    );
  });
});

describe('the records of a batch', () => {
  test('are kept in one file', async () => {
    const driven = await opened();
    driven.append({ body: 'b'.repeat(7000) });
    driven.store.keepTogether(2000);
    for (let count = 0; count < 3; count++) driven.append({ body: 'c'.repeat(400) });
    driven.store.commit();
    const places = driven.servedOf('orders', 0).map((record) => record.logOffset);
    expect(places.map((place) => Math.floor(place / 8192))).toEqual([0, 1, 1, 1]);
  });

  test('are taken back when one of them is refused', async () => {
    const driven = await opened();
    driven.put({ body: 'a' });
    const from = logOffset(driven.output.logEnd);
    driven.append({ body: 'b' });
    driven.append({ body: 'c' });
    driven.store.takeBack(from);
    driven.put({ body: 'd' });
    expect(driven.output).toMatchObject({ logOffset: from, queueOffset: 1 });
    expect(driven.served()).toEqual(['orders/0/0 a', 'orders/0/1 d']);
  });
});

describe('on a disk that is full', () => {
  const facts = (driven: DrivenStore) => driven.store.facts();

  test('nothing is stored, its senders are named, reads go on, and it comes back', async () => {
    const driven = await opened();
    const lost: number[] = [];
    driven.store.observe({ onLost: (from) => lost.push(from) });
    driven.put({ body: 'a' });
    await driven.pass(1000);
    driven.host.diskFaults.full = true;
    // What fits into pages that the log has already can be written.
    while (lost.length === 0) driven.put({ body: 'b'.repeat(1000) });
    const end = driven.store.writtenEnd;
    expect(lost).toEqual([end]);
    expect(driven.store.appendedEnd).toBe(end);
    expect(driven.append().status).toBe('notWritable');
    expect(facts(driven).isWritable).toBe(false);
    const served = driven.served();
    expect(served[0]).toBe('orders/0/0 a');

    driven.host.diskFaults.full = false;
    await driven.pass(3000);
    driven.put({ body: 'c' });
    expect(driven.output).toMatchObject({ queueOffset: served.length, logOffset: end });
    expect(driven.served()).toEqual([...served, `orders/0/${served.length} c`]);
    driven.kill();
    await driven.open();
    expect(driven.served()).toEqual([...served, `orders/0/${served.length} c`]);
  });

  test('a store opens, serves what it has, and stores again once there is space', async () => {
    const driven = await opened({ cleanIntervalMs: 100 });
    for (let count = 0; count < 30; count++) driven.put({ body: `m${count}`.padEnd(500) });
    const served = driven.served();
    driven.kill();
    driven.host.diskFaults.full = true;
    await driven.open();
    expect(driven.served()).toEqual(served);
    expect(driven.append().status).toBe('notWritable');
    driven.host.diskFaults.full = false;
    await driven.pass(2000);
    driven.put({ body: 'more' });
    await driven.reopen();
    expect(driven.served()).toEqual([...served, 'orders/0/30 more']);
  });

  test('messages are refused above a level, before anything fails', async () => {
    const driven = await opened({
      diskLevels: { cleanRatio: 0.7, cleanForciblyRatio: 0.8, refuseRatio: 0.9 },
      cleanIntervalMs: 100,
    });
    driven.host.diskFaults.full = true;
    await driven.pass(200);
    expect(facts(driven)).toMatchObject({ isWritable: false, diskRatio: 1 });
    driven.host.diskFaults.full = false;
    await driven.pass(200);
    expect(facts(driven).isWritable).toBe(true);
  });
});

test('all that a turn appends is stored, however many files it fills', async () => {
  const driven = await opened({ commitLogFileBytes: 65_536 });
  const messages = Array.from({ length: 200 }, (_, count) => ({
    body: `${count} `.padEnd(60_000, '.'),
  }));
  for (const message of messages) driven.append(message);
  driven.store.commit();
  driven.kill();
  await driven.open();
  expect(driven.servedOf('orders', 0).map(({ body }) => body.toString())).toEqual(
    messages.map(({ body }) => body),
  );
});

test('a sync that fails ends the process', async () => {
  const driven = await opened();
  driven.put();
  driven.host.diskFaults.syncFails = true;
  await expect(driven.pass(1000)).rejects.toThrow(
    /Expected syncs to work. Cannot sync .*commitlog/,
  );
});

describe('confirmation', () => {
  test('is by the disk with SYNC_FLUSH', async () => {
    const driven = await opened({ flushMode: 'SYNC_FLUSH' });
    driven.put({ body: 'a' });
    expect(driven.served()).toEqual([]);
    await driven.pass(10);
    expect(driven.store.flushedEnd).toBe(driven.store.writtenEnd);
    expect(driven.served()).toEqual(['orders/0/0 a']);
  });

  test('gathers a turn while the disk syncs the one before', async () => {
    const driven = await opened(
      { flushMode: 'SYNC_FLUSH' },
      { syncUsMin: 10_000, syncUsMax: 10_000 },
    );
    const ends: number[] = [];
    driven.store.observe({ onWatermark: () => ends.push(driven.store.confirmedEnd) });
    driven.put({ body: 'a' });
    driven.put({ body: 'b' });
    driven.put({ body: 'c' });
    const size = driven.store.writtenEnd / 3;
    await driven.pass(100);
    expect([...new Set(ends)]).toEqual([0, size, 3 * size]);
  });

  test('can be decided by somebody else', async () => {
    const driven = await opened();
    let held = 0;
    driven.store.confirmBy(() => held);
    driven.put({ body: 'a' });
    held = driven.store.writtenEnd;
    driven.put({ body: 'b' });
    expect(driven.served()).toEqual(['orders/0/0 a']);
    held = driven.store.writtenEnd;
    driven.store.confirm();
    expect(driven.served()).toEqual(['orders/0/0 a', 'orders/0/1 b']);
    expect(driven.store.confirmedEnd).toBe(driven.store.writtenEnd);
  });
});

describe('a cut of the log', () => {
  test('takes back what was not confirmed, and the log goes on there', async () => {
    const driven = await opened();
    driven.put({ body: 'a' });
    const confirmed = driven.store.writtenEnd;
    driven.store.confirmBy(() => confirmed);
    const lost: number[] = [];
    driven.store.observe({ onLost: (from) => lost.push(from) });
    for (let count = 0; count < 30; count++) driven.put({ body: 'b'.repeat(1000) });
    driven.append({ body: 'not even committed' });
    driven.store.truncate(confirmed);
    expect(lost).toEqual([confirmed]);
    expect(driven.store.appendedEnd).toBe(confirmed);

    driven.store.confirmBy(({ writtenEnd }) => writtenEnd);
    driven.put({ body: 'c' });
    expect(driven.served()).toEqual(['orders/0/0 a', 'orders/0/1 c']);
    driven.kill();
    await driven.open();
    expect(driven.served()).toEqual(['orders/0/0 a', 'orders/0/1 c']);
  });

  test.each(['kill', 'crash'] as const)('holds after a %s: no record comes back', async (end) => {
    for (let seed = 1; seed <= 20; seed++) {
      const driven = await opened({}, {}, seed);
      const size = 8192 / 4 - 2;
      const bodyBytes = size - 97;
      driven.put({ body: 'a'.repeat(bodyBytes) });
      // At the beginning of a file, or in the middle of one.
      const messages = seed % 2 === 0 ? 4 : 6;
      for (let count = 1; count < messages; count++) driven.put({ body: 'b'.repeat(bodyBytes) });
      const cut = driven.store.writtenEnd;
      await driven.pass(100);
      driven.store.confirmBy(() => cut);
      for (let count = 0; count < 9; count++) driven.put({ body: 'c'.repeat(bodyBytes) });
      await driven.pass(100);
      driven.store.truncate(cut);
      driven[end]();
      await driven.open();
      expect(driven.served().length).toBe(messages);
      expect(driven.store.writtenEnd).toBe(cut);
    }
  });

  test('of what is confirmed is a bug', async () => {
    const driven = await opened();
    driven.put({ body: 'a' });
    expect(() => driven.store.truncate(logOffset(0))).toThrow(/only what is not confirmed/);
  });
});

describe('messages are found', () => {
  test('by their place in the log, and nothing else is', async () => {
    const driven = await opened();
    driven.put({ body: 'a' });
    driven.put({ body: 'b' });
    const { logOffset: place } = driven.output;
    for (const bytes of [
      driven.store.findRecord(place),
      (await driven.reopen()).findRecord(place),
    ]) {
      expect(bytes && decodeRecord(bytes).body.toString()).toBe('b');
    }
    for (const wrong of [place + 1, place - 1, 1e9, -1, 0.5, Number.NaN]) {
      expect(driven.store.findRecord(wrong)).toBeUndefined();
    }
  });

  test('by unique key and by each of their keys', async () => {
    const driven = await opened();
    driven.put({ body: 'a', properties: { KEYS: 'one two', UNIQ_KEY: 'u1' } });
    driven.put({ body: 'b', properties: { KEYS: ' two  three ', UNIQ_KEY: 'u2' } });
    const bodies = (key: string) => driven.byKey('orders', key).map((at) => driven.bodyAt(at));
    for (let life = 0; life < 2; life++) {
      expect(['u1', 'one', 'two', 'three', 'u2', 'none'].map(bodies)).toEqual([
        ['a'],
        ['a'],
        ['a', 'b'],
        ['b'],
        ['b'],
        [],
      ]);
      expect(driven.store.indexEnd.logOffset).toBe(driven.byKey('orders', 'u2')[0]);
      await driven.reopen();
    }
  });

  test('by key in a range of time, the newest when there are too many', async () => {
    const driven = await opened({ indexEntries: 400 });
    const times: number[] = [];
    for (let count = 0; count < 20; count++) {
      driven.put({ body: `m${count}`, properties: { KEYS: 'same' } });
      times.push(driven.output.storeTimestamp);
      await driven.pass(10_000);
    }
    const find = (beginMs: number, endMs: number, hitsMax: number) =>
      driven.store
        .findByKey({ topic: 'orders', key: 'same', hitsMax, beginMs, endMs })
        .map((at) => driven.bodyAt(at));
    expect(find(0, Infinity, 64).length).toBe(20);
    expect(find(0, Infinity, 2)).toEqual(['m18', 'm19']);
    // The index keeps whole seconds.
    expect(find((times[5] ?? 0) - 1000, (times[7] ?? 0) + 1000, 64)).toEqual(['m5', 'm6', 'm7']);
  });

  test('by key in all index files there are', async () => {
    const driven = await opened({ indexEntries: 8 });
    for (let count = 0; count < 50; count++) driven.put({ properties: { KEYS: `k${count % 3}` } });
    for (let life = 0; life < 2; life++) {
      expect(driven.byKey('orders', 'k0').length).toBe(17);
      expect(driven.byKey('orders', 'k1').length).toBe(17);
      expect(driven.byKey('orders', 'k2').length).toBe(16);
      await driven.reopen();
    }
    expect(driven.files('index').size).toBe(8);
  });

  test('in no index when there is none', async () => {
    const driven = await opened({ isIndexed: false });
    driven.put({ properties: { KEYS: 'k' } });
    expect(driven.byKey('orders', 'k')).toEqual([]);
    await driven.close();
    expect(driven.files('index').size).toBe(0);
  });
});

describe('a store is refused', () => {
  test('while it is open', async () => {
    const driven = await opened();
    const again = MessageStore.open(driven.runtime, driven.options);
    await expect(driven.simulation.settle(again)).rejects.toMatchObject({
      name: 'StoreError',
      code: 'InUse',
    });
  });

  test.each([
    [
      'when its queues are in RocksDB',
      'consumequeue/CURRENT',
      'NotSupported',
      `it has consume queues in RocksDB (${FOLDER}/consumequeue/CURRENT)`,
    ],
    [
      'when a file does not belong there',
      'commitlog/notes.txt',
      'Unreadable',
      'its file "notes.txt" does not belong there',
    ],
    [
      'when files have another size than is configured',
      'commitlog/00000000000000008192',
      'WrongFileSize',
      'it has 1 bytes, the configured file size is 8192',
    ],
    [
      'when a file is missing',
      'commitlog/00000000000000040960',
      'Unreadable',
      'a file begins at 40960 where one should begin at 8192',
    ],
  ])('%s', async (_name, path, code, message) => {
    const driven = await opened();
    driven.put();
    await driven.close();
    driven.runtime.disk.makeFolder(`${FOLDER}/${path.split('/')[0]}`);
    driven.write(path, Buffer.alloc(path.endsWith('40960') ? 8192 : 1));
    await expect(driven.open()).rejects.toMatchObject({
      code,
      message: expect.stringContaining(message) as string,
    });
  });

  test.each([
    [{ commitLogFileBytes: 4096 }, 'it has 8192 bytes, the configured file size is 4096'],
    [{ consumeQueueFileBytes: 400 }, 'it has 200 bytes, the configured file size is 400'],
    [{ indexSlots: 11 }, 'it has 880 bytes, 11 slots and 40 entries as configured need 884'],
  ])('when it was written with other settings than %j', async (options, message) => {
    const driven = await opened();
    driven.put({ properties: { KEYS: 'k' } });
    await driven.close();
    await expect(driven.open(options)).rejects.toMatchObject({
      code: 'WrongFileSize',
      message: expect.stringContaining(message) as string,
    });
    // A refusal changes nothing.
    await driven.open();
    expect(driven.served().length).toBe(1);
  });

  test('when a newer version wrote it', async () => {
    const driven = await opened();
    await driven.close();
    driven.write('gantry.json', Buffer.from('{"formatVersion":9}'));
    await expect(driven.open()).rejects.toThrow(
      `Cannot open ${FOLDER}: its format is version 9, this program knows versions up to 1`,
    );
  });

  test('with options that make no sense', async () => {
    const driven = new DrivenStore({ consumeQueueFileBytes: 201, tailBytes: 1 });
    await expect(driven.open()).rejects.toThrow(
      /consumeQueueFileBytes is 201, expected a multiple of 20; tailBytes is 1/,
    );
  });
});
