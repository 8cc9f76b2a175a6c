import { expect, test } from 'vitest';
import { childrenOf } from './children.ts';
import { kinds } from './kinds.ts';

function childrenWith(spec: object, labels = {}) {
  const read = kinds.RocketMQCluster.read({
    apiVersion: 'gantrymq.io/v1alpha1',
    kind: 'RocketMQCluster',
    metadata: { name: 'orders', labels },
    spec,
  });
  if ('problems' in read) throw new TypeError(read.problems[0]?.message);
  return childrenOf(read.manifest).map(({ manifest }) => manifest);
}

function storageOfChildren(spec: object): unknown[] {
  return childrenWith(spec).map((manifest) => (manifest['spec'] as { storage?: unknown }).storage);
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

test('labels of people go on to the children, those of tools that install things do not', () => {
  const tools = {
    'app.kubernetes.io/managed-by': 'Helm',
    'app.kubernetes.io/instance': 'orders',
    'helm.sh/chart': 'gantry-cluster-1.0.0',
    'argocd.argoproj.io/instance': 'orders',
    'kustomize.toolkit.fluxcd.io/name': 'apps',
  };
  const children = childrenWith({ brokerSets: sets }, { ...tools, team: 'a' });
  expect(children.map(({ metadata }) => (metadata as { labels: unknown }).labels)).toEqual(
    children.map(() => ({ team: 'a', 'gantrymq.io/cluster': 'orders' })),
  );
});
