import { expect, test } from 'vitest';
import { readersOf, unreadBy } from './unread.ts';

const queue = (offsets: Readonly<Record<string, number>>, offsetMin = 0, offsetMax = 10) => ({
  queueId: 0,
  offsetMin,
  offsetMax,
  consumerOffsets: new Map(Object.entries(offsets)),
});

test('who has read any queue of a topic is a reader of it', () => {
  expect(readersOf([queue({ billing: 3 }), queue({}), queue({ audit: 1, billing: 4 })])).toEqual(
    new Set(['billing', 'audit']),
  );
  expect(readersOf([])).toEqual(new Set());
});

test.each([
  ['behind its offset', queue({ billing: 3 }), 7],
  ['all of it, where it has no offset', queue({ audit: 3 }), 10],
  ['what is still there, where its offset is gone from the queue', queue({ billing: 3 }, 6), 4],
  ['nothing, where it is at the end', queue({ billing: 10 }), 0],
  ['nothing, where it is beyond the end', queue({ billing: 12 }), 0],
])('a reader has still to read %s', (_name, contents, unread) => {
  expect(unreadBy('billing', contents)).toBe(unread);
});
