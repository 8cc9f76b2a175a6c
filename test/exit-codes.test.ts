/** What pods end with is what the operator takes it for. */
import { expect, test } from 'vitest';
import { exitCodes } from '../cli/exit-codes.ts';
import { podFacts } from '../operator/workload/pod-facts.ts';

function troubleOf(exitCode: number): string | undefined {
  const terminated = { exitCode, reason: 'Error', message: 'the last words' };
  return podFacts({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: 'it-0-0',
      uid: '1',
      resourceVersion: '1',
      creationTimestamp: '2026-01-01T00:00:00Z',
    },
    status: { containerStatuses: [{ restartCount: 0, state: { terminated } }] },
  }).trouble?.reason;
}

test('only a store of another broker is a mismatch of identities at the first end', () => {
  const all = Object.values(exitCodes).map(({ code }) => code);
  const { WrongIdentity } = exitCodes;
  expect(all.filter((code) => troubleOf(code) === 'IdentityMismatch')).toEqual([
    WrongIdentity.code,
  ]);
});
