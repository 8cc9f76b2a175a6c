import { describe, expect, test } from 'vitest';
import { DiskError } from '../runtime/mod.ts';
import { DrivenStore } from '../test/stores/driven-store.ts';
import type { ConsumeQueue } from './consume-queue.ts';
import { QueueQuery, QueueRead } from './reading.ts';

const HOUR_MS = 3_600_000;
/** The simulated clock begins at midnight UTC: whichever hour that is here. */
const everyHour = Array.from({ length: 24 }, (_, hour) => hour);
const levels = { cleanRatio: 0.7, cleanForciblyRatio: 0.8, refuseRatio: 0.9 };

const base = {
  reservedHours: 2,
  deleteHours: everyHour,
  cleanIntervalMs: 60_000,
  checkpointIntervalMs: 1000,
  diskLevels: levels,
};

/** One file of eight messages of 1,000 bytes an hour, the last one being written. */
async function filled(options: Partial<DrivenStore['options']> = {}): Promise<DrivenStore> {
  const driven = new DrivenStore({ ...base, ...options });
  await driven.open();
  for (let hour = 0; hour < 4; hour++) {
    for (let count = 0; count < 8; count++) driven.put(message(hour));
    await driven.pass(HOUR_MS / 4);
  }
  return driven;
}

const message = (hour: number) => ({
  body: 'b'.repeat(900),
  properties: { KEYS: `hour${hour}` },
});

/** Those with messages: the next one may have been made ahead. */
const logFiles = (driven: DrivenStore): number =>
  [...driven.files('commitlog').values()].filter((bytes) => bytes.some((byte) => byte !== 0))
    .length;

describe('files of the log', () => {
  test('go when their last message is old enough, but for the one being written', async () => {
    const driven = await filled();
    expect(logFiles(driven)).toBe(4);
    await driven.pass(HOUR_MS);
    expect(driven.store.minOffset).toBe(0);
    await driven.pass(0.3 * HOUR_MS);
    expect(driven.store.minOffset).toBe(8192);
    await driven.pass(10 * HOUR_MS);
    expect(driven.store.minOffset).toBe(3 * 8192);
    expect(logFiles(driven)).toBe(1);
  });

  test('stay outside the hours of removal, unless somebody asks', async () => {
    const driven = await filled({ deleteHours: [] });
    await driven.pass(10 * HOUR_MS);
    expect(logFiles(driven)).toBe(4);
    driven.store.clean(true);
    expect(logFiles(driven)).toBe(1);
  });

  test.each([
    [true, 1],
    [false, 4],
  ])('go early when the disk fills, if that is allowed (%s)', async (mayCleanForcibly, left) => {
    const driven = await filled({ mayCleanForcibly });
    driven.host.diskFaults.full = true;
    driven.store.clean();
    expect(logFiles(driven)).toBe(left);
  });

  test('stay while a start after a crash would need them', async () => {
    const driven = await filled({ checkpointIntervalMs: 1e9 });
    await driven.pass(10 * HOUR_MS);
    expect(logFiles(driven)).toBe(4);
  });
});

describe('when files of the log have gone', () => {
  test('queues begin with the first message that is left, and keep their last file', async () => {
    const driven = await filled();
    driven.put({ topic: 'payments', body: 'last of its queue' });
    await driven.pass(10 * HOUR_MS);
    const [queue] = driven.store.queuesOf('orders');
    expect(queue).toMatchObject({ minOffset: 24, maxOffset: 32 });
    expect(driven.servedOf('orders', 0).map(({ queueOffset }) => queueOffset)).toEqual(
      Array.from({ length: 8 }, (_, index) => 24 + index),
    );
    expect([...driven.files('consumequeue/orders/0').keys()]).toEqual([
      'consumequeue/orders/0/00000000000000000400',
      'consumequeue/orders/0/00000000000000000600',
    ]);
    for (const offset of [0, 23]) {
      const result = new QueueRead();
      driven.store.read(Object.assign(new QueueQuery(), { queue, offset }), result);
      expect(result).toMatchObject({ status: 'OFFSET_TOO_SMALL', nextOffset: 24 });
    }
  });

  test('a queue of which nothing is left goes on where it was', async () => {
    const driven = await filled();
    for (let hour = 0; hour < 3; hour++) {
      for (let count = 0; count < 9; count++) {
        driven.put({ topic: 'payments', body: 'b'.repeat(900) });
      }
      await driven.pass(10 * HOUR_MS);
    }
    const orders = () => driven.store.queuesOf('orders')[0];
    expect(orders()).toMatchObject({ minOffset: 32, maxOffset: 32 });
    driven.kill();
    await driven.open();
    expect(orders()).toMatchObject({ minOffset: 32, maxOffset: 32 });
    driven.put({ body: 'next' });
    expect(driven.output.queueOffset).toBe(32);
    // Queues that are made again begin with what the log still has, in the right place.
    await driven.close();
    await driven.remove('consumequeue');
    await driven.open();
    expect(driven.servedOf('orders', 0).map(({ queueOffset }) => queueOffset)).toEqual([32]);
  });

  test('the index forgets them', async () => {
    const driven = await filled({ indexEntries: 9 });
    expect(driven.byKey('orders', 'hour0').length).toBe(8);
    expect(driven.files('index').size).toBe(4);
    await driven.pass(10 * HOUR_MS);
    expect(driven.files('index').size).toBe(1);
    expect(driven.byKey('orders', 'hour0')).toEqual([]);
    expect(driven.byKey('orders', 'hour3').length).toBe(8);
  });

  test('what a reader holds stays as it is', async () => {
    const driven = await filled();
    const [query, result] = [new QueueQuery(), new QueueRead()];
    [query.queue] = driven.store.queuesOf('orders');
    driven.store.read(query, result);
    const lent = driven.store.lend(result);
    const before = lent.buffers.map((bytes) => Buffer.from(bytes));
    await driven.pass(10 * HOUR_MS);
    expect(lent.buffers).toEqual(before);
    lent.giveBack();
  });
});

