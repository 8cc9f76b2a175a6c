import { expect, test } from 'vitest';
import { Failure } from '../protocol/mod.ts';
import { AssertionError, NetworkError } from '../runtime/mod.ts';
import { unlessRefused } from './unless-refused.ts';

test('what the world refuses gives nothing, a bug goes on', async () => {
  expect(await unlessRefused(Promise.resolve(1))).toBe(1);
  for (const error of [new NetworkError('Refused', 'it'), new Failure('TopicNotFound', 'it')]) {
    expect(await unlessRefused(Promise.reject(error))).toBeUndefined();
  }
  for (const bug of [new AssertionError('a bug'), new TypeError('a bug')]) {
    await expect(unlessRefused(Promise.reject(bug))).rejects.toBe(bug);
  }
});
