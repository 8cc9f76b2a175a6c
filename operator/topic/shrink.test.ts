import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { TopicContents, TopicSettings } from '../access/mod.ts';
import type { BrokerView } from '../entity/observed.ts';
import { planShrink, type ShrinkFacts } from './shrink.ts';

const wanted: TopicSettings = {
  topic: 'orders',
  readQueues: 2,
  writeQueues: 2,
  perm: 6,
  order: false,
  attributes: {},
};

const NOW = Date.parse('2026-01-01T01:00:00Z');
const LONG_AGO = '2026-01-01T00:00:00Z';

const broker = (
  group: string,
  readQueues: number,
  writeQueues: number,
): BrokerView<TopicSettings> => ({
  group,
  address: `${group}:10911`,
  found: { ...wanted, readQueues, writeQueues },
});

/** By queue: messages `[min, max)` and how far each group is. */
const contents = (
  queues: readonly (readonly [min: number, max: number, offsets?: Record<string, number>])[],
): TopicContents => ({
  topic: 'orders',
  kind: 'user',
  queues: queues.map(([offsetMin, offsetMax, offsets = {}], queueId) => ({
    queueId,
    offsetMin,
    offsetMax,
    consumerOffsets: new Map(Object.entries(offsets)),
  })),
});

const facts = (changes: Partial<ShrinkFacts>): ShrinkFacts => ({
  wanted,
  brokers: [broker('a', 3, 2)],
  contents: new Map([
    [
      'a',
      contents([
        [0, 5],
        [0, 5],
        [0, 5, { billing: 5 }],
      ]),
    ],
  ]),
  before: { readQueues: 3, since: LONG_AGO },
  nowMs: NOW,
  ...changes,
});

const queuesOf = (changes: Partial<ShrinkFacts>) => {
  const given = facts(changes);
  const { settingsFor } = planShrink(given);
  return given.brokers.map((view) => {
    const { readQueues, writeQueues } = settingsFor(view);
    return [readQueues, writeQueues];
  });
};
const blockersOf = (changes: Partial<ShrinkFacts>) => planShrink(facts(changes)).status?.blockers;

describe('queues that are too many', () => {
  test('are closed for writing first, and read on', () => {
    const brokers = [broker('a', 3, 3)];
    expect(queuesOf({ brokers, before: undefined })).toEqual([[3, 2]]);
    // Also when all is read: somebody may be writing at this moment.
    expect(queuesOf({ brokers })).toEqual([[3, 2]]);
  });

  test('go when they are closed for a minute and every group has read them', () => {
    expect(queuesOf({})).toEqual([[2, 2]]);
    const just = { readQueues: 3, since: '2026-01-01T00:59:30Z' };
    expect(queuesOf({ before: just })).toEqual([[3, 2]]);
    expect(queuesOf({ before: undefined })).toEqual([[3, 2]]);
  });

  test('stay while a group has not read them to their end, and the status says which', () => {
    const some = contents([
      [0, 5],
      [0, 5],
      [0, 5, { billing: 5, audit: 3 }],
    ]);
    expect(queuesOf({ contents: new Map([['a', some]]) })).toEqual([[3, 2]]);
    expect(blockersOf({ contents: new Map([['a', some]]) })).toEqual([
      'audit has 2 messages to read in queue 2 of a',
    ]);
  });

  test('stay for a group that has read other queues of the topic only, here or elsewhere', () => {
    const elsewhere = contents([
      [0, 5, { audit: 1 }],
      [0, 5],
      [0, 0],
    ]);
    const brokers = [broker('a', 3, 2), broker('b', 3, 2)];
    const both = new Map([
      ['a', facts({}).contents.get('a')],
      ['b', elsewhere],
    ]);
    expect(queuesOf({ brokers, contents: both })).toEqual([
      [3, 2],
      [2, 2],
    ]);
  });

  test('stay while there are messages that nobody has read', () => {
    const unread = contents([
      [0, 5],
      [0, 5],
      [1, 5],
    ]);
    expect(blockersOf({ contents: new Map([['a', unread]]) })).toEqual([
      'nobody has read the 4 messages in queue 2 of a',
    ]);
  });

  test('go when what was in them has expired', () => {
    const expired = contents([
      [0, 5],
      [0, 5],
      [5, 5],
    ]);
    expect(queuesOf({ contents: new Map([['a', expired]]) })).toEqual([[2, 2]]);
  });

  test('stay while their broker does not say what is in them', () => {
    expect(queuesOf({ contents: new Map([['a', undefined]]) })).toEqual([[3, 2]]);
  });
});

test('a topic that grows, or is as it should be, is in no such state', () => {
  const same = facts({ brokers: [broker('a', 2, 2), broker('b', 1, 1)] });
  expect(planShrink(same).status).toBeUndefined();
  expect(queuesOf({ brokers: same.brokers })).toEqual([
    [2, 2],
    [2, 2],
  ]);
});

test('no queue with a message that a group has yet to read is ever given up', () => {
  const queue = fc
    .tuple(fc.nat(5), fc.nat(5), fc.option(fc.nat(10)), fc.option(fc.nat(10)))
    .map(([min, size, billing, audit]) => {
      const max = min + size;
      const offsets = Object.entries({ billing, audit }).filter(([, at]) => at !== null);
      return [min, max, Object.fromEntries(offsets) as Record<string, number>] as const;
    });
  const stored = fc.array(queue, { minLength: 3, maxLength: 6 });
  fc.assert(
    fc.property(stored, fc.integer({ min: 1, max: 4 }), fc.nat(120_000), (queues, write, ageMs) => {
      const given = facts({
        brokers: [broker('a', queues.length, write)],
        contents: new Map([['a', contents(queues)]]),
        before: { readQueues: 3, since: new Date(NOW - ageMs).toISOString() },
      });
      const groups = new Set(queues.flatMap(([, , offsets]) => Object.keys(offsets)));
      const unread = queues.slice(wanted.readQueues).filter(([min, max, offsets]) => {
        const isRead = [...groups].every((group) => (offsets[group] ?? 0) >= max);
        return max > min && (groups.size === 0 || !isRead);
      });
      const mayGo = unread.length === 0 && ageMs >= 60_000 && write <= wanted.writeQueues;
      const kept = given.brokers.map((view) => planShrink(given).settingsFor(view).readQueues);
      expect(kept).toEqual([mayGo ? wanted.readQueues : queues.length]);
    }),
  );
});
