import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DiskError } from '../runtime/mod.ts';
import { DrivenStore, FOLDER } from '../test/stores/driven-store.ts';
import { Append } from './append.ts';
import { openParts } from './opening.ts';

const anyMessage = fc.record({
  topic: fc.constantFrom('orders', 'payments', '%RETRY%group'),
  queueId: fc.nat({ max: 2 }),
  body: fc.string({ maxLength: 400 }),
  properties: fc.constantFrom({}, { TAGS: 'TagA' }, { KEYS: 'k1 k2', UNIQ_KEY: 'u1' }),
  sysFlag: fc.constantFrom(0, 0, 0, 8, 4, 12),
});
const anyTurns = fc.array(fc.array(anyMessage, { maxLength: 6 }), { maxLength: 25 });

describe('whatever is appended, in whatever turns,', () => {
  test('a process that is killed leaves what was committed, and that alone', async () => {
    await fc.assert(
      fc.asyncProperty(anyTurns, fc.nat(), async (turns, seed) => {
        const driven = new DrivenStore({ checkpointIntervalMs: 50 }, {}, seed);
        await driven.open();
        for (const turn of turns) {
          driven.turn(turn);
          await driven.pass(driven.simulation.prng.below(100));
        }
        const served = driven.served();
        // Appended and not committed: nobody was told that it is stored.
        driven.append({ body: 'lost' });
        driven.kill();
        await driven.open();
        expect(driven.served()).toEqual(served);
        // Recovering again finds the same.
        driven.kill();
        await driven.open();
        expect(driven.served()).toEqual(served);
      }),
      { numRuns: 40 },
    );
  });

  test('a process that is killed before its first message starts again', async () => {
    const driven = new DrivenStore();
    await driven.open();
    driven.kill();
    await driven.open();
    driven.turn([{ body: 'first' }]);
    expect(driven.servedOf('orders', 0)).toHaveLength(1);
  });

  test('queues and index are functions of the log: made again, they have the same bytes', async () => {
    await fc.assert(
      fc.asyncProperty(anyTurns, async (turns) => {
        const driven = new DrivenStore({ indexEntries: 400 });
        await driven.open();
        for (const turn of turns) driven.turn(turn);
        await driven.close();
        const queues = driven.files('consumequeue');
        const index = [...driven.files('index').values()];
        await driven.remove('consumequeue');
        await driven.remove('index');
        await driven.open();
        await driven.close();
        expect(driven.files('consumequeue')).toEqual(queues);
        expect([...driven.files('index').values()]).toEqual(index);
      }),
      { numRuns: 40 },
    );
  });

  test('queue offsets are contiguous and in the order of the log', async () => {
    await fc.assert(
      fc.asyncProperty(anyTurns, async (turns) => {
        const driven = new DrivenStore();
        await driven.open();
        for (const turn of turns) driven.turn(turn);
        for (const topic of driven.store.topicNames) {
          for (const { queueId, maxOffset } of driven.store.queuesOf(topic)) {
            const records = driven.servedOf(topic, queueId);
            expect(records.map(({ queueOffset }) => queueOffset)).toEqual(
              Array.from({ length: maxOffset }, (_, index) => index),
            );
            const places = records.map(({ logOffset }) => logOffset);
            expect(places).toEqual(places.toSorted((a, b) => a - b));
          }
        }
      }),
      { numRuns: 30 },
    );
  });

  test('with SYNC_FLUSH a power cut leaves at least what was confirmed', async () => {
    await fc.assert(
      fc.asyncProperty(anyTurns, fc.nat(), async (turns, seed) => {
        const options = { flushMode: 'SYNC_FLUSH', checkpointIntervalMs: 20 } as const;
        const driven = new DrivenStore(options, {}, seed);
        await driven.open();
        for (const turn of turns) {
          driven.turn(turn);
          await driven.pass(driven.simulation.prng.below(4));
        }
        const confirmed = driven.served();
        driven.crash();
        await driven.open();
        expect(driven.served()).toEqual(expect.arrayContaining(confirmed));
      }),
      { numRuns: 40 },
    );
  });
});

