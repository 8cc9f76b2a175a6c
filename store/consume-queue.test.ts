import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DiskError } from '../runtime/mod.ts';
import { DrivenStore } from '../test/stores/driven-store.ts';
import { ConsumeQueue } from './consume-queue.ts';
import { Discarded } from './discarded.ts';
import { EntryRun } from './entry-run.ts';
import { OpenFiles } from './open-files.ts';
import { QueueFiles } from './queue-files.ts';
import { QueueMemory } from './queue-memory.ts';
import { Segments } from './segments.ts';
import { StoredTopic } from './stored-topic.ts';

/** A queue of files of ten entries, with a driven machine under it. */
class Bench {
  readonly driven = new DrivenStore();
  readonly failures: DiskError[] = [];
  readonly memory: QueueMemory;

  constructor(memoryBytes = 1_000_000) {
    this.memory = new QueueMemory(memoryBytes, (error) => this.failures.push(error));
  }

  /** After a stop; after a crash when it is said where what is trusted ends. */
  open(trustedEnd?: number): ConsumeQueue {
    const { runtime } = this.driven;
    const files = new OpenFiles(runtime.disk, 16);
    const discarded = new Discarded(runtime, '/removed');
    const deps = { root: '/queue', files, discarded, unsyncedFolders: new Set<string>() };
    const topic = new StoredTopic('orders', () => queue);
    const queue: ConsumeQueue = new ConsumeQueue(
      { topic, queueId: 0, reference: 0 },
      new QueueFiles(new Segments(deps, '/queue/orders/0', 200), this.memory),
      this.memory,
    );
    if (trustedEnd === undefined) queue.load(0);
    else queue.recover(0, trustedEnd);
    return queue;
  }
}

function entriesOf(queue: ConsumeQueue): [number, number, number][] {
  const run = new EntryRun();
  const found: [number, number, number][] = [];
  while (found.length < queue.maxOffset) {
    queue.entries(found.length, 7, run);
    for (let index = 0; index < run.count; index++) {
      found.push([run.logOffset(index), run.size(index), run.tagsCode(index)]);
    }
  }
  return found;
}

const entry = (offset: number): [number, number, number] => [offset * 300, 300, 1 - offset];

function fill(queue: ConsumeQueue, count: number): void {
  for (let added = 0; added < count; added++) queue.add(...entry(queue.maxOffset));
}

test('entries are the same whether in memory, in files or both', () => {
  const anyStep = fc.oneof(fc.nat({ max: 200 }), fc.constantFrom('write', 'open'));
  fc.assert(
    fc.property(fc.array(anyStep, { maxLength: 12 }), fc.constantFrom(0, 1e6), (steps, memory) => {
      const bench = new Bench(memory);
      let queue = bench.open();
      let count = 0;
      for (const step of steps) {
        if (typeof step === 'number') {
          fill(queue, step);
          count += step;
        } else {
          queue.writeOut();
          if (step === 'open') queue = bench.open();
        }
      }
      expect(queue.maxOffset).toBe(count);
      expect(entriesOf(queue)).toEqual(Array.from({ length: count }, (_, offset) => entry(offset)));
    }),
    { numRuns: 60 },
  );
});

test('recovery keeps the entries of messages below what is trusted, and goes on there', () => {
  fc.assert(
    fc.property(fc.nat({ max: 60 }), fc.nat({ max: 60 }), (count, kept) => {
      const bench = new Bench();
      const queue = bench.open();
      fill(queue, count);
      queue.writeOut();
      const recovered = bench.open(kept * 300);
      expect(recovered.maxOffset).toBe(Math.min(count, kept));
      expect(bench.open().maxOffset).toBe(Math.min(count, kept));
      fill(recovered, 3);
      recovered.writeOut();
      expect(entriesOf(bench.open())).toEqual(entriesOf(recovered));
    }),
    { numRuns: 60 },
  );
});

describe('a queue', () => {
  test('that begins late is filled up to its first message', () => {
    const bench = new Bench();
    const queue = bench.open();
    queue.skipTo(13);
    queue.add(900, 300, 5);
    queue.writeOut();
    const again = bench.open();
    expect(again).toMatchObject({ minOffset: 13, maxOffset: 14 });
    const file = bench.driven.runtime.disk.open('/queue/orders/0/00000000000000000200', 'existing');
    const bytes = Buffer.alloc(100);
    file.read(bytes, 0);
    const filler = '00000000000000007fffffff0000000000000000';
    const message = '00000000000003840000012c0000000000000005';
    expect(bytes.toString('hex')).toBe(`${filler.repeat(3)}${message}${'00'.repeat(20)}`);
  });

  test('keeps all entries in memory while the disk takes none', () => {
    const bench = new Bench(0);
    const queue = bench.open();
    fill(queue, 20);
    queue.writeOut();
    bench.driven.host.diskFaults.full = true;
    fill(queue, 500);
    expect(bench.failures[0]).toBeInstanceOf(DiskError);
    expect(entriesOf(queue).length).toBe(520);
    bench.driven.host.diskFaults.full = false;
    queue.writeOut();
    expect(entriesOf(bench.open())).toEqual(entriesOf(queue));
  });

  test('of which an entry is torn ends before it', () => {
    const bench = new Bench();
    const queue = bench.open();
    fill(queue, 25);
    queue.writeOut();
    // The sector with entries 20 and 21 was not written, nor the first half of 22.
    const path = '/queue/orders/0/00000000000000000400';
    bench.driven.runtime.disk.open(path, 'existing').write(Buffer.alloc(48), 0);
    expect(bench.open().maxOffset).toBe(20);
  });
});
