import { describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import type { BrokerSet } from './broker-set.ts';
import { forbiddenChanges } from './kinds.ts';
import { readManifest } from './manifest.ts';

function brokerSet(spec: object): BrokerSet {
  const [one] = readManifest(
    stringify({
      apiVersion: 'gantrymq.io/v1alpha1',
      kind: 'BrokerSet',
      metadata: { name: 'hot' },
      spec: { nameServers: { addresses: ['a:1'] }, replicas: 1, ...spec },
    }),
    { file: 'it.yaml' },
  ).brokerSets;
  if (one === undefined) throw new TypeError('no broker set');
  return one;
}

describe('a change of what exists', () => {
  test.each([
    [{}, { retentionHours: 1, flush: 'Sync', groups: 3 }],
    [{ storage: { size: '1Gi' } }, { storage: { size: '1.5Gi' } }],
    [{}, { clusterName: 'hot' }],
  ])('from %j to %j is allowed', (before, now) => {
    expect(forbiddenChanges(brokerSet(now), brokerSet(before))).toEqual([]);
  });

  test.each([
    [{ storage: { size: '2Gi' } }, { storage: { size: '2000Mi' } }, 'can only grow'],
    [{}, { storage: { ephemeral: {} } }, 'cannot become ephemeral'],
    [{}, { storage: { storageClassName: 'fast' } }, 'it was left out and cannot change'],
    [{}, { clusterName: 'other' }, 'it was hot and cannot change'],
    [{}, { groupPrefix: 'other' }, 'it was hot and cannot change'],
    [{ groups: 2 }, {}, "is the operator's; leave it at 2"],
  ])('from %j to %j is refused', (before, now, message) => {
    const [problem, ...more] = forbiddenChanges(brokerSet(now), brokerSet(before));
    expect(problem?.message).toContain(message);
    expect(more).toEqual([]);
  });
});
