import { expect, test } from 'vitest';
import { priorities } from './fair-lines.ts';
import type { KubeObject, ObjectMeta } from './object.ts';
import type { Reconciler } from './reconciler.ts';
import { resources } from './resources.ts';
import { ALL, type Change, Store } from './store.ts';
import { triggersOf } from './triggers.ts';

const { topics, configMaps, pods, claims } = resources;

function object(kind: string, metadata: Partial<ObjectMeta>, status?: unknown): KubeObject {
  return {
    apiVersion: kind === 'Topic' ? topics.apiVersion : 'v1',
    kind,
    metadata: {
      name: 'a',
      namespace: 'ns',
      uid: 'u',
      resourceVersion: '1',
      creationTimestamp: '',
      ...metadata,
    },
    status,
  };
}

const reconciler: Reconciler = {
  name: 'test',
  resource: topics,
  owns: [configMaps],
  follows: [
    {
      resource: pods,
      keysOf: ({ metadata }) => {
        const name = metadata.labels?.['topic'];
        return name === undefined ? [] : [{ namespace: 'ns', name }];
      },
    },
    { resource: claims, keysOf: () => [{ name: 'b' }], matter: ({ metadata }) => metadata.labels },
  ],
  reconcile: () => Promise.resolve({}),
};

/** What a change of one of the resources brings into the queue. */
function enqueuedBy(place: 0 | 1 | 2 | 3, change: Change): [string, number][] {
  const enqueued: [string, number][] = [];
  const caches = { of: () => new Store([ALL]) as never };
  const triggers = triggersOf(reconciler, caches, ({ name }, priority) => {
    enqueued.push([name, priority]);
  });
  triggers[place]?.onChange(change);
  return enqueued;
}

const modified = (before: Partial<ObjectMeta>, now: Partial<ObjectMeta>): Change => ({
  kind: 'Modified',
  before: object('Topic', before, { ready: false }),
  object: object('Topic', { resourceVersion: '2', ...now }, { ready: true }),
});

test('what people change of an object is urgent; a status alone is no reason to look', () => {
  const urgent = [['a', priorities.urgent]];
  expect(enqueuedBy(0, { kind: 'Added', object: object('Topic', {}) })).toEqual(urgent);
  expect(enqueuedBy(0, { kind: 'Deleted', object: object('Topic', {}) })).toEqual(urgent);
  for (const change of [
    { generation: 2 },
    { labels: { a: 'b' } },
    { annotations: { a: 'b' } },
    { finalizers: ['a'] },
    { deletionTimestamp: 'now' },
  ]) {
    expect(enqueuedBy(0, modified({}, change))).toEqual(urgent);
  }
  expect(enqueuedBy(0, modified({}, {}))).toEqual([]);
});

test('a child brings its owner, whichever of its references that is, and no object of other kinds', () => {
  const reference = { apiVersion: topics.apiVersion, kind: 'Topic', name: 'owner', uid: 'o' };
  const others = { apiVersion: 'other/v1', kind: 'Topic', name: 'other', uid: 'p' };
  const child = object('ConfigMap', { ownerReferences: [others, reference] });
  expect(enqueuedBy(1, { kind: 'Deleted', object: child })).toEqual([['owner', priorities.child]]);
});

test('an object that is followed concerns whom it concerns now and whom it did before', () => {
  const before = object('Pod', { labels: { topic: 'old' } });
  const now = object('Pod', { labels: { topic: 'new' } });
  expect(enqueuedBy(2, { kind: 'Modified', object: now, before })).toEqual([
    ['new', priorities.child],
    ['old', priorities.child],
  ]);
});

test('an object that is followed for a part of it is looked at when that part changes', () => {
  expect(enqueuedBy(3, modified({}, { annotations: { a: 'b' } }))).toEqual([]);
  const both = [['b', priorities.child]];
  expect(enqueuedBy(3, modified({}, { labels: { a: 'b' } }))).toEqual([...both, ...both]);
  expect(enqueuedBy(3, { kind: 'Added', object: object('Topic', {}) })).toEqual(both);
});