describe('after a sync that failed', () => {
  const syncFlush = {
    flushMode: 'SYNC_FLUSH',
    checkpointIntervalMs: 1e9,
    commitLogFileBytes: 65_536,
  } as const;

  /** Some messages that are durable, then some whose sync fails, which ends the process. */
  async function failed(seed = 1, messages = 40): Promise<DrivenStore> {
    const driven = new DrivenStore(syncFlush, { survival: 'none' }, seed);
    await driven.open();
    driven.put({ body: 'durable' });
    await driven.pass(100);
    driven.host.diskFaults.syncFails = true;
    for (let count = 0; count < messages; count++) driven.put({ body: `${count}`.repeat(100) });
    await expect(driven.pass(100)).rejects.toThrow('Expected syncs to work');
    driven.host.diskFaults.syncFails = false;
    driven.kill();
    return driven;
  }

  test('what the next start serves is on the disk, although the system took it for written', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.integer({ min: 1, max: 60 }), async (seed, messages) => {
        const driven = await failed(seed, messages);
        await driven.open();
        const served = driven.served();
        expect(served).toHaveLength(1 + messages);
        driven.crash();
        await driven.open();
        expect(driven.served()).toEqual(served);
      }),
      { numRuns: 20 },
    );
  });

  test('so it is when the start ends in a failed sync itself', async () => {
    const driven = await failed();
    driven.host.diskFaults.syncFails = true;
    await expect(driven.open()).rejects.toThrow('Expected syncs to work');
    driven.host.diskFaults.syncFails = false;
    driven.kill();
    await driven.open();
    const served = driven.served();
    driven.crash();
    await driven.open();
    expect(driven.served()).toEqual(served);
  });

  test('a start writes again what lies behind the checkpoint, and nothing before it', async () => {
    const driven = new DrivenStore({ checkpointIntervalMs: 100, commitLogFileBytes: 65_536 });
    await driven.open();
    for (let count = 0; count < 100; count++) driven.put({ body: 'b'.repeat(300) });
    await driven.pass(2000);
    const durable = driven.store.writtenEnd;
    driven.put({ body: 'one more' });
    driven.kill();
    const written = logWrites(driven);
    await driven.open();
    expect(written.length).toBeGreaterThan(0);
    expect(Math.min(...written)).toBe(durable);
  });

  test('without a checkpoint it writes again what the last two files hold', async () => {
    const fileBytes = 512 * 1024 * 1024;
    const driven = new DrivenStore({ commitLogFileBytes: fileBytes });
    const { appender, log, queues } = await driven.simulation.settle(
      openParts(driven.runtime, driven.options),
    );
    const input = new Append();
    input.topic = queues.topic('orders');
    for (let file = 0; file < 4; file++) {
      if (file > 0) log.roll();
      appender.append(input, driven.output);
      log.write();
    }
    driven.kill();
    await driven.remove('checkpoint');
    const written = logWrites(driven);
    await driven.open();
    expect(driven.served()).toHaveLength(4);
    expect(Math.min(...written)).toBe(2 * fileBytes);
  });
});

