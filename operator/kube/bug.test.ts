import { expect, test } from 'vitest';
import { AssertionError, NetworkError } from '../../runtime/mod.ts';
import { isBug } from './bug.ts';
import { BehindError, KubeError, LeadershipLostError } from './errors.ts';

function thrownBy(act: () => unknown): unknown {
  try {
    act();
  } catch (error) {
    return error;
  }
  throw new Error('Nothing was thrown');
}

test.each([
  [
    'an assertion',
    () => {
      throw new AssertionError('Expected a page');
    },
  ],
  ['a member of nothing', () => (undefined as unknown as { name: string }).name],
  ['a time that is none', () => new Date(Number.NaN).toISOString()],
  [
    'a stack without end',
    function again(): unknown {
      return [again()];
    },
  ],
  ['text that was read unchecked', () => JSON.parse('<html>')],
  ['half a letter in an address', () => encodeURIComponent('\ud800')],
])('%s is a bug', (_what, act) => {
  expect(isBug(thrownBy(act))).toBe(true);
});

test('what the world does is none', () => {
  for (const error of [
    new KubeError('no', { status: 409, reason: 'Conflict' }),
    new BehindError('not yet'),
    new LeadershipLostError('not any more'),
    new NetworkError('Refused', 'no'),
    new Error('The reconcile took longer than 120 s'),
    AbortSignal.abort().reason,
    'a text',
    undefined,
  ]) {
    expect(isBug(error), String(error)).toBe(false);
  }
});
