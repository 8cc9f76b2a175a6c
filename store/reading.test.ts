import { describe, expect, test } from 'vitest';
import { DrivenStore } from '../test/stores/driven-store.ts';
import { QueueQuery, QueueRead, QueueReader } from './reading.ts';
import { defaultStoreOptions, type StoreOptions } from './store-options.ts';

/** Ten messages of 1,000 bytes, `TAGS` a and b in turn. */
async function filled(options: Partial<StoreOptions> = {}): Promise<DrivenStore> {
  const driven = new DrivenStore({ commitLogFileBytes: 4096, ...options });
  await driven.open();
  for (let count = 0; count < 10; count++) {
    driven.put({ body: 'b'.repeat(890), properties: { TAGS: count % 2 === 0 ? 'a' : 'b' } });
  }
  return driven;
}

const A = 'a'.charCodeAt(0);

function read(driven: DrivenStore, query: Partial<QueueQuery>): QueueRead {
  const result = new QueueRead();
  const queue = driven.store.topic('orders').queue(0);
  driven.store.read(Object.assign(new QueueQuery(), { queue }, query), result);
  return result;
}

describe('a read', () => {
  test.each([
    [-1, 'OFFSET_TOO_SMALL', 0],
    [0, 'FOUND', 10],
    [9, 'FOUND', 10],
    [10, 'OFFSET_OVERFLOW_ONE', 10],
    [11, 'OFFSET_OVERFLOW_BADLY', 10],
  ])('at offset %i of ten messages: %s, next %i', async (offset, status, nextOffset) => {
    const result = read(await filled(), { offset });
    expect(result).toMatchObject({ status, nextOffset, minOffset: 0, maxOffset: 10 });
  });

  test('of a queue without messages says so, whatever the offset', async () => {
    const driven = await filled();
    const queue = driven.store.topic('orders').queue(7);
    for (const offset of [-1, 0, 5]) {
      expect(read(driven, { queue, offset })).toMatchObject({
        status: 'NO_MESSAGE_IN_QUEUE',
        nextOffset: 0,
      });
    }
  });

  test('joins stretches of the log that lie in a row', async () => {
    const driven = await filled();
    const result = read(driven, {});
    // Four records a file.
    expect(result.starts.slice(0, result.spans)).toEqual([0, 4096, 8192]);
    expect(result.bytes).toBe(10 * 994);
    const lent = driven.store.lend(result);
    expect(lent.bytes).toBe(result.bytes);
    lent.giveBack();
  });

  test('gives as many messages as are asked for', async () => {
    const driven = await filled();
    expect(read(driven, { messagesMax: 3 })).toMatchObject({ messages: 3, nextOffset: 3 });
    expect(read(driven, { bytesMax: 2500 })).toMatchObject({ messages: 2, nextOffset: 2 });
    expect(read(driven, { bytesMax: 1 })).toMatchObject({ messages: 1, nextOffset: 1 });
  });

  test('gives less of what is no longer in memory', async () => {
    const readLimits = {
      ...defaultStoreOptions.readLimits,
      memoryBytes: 5000,
      messagesInMemory: 4,
      messagesOnDisk: 2,
    };
    const driven = await filled({ readLimits });
    expect(read(driven, {})).toMatchObject({ messages: 2, isFarBehind: true });
    expect(read(driven, { offset: 6 })).toMatchObject({ messages: 4, isFarBehind: false });
  });

  test('gives what the filter lets through and goes on behind what it looked at', async () => {
    const driven = await filled();
    const result = read(driven, { matches: (tags) => tags === A });
    expect(result).toMatchObject({ status: 'FOUND', messages: 5, nextOffset: 10 });
    const none = read(driven, { matches: () => false });
    expect(none).toMatchObject({ status: 'NO_MATCHED_MESSAGE', nextOffset: 10 });
  });

  test('looks at a bounded number of entries when it filters', async () => {
    const readLimits = { ...defaultStoreOptions.readLimits, filterBytes: 80 };
    const driven = await filled({ readLimits });
    const result = read(driven, { matches: () => false, messagesMax: 2 });
    expect(result).toMatchObject({ status: 'NO_MATCHED_MESSAGE', nextOffset: 4 });
    expect(read(driven, { matches: () => false, messagesMax: 6 }).nextOffset).toBe(6);
  });

  test('is the same from files as from memory', async () => {
    const driven = await filled();
    const before = read(driven, {});
    await driven.reopen();
    expect(read(driven, {})).toEqual(before);
    expect(driven.servedOf('orders', 0).length).toBe(10);
  });

  test('of messages whose log was removed says so', async () => {
    const driven = await filled();
    const reader = new QueueReader(driven.options.readLimits);
    const queue = driven.store.topic('orders').queue(0);
    const result = new QueueRead();
    const query = Object.assign(new QueueQuery(), { queue });
    reader.read(query, { min: 12_000, max: 12_000 }, result);
    expect(result).toMatchObject({ status: 'MESSAGE_WAS_REMOVING', nextOffset: 10 });
    reader.read(query, { min: 8192, max: 12_000 }, result);
    expect(result).toMatchObject({ status: 'FOUND', messages: 2, nextOffset: 10 });
  });
});