describe('a file that cannot be opened for its sync', () => {
  /** From now on, opens nothing for which `isRefused`. */
  function refuse({ runtime: { disk } }: DrivenStore, isRefused: (path: string) => boolean): void {
    const open = disk.open.bind(disk);
    disk.open = (path, mode) => {
      if (isRefused(path)) throw new DiskError('Other', `Cannot open ${path}: too many open files`);
      return open(path, mode);
    };
  }

  test('ends the process when it is the log: no sender is told that its message is not stored', async () => {
    // A turn that writes more files than may be open: the first must be opened again.
    const driven = new DrivenStore({ flushMode: 'SYNC_FLUSH', openFilesMax: 16 });
    await driven.open();
    const lost: number[] = [];
    driven.store.observe({ onLost: (from) => lost.push(from) });
    const [first, last] = [0, 19 * 8192].map((start) => String(start).padStart(20, '0'));
    const { disk } = driven.runtime;
    refuse(
      driven,
      (path) => path.endsWith(`${first}`) && disk.exists(`${FOLDER}/commitlog/${last}`),
    );
    for (let file = 0; file < 20; file++) driven.append({ body: 'b'.repeat(6000) });
    expect(() => driven.store.commit()).toThrow('Expected syncs to work');
    expect(lost).toEqual([]);
  });

  test('is tried again when it is a queue, with all that its round had to sync', async () => {
    const options = { checkpointIntervalMs: 1000, openFilesMax: 16 };
    const driven = new DrivenStore(options, { survival: 'none' });
    await driven.open();
    for (let queueId = 0; queueId < 40; queueId++) driven.put({ queueId });
    const served = driven.served();
    // All is written and the log is synced: only the round is left.
    await driven.pass(900);
    let refusals = 0;
    refuse(driven, (path) => path.includes('/orders/3/') && refusals++ === 0);
    await driven.pass(10_000);
    expect(refusals).toBeGreaterThan(1);
    driven.crash();
    await driven.open();
    expect(driven.simulation.history.lines.at(-1)).toContain('"scannedBytes":0');
    expect(driven.served()).toEqual(served);
  });
});

/** Where in the log, from now on until the process ends, something is written. */
function logWrites({ runtime: { disk } }: DrivenStore): number[] {
  const written: number[] = [];
  const open = disk.open.bind(disk);
  disk.open = (path, mode) => {
    const file = open(path, mode);
    const [, start] = /\/commitlog\/(\d+)$/.exec(path) ?? [];
    const write = file.write.bind(file);
    file.write = (bytes, position) => {
      if (start !== undefined) written.push(Number(start) + position);
      write(bytes, position);
    };
    return file;
  };
  return written;
}

describe('a start', () => {
  test('after a stop scans nothing', async () => {
    const driven = new DrivenStore();
    await driven.open();
    for (let count = 0; count < 100; count++) driven.put({ body: `message ${count}` });
    await driven.reopen();
    expect(driven.store.facts()).toMatchObject({ wasCrash: false });
    expect(driven.simulation.history.lines.at(-1)).toContain('"scannedBytes":0');
    expect(driven.served().length).toBe(100);
  });

  test('after a crash scans what came after the checkpoint, however much was before', async () => {
    const driven = new DrivenStore({ checkpointIntervalMs: 100 });
    await driven.open();
    for (let count = 0; count < 500; count++) driven.put({ body: `message ${count}` });
    await driven.pass(2000);
    driven.put({ body: 'one more' });
    driven.kill();
    await driven.open();
    const [, scanned] =
      /"scannedBytes":(\d+)/.exec(driven.simulation.history.lines.at(-1) ?? '') ?? [];
    expect(Number(scanned)).toBeGreaterThan(0);
    expect(Number(scanned)).toBeLessThan(200);
    expect(driven.served().length).toBe(501);
  });

  test('does not take stale records behind the end for new ones', async () => {
    const driven = new DrivenStore({}, { survival: 'all' });
    await driven.open();
    const bodies = ['a', 'b', 'c', 'd', 'e'];
    driven.put(...bodies.map((body) => ({ body })));
    await driven.close();
    // As if a torn write had cost the second record: the rest lies behind the end, whole.
    const log = [...driven.files('commitlog').values()][0] ?? Buffer.alloc(0);
    const size = log.readInt32BE(0);
    driven.write('commitlog/00000000000000000000', Buffer.alloc(size), size);
    driven.write('abort', Buffer.from('0'));
    await driven.remove('checkpoint');
    await driven.open();
    expect(driven.served()).toEqual(['orders/0/0 a']);
    // The next record has the size of the lost one: what lay behind it would line up.
    driven.put({ body: 'B' });
    driven.kill();
    await driven.open();
    expect(driven.served()).toEqual(['orders/0/0 a', 'orders/0/1 B']);
  });

  test('removes a file that was made ahead and holds nothing', async () => {
    const driven = new DrivenStore();
    await driven.open();
    driven.put({ body: 'a' });
    driven.kill();
    driven.write('commitlog/00000000000000008192', Buffer.alloc(8192));
    await driven.open();
    expect([...driven.files('commitlog').keys()]).toEqual(['commitlog/00000000000000000000']);
    expect(driven.served()).toEqual(['orders/0/0 a']);
  });

  test('removes a file that had not got its size when the process died', async () => {
    const driven = new DrivenStore();
    await driven.open();
    driven.put({ body: 'a' });
    await driven.pass(1000);
    driven.kill();
    driven.write('commitlog/00000000000000008192', Buffer.alloc(0));
    driven.write('consumequeue/orders/0/00000000000000000200', Buffer.alloc(0));
    await driven.open();
    expect(driven.served()).toEqual(['orders/0/0 a']);
  });

  test('makes the queues again when one of them lacks messages', async () => {
    const driven = new DrivenStore();
    await driven.open();
    for (let count = 0; count < 30; count++) driven.put({ body: `m${count}` });
    await driven.close();
    const served = 30;
    // The files of the middle are gone, and with the checkpoint what says that they were there.
    await driven.remove('consumequeue/orders/0/00000000000000000400');
    driven.write('consumequeue/orders/0/00000000000000000200', Buffer.alloc(200));
    await driven.remove('checkpoint');
    await driven.open();
    expect(driven.served().length).toBe(served);
  });
});

