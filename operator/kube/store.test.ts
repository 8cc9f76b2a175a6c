import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { KubeObject } from './object.ts';
import { ALL, type Change, Store } from './store.ts';

interface Facts {
  readonly name: string;
  readonly uid?: string;
  readonly version: number;
  readonly namespace?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly owner?: string;
}

function object({
  name,
  uid = name,
  version,
  namespace = 'ns',
  labels = {},
  owner,
}: Facts): KubeObject {
  const reference = { apiVersion: 'v1', kind: 'Owner', name: 'o', uid: owner ?? '' };
  return {
    apiVersion: 'v1',
    kind: 'Thing',
    metadata: {
      name,
      namespace,
      uid,
      labels,
      resourceVersion: String(version),
      creationTimestamp: '',
      ...(owner === undefined ? {} : { ownerReferences: [reference] }),
    },
  };
}

function watched(store: Store): string[] {
  const changes: string[] = [];
  store.observe(({ kind, object: { metadata } }: Change) => {
    changes.push(`${kind} ${metadata.name} ${metadata.uid}`);
  });
  return changes;
}

/** As a watch tells of a removal: what was there, with the version of its end. */
function lastOf({ metadata, ...rest }: KubeObject, version: number): KubeObject {
  return { ...rest, metadata: { ...metadata, resourceVersion: String(version) } };
}

/** What a server could do to a few names, in the order of its versions. */
const anyHistory = fc.array(
  fc.record({
    name: fc.constantFrom('a', 'b', 'c'),
    isGone: fc.boolean(),
    isAnew: fc.boolean(),
    label: fc.constantFrom('x', 'y'),
    /** Told by the watch, or missed and left to the next list. */
    isMissed: fc.boolean(),
  }),
  { maxLength: 40 },
);

test('after a list it is what the server has, whatever was missed, and its observers know', () => {
  fc.assert(
    fc.property(anyHistory, (history) => {
      const store = new Store([ALL]);
      const told = new Map<string, string>();
      let isTrue = true;
      store.observe(({ kind, object: { metadata } }) => {
        if (kind === 'Deleted') {
          isTrue &&= told.get(metadata.name) === metadata.uid;
          told.delete(metadata.name);
        } else {
          isTrue &&= told.has(metadata.name) === (kind === 'Modified');
          told.set(metadata.name, metadata.uid);
        }
      });
      const server = new Map<string, KubeObject>();
      store.replace(ALL, [], '0');
      for (const [index, { name, isGone, isAnew, label, isMissed }] of history.entries()) {
        const version = index + 1;
        const before = server.get(name);
        const uid = before === undefined || isAnew ? `${name}${version}` : before.metadata.uid;
        const next = object({ name, uid, version, labels: { label }, owner: label });
        if (isGone) server.delete(name);
        else server.set(name, next);
        if (isMissed) continue;
        if (!isGone) store.apply(ALL, 'Put', next);
        else if (before !== undefined) store.apply(ALL, 'Gone', lastOf(before, version));
      }
      store.replace(ALL, [...server.values()], String(history.length + 1));
      expect(isTrue).toBe(true);
      const names = (objects: readonly KubeObject[]) =>
        objects.map(({ metadata }) => metadata.name).sort();
      expect(names(store.all())).toEqual([...server.keys()].sort());
      expect(new Map(store.all().map(({ metadata }) => [metadata.name, metadata.uid]))).toEqual(
        told,
      );
      for (const value of ['x', 'y']) {
        const expected = [...server.values()].filter(
          ({ metadata }) => metadata.labels?.['label'] === value,
        );
        expect(names(store.labelled('label', value))).toEqual(names(expected));
        expect(names(store.ownedBy(value))).toEqual(names(expected));
      }
    }),
  );
});

test('what is no later than what was seen is ignored', () => {
  const store = new Store([ALL]);
  const changes = watched(store);
  store.replace(ALL, [object({ name: 'a', version: 5 })], '10');
  expect(store.apply(ALL, 'Put', object({ name: 'a', version: 10 }))).toBe(false);
  expect(store.apply(ALL, 'Gone', object({ name: 'a', version: 9 }))).toBe(false);
  expect(store.apply(ALL, 'Put', object({ name: 'a', version: 11 }))).toBe(true);
  expect(changes).toEqual(['Added a a', 'Modified a a']);
});

test('a list that brings nothing new tells nobody anything', () => {
  const store = new Store([ALL]);
  store.replace(ALL, [object({ name: 'a', version: 5 })], '10');
  const changes = watched(store);
  store.replace(ALL, [object({ name: 'a', version: 5 })], '20');
  expect(changes).toEqual([]);
});

test('each namespace is a part of its own; it has synced when all parts have', () => {
  const store = new Store(['one', 'two']);
  store.replace('one', [object({ name: 'a', namespace: 'one', version: 1 })], '5');
  expect(store.hasSynced).toBe(false);
  store.replace('two', [object({ name: 'a', namespace: 'two', version: 2 })], '7');
  expect(store.hasSynced).toBe(true);
  store.replace('one', [], '8');
  expect(store.all().map(({ metadata }) => metadata.namespace)).toEqual(['two']);
  expect(store.all('one')).toEqual([]);
  expect(store.find({ namespace: 'two', name: 'a' })).toBeDefined();
});

test('it includes a write when its part has come so far, by an event or a bookmark', () => {
  const store = new Store(['one', 'two']);
  expect(store.includes('one', '5')).toBe(false);
  store.replace('one', [], '4');
  expect(store.includes('one', '5')).toBe(false);
  store.bookmark('one', '6');
  expect(store.includes('one', '5')).toBe(true);
  store.bookmark('one', '3');
  expect(store.includes('one', '5')).toBe(true);
  expect(store.includes('two', '5')).toBe(false);
  expect(store.includes('not watched', '5')).toBe(true);
});
