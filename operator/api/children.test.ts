import { expect, test } from 'vitest';
import { childrenOf } from './children.ts';
import { kinds } from './kinds.ts';

function storageOfChildren(spec: object): unknown[] {
  const read = kinds.RocketMQCluster.read({
    apiVersion: 'gantrymq.io/v1alpha1',
    kind: 'RocketMQCluster',
    metadata: { name: 'orders' },
    spec,
  });
  if ('problems' in read) throw new TypeError(read.problems[0]?.message);
  return childrenOf(read.manifest).map(({ manifest }) => {
    return (manifest['spec'] as { storage?: unknown }).storage;
  });
}

const sets = [
  { name: 'a' },
  { name: 'b', storage: { size: '9Gi', retention: { whenDeleted: 'Retain' } } },
];

test('volumes go with the cluster when it says so, but for a child that says otherwise', () => {
  expect(storageOfChildren({ brokerSets: sets, deletionPolicy: 'Delete' })).toEqual([
    { retention: { whenDeleted: 'Delete' } },
    { retention: { whenDeleted: 'Delete' } },
    { size: '9Gi', retention: { whenDeleted: 'Retain' } },
  ]);
});

test('an umbrella that leaves volumes alone owns nothing of the storage of its children', () => {
  expect(storageOfChildren({ brokerSets: sets })).toEqual([
    undefined,
    undefined,
    { size: '9Gi', retention: { whenDeleted: 'Retain' } },
  ]);
});