describe('what the Java broker needs to recover the store', () => {
  test('abort is there while the store is open and after a crash, and not after a stop', async () => {
    const driven = new DrivenStore();
    const hasAbort = (): boolean => driven.files('.').has('./abort');
    await driven.open();
    expect(hasAbort()).toBe(true);
    driven.kill();
    expect(hasAbort()).toBe(true);
    await driven.open();
    await driven.close();
    expect(hasAbort()).toBe(false);
  });

  test('abort stays when something is not confirmed', async () => {
    const driven = new DrivenStore();
    const store = await driven.open();
    store.confirmBy(() => 0);
    driven.put({ body: 'a' });
    await driven.close();
    expect(driven.files('.').has('./abort')).toBe(true);
  });

  test('the checkpoint is never newer than what is durable', async () => {
    const driven = new DrivenStore({ checkpointIntervalMs: 20 }, { syncUsMin: 400_000 });
    driven.host.diskFaults.syncUsMax = 400_000;
    await driven.open();
    driven.put({ body: 'a' });
    const time = driven.output.storeTimestamp;
    const logTime = (): bigint => driven.files('.').get('./checkpoint')?.readBigInt64BE(0) ?? 0n;
    // The sync of the log alone takes longer than this.
    await driven.pass(350);
    expect(logTime()).toBe(0n);
    await driven.pass(5_000);
    expect(logTime()).toBe(BigInt(time));
  });

  test('every file has its full size, and queue files end in zeros', async () => {
    const driven = new DrivenStore();
    await driven.open();
    for (let count = 0; count < 25; count++) driven.put({ body: 'b'.repeat(1000) });
    await driven.close();
    const log = [...driven.files('commitlog')];
    expect(log.length).toBeGreaterThan(2);
    for (const [path, bytes] of log) expect([path, bytes.length]).toEqual([path, 8192]);
    const queue = [...driven.files('consumequeue/orders/0').values()];
    expect(queue.map(({ length }) => length)).toEqual([200, 200, 200]);
    expect(queue[2]?.subarray(100)).toEqual(Buffer.alloc(100));
  });

  test('a file ends in a blank record that says how many bytes are left', async () => {
    const driven = new DrivenStore();
    await driven.open();
    for (let count = 0; count < 9; count++) driven.put({ body: 'b'.repeat(1000) });
    const places = driven.servedOf('orders', 0).map(({ logOffset, size }) => [logOffset, size]);
    const [last = 0, size = 0] = places.findLast(([offset = 0]) => offset < 8192) ?? [];
    await driven.close();
    const [log] = [...driven.files('commitlog').values()];
    expect(log?.readInt32BE(last + size)).toBe(8192 - last - size);
    expect(log?.subarray(last + size + 4, last + size + 8).toString('hex')).toBe('cbd43194');
    expect(places.some(([offset]) => offset === 8192)).toBe(true);
  });
});