describe('what the disk refuses to remove', () => {
  /** Fails, while `switched.on`, to move away files whose path has `part` in it. */
  function refuse({ runtime: { disk } }: DrivenStore, part: string): { on: boolean } {
    const switched = { on: true };
    const rename = disk.rename.bind(disk);
    disk.rename = (from, to) => {
      if (switched.on && from.includes(part)) {
        throw new DiskError('NotPermitted', `Cannot rename ${from}: this user may not`);
      }
      rename(from, to);
    };
    return switched;
  }

  const complaints = ({ simulation }: DrivenStore): string[] =>
    simulation.history.lines.filter((line) => line.includes('Cannot remove what has expired'));

  test.each(['/commitlog/', '/consumequeue/orders/', '/index/'])(
    'in %s is told, and goes at the next pass that may',
    async (part) => {
      const driven = await filled({ indexEntries: 9 });
      const refused = refuse(driven, part);
      await driven.pass(10 * HOUR_MS);
      expect(complaints(driven).at(-1)).toContain(part);
      const { cleanFailures } = driven.store.facts();
      expect(cleanFailures).toBeGreaterThan(0);
      expect(driven.store.isWritable).toBe(true);
      refused.on = false;
      await driven.pass(base.cleanIntervalMs);
      expect(driven.store.facts().cleanFailures).toBe(cleanFailures);
      expect(driven.store.minOffset).toBe(3 * 8192);
      expect(logFiles(driven)).toBe(1);
      expect(driven.files('index').size).toBe(1);
      expect(driven.files('consumequeue/orders/0').size).toBe(2);
      driven.kill();
      await driven.open();
      expect(driven.servedOf('orders', 0)).toHaveLength(8);
    },
  );

  test('holds up no other queue, in whichever slice it is', async () => {
    const driven = await filled();
    for (let queueId = 0; queueId < 200; queueId++) driven.put({ topic: 'payments', queueId });
    const refused = refuse(driven, '/consumequeue/');
    const queues = driven.store.queuesOf('payments');
    const middle = queues[100] as ConsumeQueue;
    const removeExpired = middle.removeExpired.bind(middle);
    let attempts = 0;
    middle.removeExpired = (logMin) => {
      attempts++;
      if (refused.on) throw new DiskError('Other', 'Cannot read it: input/output error');
      removeExpired(logMin);
    };
    const corrected = new Set<number>();
    for (const queue of queues.slice(101)) {
      queue.removeExpired = () => corrected.add(queue.queueId);
    }
    await driven.pass(10 * HOUR_MS);
    expect(corrected.size).toBe(99);
    expect(attempts).toBeGreaterThan(1);
    refused.on = false;
    await driven.pass(2 * base.cleanIntervalMs);
    const before = attempts;
    await driven.pass(5 * base.cleanIntervalMs);
    expect(attempts).toBe(before);
  });

  test('is no trouble when somebody else has removed it', async () => {
    const driven = await filled();
    await driven.remove('commitlog/00000000000000000000');
    await driven.remove('consumequeue/orders/0/00000000000000000000');
    await driven.pass(10 * HOUR_MS);
    expect(driven.store.minOffset).toBe(3 * 8192);
    expect(driven.store.queuesOf('orders')[0]).toMatchObject({ minOffset: 24, maxOffset: 32 });
  });
});
