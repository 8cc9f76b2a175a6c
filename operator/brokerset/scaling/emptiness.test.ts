import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { TopicContents } from '../../access/mod.ts';
import { blockersOf, showBlocker } from './emptiness.ts';

const queue = (
  offsetMin: number,
  offsetMax: number,
  consumers: Readonly<Record<string, number>> = {},
) => ({ queueId: 0, offsetMin, offsetMax, consumerOffsets: new Map(Object.entries(consumers)) });

const topic = (
  name: string,
  kind: TopicContents['kind'],
  ...queues: TopicContents['queues'][number][]
): TopicContents => ({ topic: name, kind, queues });

const namesakes = ['it', 'it-0'];
const wait = { unclaimed: 'Wait', namesakes } as const;
const ignore = { unclaimed: 'Ignore', namesakes } as const;

describe('what keeps a group from being taken away', () => {
  test('messages that a group has not read, the most first', () => {
    const contents = [
      topic('a', 'user', queue(0, 10, { g: 9 })),
      topic('b', 'user', queue(0, 10, { g: 10, h: 3 }), queue(5, 10, { g: 10, h: 0 })),
    ];
    expect(blockersOf(contents, ignore).map(showBlocker)).toEqual([
      '12 messages of "b": group h has not read them',
      '1 message of "a": group g has not read them',
    ]);
  });

  test('messages in a queue that a reader of the topic has not come to yet', () => {
    const queues = [queue(0, 10, { a: 10, b: 10 }), queue(4, 10, { a: 10 }), queue(2, 5)];
    expect(blockersOf([topic('t', 'user', ...queues)], ignore).map(showBlocker)).toEqual([
      '9 messages of "t": group b has not read them',
      '3 messages of "t": group a has not read them',
    ]);
  });

  test('messages that nobody has read, until they expire or are ignored', () => {
    const contents = [topic('a', 'user', queue(3, 10)), topic('%DLQ%g', 'deadLetter', queue(0, 1))];
    expect(blockersOf(contents, wait)).toHaveLength(2);
    expect(blockersOf(contents, ignore)).toEqual([]);
    expect(blockersOf([topic('a', 'user', queue(10, 10))], wait)).toEqual([]);
  });

  test('messages in a topic of the broker’s own that users may use: named after it or its cluster', () => {
    const contents = ['it', 'it-0', 'TBW102'].map((name) => topic(name, 'system', queue(0, 1)));
    expect(blockersOf(contents, wait).map((one) => one.topic)).toEqual(['it', 'it-0']);
    expect(blockersOf(contents, ignore)).toEqual([]);
  });

  test('messages to be delivered again, however little anybody cares for others', () => {
    expect(blockersOf([topic('%RETRY%g', 'retry', queue(0, 1))], ignore)).toHaveLength(1);
  });

  test('delayed, half and popped messages; not what the broker leaves lying about', () => {
    const contents = [
      topic('SCHEDULE_TOPIC_XXXX', 'system', queue(0, 1)),
      topic('rmq_sys_wheel_timer', 'system', queue(0, 1)),
      topic('RMQ_SYS_TRANS_HALF_TOPIC', 'system', queue(0, 1)),
      topic('rmq_sys_REVIVE_LOG_c', 'system', queue(0, 1)),
      topic('OFFSET_MOVED_EVENT', 'system', queue(0, 1)),
    ];
    expect(blockersOf(contents, ignore).map((one) => one.topic)).not.toContain(
      'OFFSET_MOVED_EVENT',
    );
    expect(blockersOf(contents, ignore)).toHaveLength(4);
  });
});

test('a group without blockers has no reader of a topic behind the end of any of its queues', () => {
  // Few and small: else hardly any is without blockers.
  const anyQueue = fc
    .tuple(fc.nat(2), fc.nat(2), fc.dictionary(fc.constantFrom('g', 'h'), fc.nat(5)))
    .map(([min, count, consumers]) => queue(min, min + count, consumers));
  const anyTopic = fc
    .tuple(
      fc.constantFrom('user', 'retry', 'deadLetter', 'system'),
      fc.array(anyQueue, { maxLength: 3 }),
    )
    .map(([kind, queues]) => topic('t', kind, ...queues));
  fc.assert(
    fc.property(fc.array(anyTopic, { maxLength: 2 }), (contents) => {
      if (blockersOf(contents, ignore).length > 0) return;
      for (const { queues } of contents) {
        const readers = ['g', 'h'].filter((group) =>
          queues.some(({ consumerOffsets }) => consumerOffsets.has(group)),
        );
        const filled = queues.filter(({ offsetMin, offsetMax }) => offsetMax > offsetMin);
        for (const { offsetMax, consumerOffsets } of filled) {
          const behind = readers.filter((group) => (consumerOffsets.get(group) ?? 0) < offsetMax);
          expect(behind).toEqual([]);
        }
      }
    }),
  );
});
