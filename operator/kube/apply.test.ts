import { expect, test } from 'vitest';
import { AssertionError } from '../../runtime/mod.ts';
import { applyChild, sweep } from './apply.ts';
import type { KubeClient } from './client.ts';
import type { Desired, Key, KubeObject, ObjectMeta } from './object.ts';
import type { Context } from './reconciler.ts';
import { type Resource, resources } from './resources.ts';
import { ALL, Store } from './store.ts';

const { configMaps, topics, podMonitors } = resources;
const labels = { 'app.kubernetes.io/managed-by': 'gantry-operator' };

const owner: KubeObject = {
  apiVersion: topics.apiVersion,
  kind: topics.kind,
  metadata: {
    name: 'owner',
    namespace: 'ns',
    uid: 'o',
    resourceVersion: '1',
    creationTimestamp: '',
  },
};

const desired = (value: string, more: object = {}): Desired =>
  ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'a', namespace: 'ns', labels },
    data: { value },
    ...more,
  }) as Desired;

/** Applies to a store what it is told to, as the API server would to its own. */
function world() {
  const store = new Store([ALL]);
  store.replace(ALL, [], '0');
  const applied: Desired[] = [];
  const removed: string[] = [];
  const warnings: string[] = [];
  let version = 0;
  const put = (object: Desired, more: Partial<ObjectMeta> = {}): KubeObject => {
    version++;
    const { metadata, ...rest } = object;
    const completed = {
      ...rest,
      metadata: {
        uid: 'u',
        creationTimestamp: '',
        ...metadata,
        resourceVersion: String(version),
        ...more,
      },
    };
    store.apply(ALL, 'Put', completed);
    return completed;
  };
  const client = {
    find: (_resource: Resource, key: Key) => Promise.resolve(store.find(key)),
    apply: (_resource: Resource, object: Desired) => {
      applied.push(object);
      return Promise.resolve(put(object));
    },
    remove: (_resource: Resource, { name }: Key, { uid }: { uid: string }) => {
      removed.push(`${name} ${uid}`);
      return Promise.resolve();
    },
  } as unknown as KubeClient;
  const context = {
    client,
    caches: { of: () => store },
    expectations: { isBehind: () => false, requireSeen: () => undefined },
    log: { warn: (sentence: string) => warnings.push(sentence) },
  } as unknown as Context;
  return { context, applied, removed, warnings, put };
}

test('a child is applied once, owned, and again when somebody changes it or we want another', async () => {
  const { context, applied, put } = world();
  expect(await applyChild(context, owner, desired('1'))).toBe(true);
  expect(await applyChild(context, owner, desired('1'))).toBe(false);
  const [child = desired('')] = applied;
  expect(child.metadata.ownerReferences).toMatchObject([{ uid: 'o', controller: true }]);
  put({ ...child, data: { value: '1', theirs: '2' } } as Desired);
  expect(await applyChild(context, owner, desired('1'))).toBe(false);
  put({ ...child, data: { value: 'changed' } } as Desired);
  expect(await applyChild(context, owner, desired('1'))).toBe(true);
  expect(await applyChild(context, owner, desired('2'))).toBe(true);
  expect(applied).toHaveLength(3);
});

test('what we want no longer is noticed, though no comparison would see it', async () => {
  const { context } = world();
  await applyChild(context, owner, desired('1', { binaryData: { more: 'AA==' } }));
  expect(await applyChild(context, owner, desired('1'))).toBe(true);
});

test('a child on its way out is left to go', async () => {
  const { context, applied, put } = world();
  put(desired('old'), { deletionTimestamp: 'now' });
  expect(await applyChild(context, owner, desired('1'))).toBe(false);
  expect(applied).toEqual([]);
});

test('what belongs to another is refused, what belongs to nobody is taken over', async () => {
  const { context, put } = world();
  const other = { apiVersion: 'v1', kind: 'Topic', name: 'other', uid: 'p', controller: true };
  put(desired('1'), { ownerReferences: [other] });
  await expect(applyChild(context, owner, desired('1'))).rejects.toThrow(
    'Cannot apply ConfigMap "a": it belongs to Topic "other" (uid p)',
  );
  put(desired('1'), { ownerReferences: [] });
  expect(await applyChild(context, owner, desired('1'))).toBe(true);
});

test('a child that no cache would show is a mistake', async () => {
  const { context } = world();
  const unlabelled = desired('1', { metadata: { name: 'a' } });
  await expect(applyChild(context, owner, unlabelled)).rejects.toBeInstanceOf(AssertionError);
  const unwatched = { apiVersion: podMonitors.apiVersion, kind: podMonitors.kind };
  expect(await applyChild(context, owner, { ...unwatched, metadata: { name: 'm' } })).toBe(true);
});

test('children that are not wanted go, those of others and those that go already do not', async () => {
  const { context, removed, put } = world();
  const ours = [{ apiVersion: topics.apiVersion, kind: 'Topic', name: 'owner', uid: 'o' }];
  const controlled = ours.map((reference) => ({ ...reference, controller: true }));
  const named = (name: string): Desired => ({
    ...desired('1'),
    metadata: { name, namespace: 'ns' },
  });
  put(named('kept'), { uid: '1', ownerReferences: controlled });
  put(named('superfluous'), { uid: '2', ownerReferences: controlled });
  put(named('going'), { uid: '3', ownerReferences: controlled, deletionTimestamp: 'now' });
  put(named('not controlled'), { uid: '4', ownerReferences: ours });
  put(named('unrelated'), { uid: '5' });
  expect(await sweep(context, owner, configMaps, ['kept'])).toBe(1);
  expect(removed).toEqual(['superfluous 2']);
});
