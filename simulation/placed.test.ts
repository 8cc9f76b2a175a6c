import { expect, test } from 'vitest';
import { brokenPromises, type Placed } from './placed.ts';

const at = (queueId: number, queueOffset: number, body: string): Placed => ({
  queueId,
  queueOffset,
  body,
});

test('promises that are kept are not complained of', () => {
  const stored = [at(0, 0, 'a'), at(0, 1, 'b'), at(1, 0, 'c')];
  expect(brokenPromises({ stored, acknowledged: stored, seen: [at(0, 1, 'b')] })).toEqual([]);
});

test('a message that is gone, another in its place and a gap are each told', () => {
  const broken = brokenPromises({
    stored: [at(0, 0, 'a'), at(0, 2, 'x')],
    acknowledged: [at(0, 0, 'a'), at(0, 1, 'b')],
    seen: [at(0, 2, 'c')],
  });
  expect(broken).toEqual([
    'queue 0: offset 2 follows 0',
    '"b", acknowledged at 0@1: there is nothing',
    '"c", received at 0@2: there is "x"',
  ]);
});
