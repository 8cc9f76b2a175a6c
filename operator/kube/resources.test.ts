import { expect, test } from 'vitest';
import { MANAGED_BY } from '../api/vocabulary/labels.ts';
import { labelsOf } from '../resources/labels.ts';
import {
  collectionPath,
  MANAGED_BY_LABEL,
  objectPath,
  type Resource,
  resourceOf,
  resources,
} from './resources.ts';

const all = Object.values<Resource>(resources);

test('what is watched may be listed and watched, and nothing of the whole cluster is', () => {
  for (const { plural, watched, verbs, scope } of all) {
    const mayWatch = verbs.includes('list') && verbs.includes('watch');
    expect(mayWatch, plural).toBe(watched !== 'no');
    const isOnlyRead = verbs.length === 1 && verbs[0] === 'get';
    expect(scope === 'Namespaced' || isOnlyRead, plural).toBe(true);
  }
});

test('each kind is one row', () => {
  for (const resource of all) {
    const { apiVersion, kind } = resource;
    expect(resourceOf({ apiVersion, kind })).toBe(resource);
  }
  const unknown = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'x' } };
  expect(() => resourceOf(unknown)).toThrow('v1 Secret in the table of resources');
});

test('paths are those of the API, for the core group and the others', () => {
  const { pods, topics, nodes } = resources;
  expect(collectionPath(pods)).toBe('/api/v1/pods');
  expect(collectionPath(topics, 'a')).toBe('/apis/gantrymq.io/v1alpha1/namespaces/a/topics');
  expect(objectPath(nodes, { name: 'n' })).toBe('/api/v1/nodes/n');
  expect(objectPath(topics, { namespace: 'a', name: 'b' }, 'status')).toBe(
    '/apis/gantrymq.io/v1alpha1/namespaces/a/topics/b/status',
  );
});

test('everything that is rendered has the label by which it is watched', () => {
  const metadata = { name: 'a', namespace: 'b', labels: {}, annotations: {} };
  const labels = labelsOf({ component: 'nameserver', metadata, version: '1' });
  expect(labels[MANAGED_BY_LABEL]).toBe(MANAGED_BY);
});
