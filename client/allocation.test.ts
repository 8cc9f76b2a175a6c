import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { averageShare } from './allocation.ts';

const queuesOf = (count: number) =>
  Array.from({ length: count }, (_item, queueId) => ({ topic: 'T', brokerName: 'a', queueId }));
const membersOf = (count: number) =>
  Array.from({ length: count }, (_item, index) => `client-${String(index).padStart(2, '0')}`);

describe('averageShare()', () => {
  test.each([
    [
      5,
      2,
      [
        [0, 1, 2],
        [3, 4],
      ],
    ],
    [
      6,
      2,
      [
        [0, 1, 2],
        [3, 4, 5],
      ],
    ],
    [
      8,
      3,
      [
        [0, 1, 2],
        [3, 4, 5],
        [6, 7],
      ],
    ],
    [2, 3, [[0], [1], []]],
  ])('shares %i queues among %i as RocketMQ does', (queues, members, expected) => {
    const shares = membersOf(members).map((own) =>
      averageShare(queuesOf(queues), membersOf(members), own),
    );
    expect(shares.map((share) => share.map(({ queueId }) => queueId))).toEqual(expected);
  });

  test('gives each queue to exactly one member, as equally as can be, in any order', () => {
    fc.assert(
      fc.property(
        fc.nat({ max: 30 }),
        fc.integer({ min: 1, max: 12 }),
        fc.nat(),
        (count, size, turn) => {
          const members = membersOf(size);
          const turned = [...members.slice(turn % size), ...members.slice(0, turn % size)];
          const queues = queuesOf(count);
          const shares = members.map((own) => averageShare(queues.toReversed(), turned, own));
          expect(shares.flat()).toEqual(queues);
          const sizes = shares.map(({ length }) => length);
          expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
        },
      ),
    );
  });

  test('gives nothing to who is no member', () => {
    expect(averageShare(queuesOf(4), membersOf(2), 'stranger')).toEqual([]);
    expect(averageShare(queuesOf(4), [], 'stranger')).toEqual([]);
  });

  test('orders by topic, broker and number, not by text', () => {
    const queues = [10, 9, 2].map((queueId) => ({ topic: 'T', brokerName: 'a', queueId }));
    const other = { topic: 'T', brokerName: 'B', queueId: 0 };
    const share = averageShare([...queues, other], ['me'], 'me');
    expect(share.map(({ brokerName, queueId }) => `${brokerName}${queueId}`)).toEqual([
      'B0',
      'a2',
      'a9',
      'a10',
    ]);
  });
});
