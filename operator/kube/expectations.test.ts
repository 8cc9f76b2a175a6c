import { expect, test } from 'vitest';
import { WriteExpectations } from './expectations.ts';
import type { KubeObject } from './object.ts';
import { type Resource, resources } from './resources.ts';
import { ALL, Store } from './store.ts';

const { pods, leases } = resources;
const key = { namespace: 'ns', name: 'a' };
const labels = { 'app.kubernetes.io/managed-by': 'gantry-operator' };

const pod = (version: number, more: Partial<KubeObject['metadata']> = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    ...key,
    labels,
    uid: 'u',
    resourceVersion: String(version),
    creationTimestamp: '',
    ...more,
  },
});

function listed(...items: readonly KubeObject[]) {
  const store = new Store([ALL]);
  store.replace(ALL, items, '10');
  const stores = new Map<Resource, Store>([[pods, store]]);
  return { store, expectations: new WriteExpectations((resource) => stores.get(resource)) };
}

test('whoever wrote is behind until the caches have what was written', () => {
  const { store, expectations } = listed(pod(1));
  expectations.note('writer', pods, key, { object: pod(12) });
  expect(expectations.isSettled('writer')).toBe(false);
  expect(expectations.isSettled('another')).toBe(true);
  expect(() => expectations.requireSeen(pods, key)).toThrow('Pod "ns/a" is behind');
  store.bookmark(ALL, '11');
  expect(expectations.isBehind(pods, key)).toBe(true);
  store.apply(ALL, 'Put', pod(12));
  expect(expectations.isBehind(pods, key)).toBe(false);
  expect(expectations.isSettled('writer')).toBe(true);
});

test('of two writes to an object the later is waited for', () => {
  const { store, expectations } = listed(pod(1));
  expectations.note('writer', pods, key, { object: pod(12) });
  expectations.note('writer', pods, key, { object: pod(14) });
  store.apply(ALL, 'Put', pod(12));
  expect(expectations.isSettled('writer')).toBe(false);
  store.apply(ALL, 'Put', pod(14));
  expect(expectations.isSettled('writer')).toBe(true);
});

test('a removal is seen when the object is gone, going, or another one', () => {
  const changes: ((store: Store) => void)[] = [
    (store) => store.apply(ALL, 'Gone', pod(12)),
    (store) => store.apply(ALL, 'Put', pod(12, { deletionTimestamp: 'now' })),
    (store) => store.apply(ALL, 'Put', pod(12, { uid: 'another' })),
  ];
  for (const change of changes) {
    const { store, expectations } = listed(pod(1));
    expectations.note('writer', pods, key, { removedUid: 'u' });
    expect(expectations.isSettled('writer')).toBe(false);
    change(store);
    expect(expectations.isSettled('writer')).toBe(true);
  }
});

test('what no cache will ever show is not waited for', () => {
  const { expectations } = listed(pod(1));
  expectations.note('writer', leases, key, { object: pod(99) });
  expectations.note('writer', pods, key, { object: pod(99, { labels: {} }) });
  expect(expectations.isSettled('writer')).toBe(true);
});

test('a writer that is gone is forgotten; what it wrote is still known to be unseen', () => {
  const { expectations } = listed(pod(1));
  expectations.note('writer', pods, key, { object: pod(99) });
  expectations.forget('writer');
  expect(expectations.isSettled('writer')).toBe(true);
  expect(expectations.isBehind(pods, key)).toBe(true);
});

test('of writers that are gone nothing stays, once it has been seen', () => {
  const { store, expectations } = listed(pod(1));
  for (let version = 20; version < 120; version++) {
    const writer = `writer-${version}`;
    const own = { ...key, name: writer };
    expectations.note(writer, pods, own, { object: pod(version, own) });
    if (version % 2 === 0) store.bookmark(ALL, String(version));
    expectations.forget(writer);
    expect(expectations.size).toBe(version % 2);
  }
});
