import { expect, test } from 'vitest';
import type { Clock } from '../../runtime/mod.ts';
import { QueueLocks } from './queue-locks.ts';

const queue = (queueId: number) => ({ topic: 'orders', brokerName: 'broker-a', queueId });

function locksAt(): { locks: QueueLocks; pass: (ms: number) => void } {
  let now = 0;
  const clock = { monotonicMs: () => now } as Clock;
  return {
    locks: new QueueLocks(clock),
    pass: (ms) => {
      now += ms;
    },
  };
}

test('a queue has one owner at a time', () => {
  const { locks } = locksAt();
  expect(locks.lock('g', [queue(0), queue(1)], 'a')).toEqual([queue(0), queue(1)]);
  expect(locks.lock('g', [queue(1), queue(2)], 'b')).toEqual([queue(2)]);
  expect(locks.lock('other group', [queue(1)], 'b')).toEqual([queue(1)]);
});

test('a lock that its owner renews is never given away', () => {
  const { locks, pass } = locksAt();
  locks.lock('g', [queue(0)], 'a');
  pass(59_000);
  locks.lock('g', [queue(0)], 'a');
  pass(59_000);
  expect(locks.lock('g', [queue(0)], 'b')).toEqual([]);
});

test('a lock of a silent owner is free after a minute', () => {
  const { locks, pass } = locksAt();
  locks.lock('g', [queue(0)], 'a');
  pass(60_001);
  expect(locks.holds('g')).toBe(false);
  expect(locks.lock('g', [queue(0)], 'b')).toEqual([queue(0)]);
});

test('only the owner can unlock', () => {
  const { locks } = locksAt();
  locks.lock('g', [queue(0)], 'a');
  locks.unlock('g', [queue(0)], 'b');
  expect(locks.holds('g')).toBe(true);
  locks.unlock('g', [queue(0)], 'a');
  expect(locks.holds('g')).toBe(false);
});
