import { describe, expect, test } from 'vitest';
import type { KubeClient, StatusTarget } from './client.ts';
import { BehindError, KubeError } from './errors.ts';
import type { KubeObject } from './object.ts';
import { resources } from './resources.ts';
import { writeStatus } from './status.ts';

const { topics } = resources;

const topic = (status: unknown): KubeObject => ({
  apiVersion: topics.apiVersion,
  kind: topics.kind,
  metadata: { name: 'a', namespace: 'ns', uid: 'u', resourceVersion: '1', creationTimestamp: '' },
  status,
});

function writing() {
  const written: object[] = [];
  const client = {
    applyStatus: (_resource: unknown, _key: unknown, status: object) => {
      written.push(status);
      return Promise.resolve({});
    },
  } as unknown as KubeClient;
  return {
    written,
    write: (object: KubeObject, status: object) => writeStatus({ client }, topics, object, status),
  };
}

const ready = (status: 'True' | 'False', message: string, lastTransitionTime: string) => ({
  type: 'Ready',
  status,
  reason: 'Synced',
  message,
  lastTransitionTime,
});

test('a status that says the same is not written, however its members are ordered', async () => {
  const { written, write } = writing();
  const object = topic({ a: 1, conditions: [ready('True', 'All there', 'before')] });
  const same = { conditions: [ready('True', 'All there', 'now')], a: 1, nothing: undefined };
  expect(await write(object, same)).toBe(false);
  expect(written).toEqual([]);
});

test('a message that changed is written, with the time since when the status is so', async () => {
  const { written, write } = writing();
  const object = topic({ conditions: [ready('True', 'All there', 'before')] });
  expect(await write(object, { conditions: [ready('True', 'Others', 'now')] })).toBe(true);
  expect(await write(object, { conditions: [ready('False', 'None', 'now')] })).toBe(true);
  expect(written).toEqual([
    { conditions: [ready('True', 'Others', 'before')] },
    { conditions: [ready('False', 'None', 'now')] },
  ]);
});

test('a member that is gone is a change, and so is a first status', async () => {
  const { written, write } = writing();
  expect(await write(topic({ a: 1, b: 2 }), { a: 1 })).toBe(true);
  expect(await write(topic(undefined), { a: 1 })).toBe(true);
  expect(await write(topic(undefined), {})).toBe(false);
  expect(written).toEqual([{ a: 1 }, { a: 1 }]);
});

test('an empty list is as good as none, and is not sent', async () => {
  const { written, write } = writing();
  const filled = topic({ groups: [{ name: 'a', members: [] }] });
  expect(await write(filled, { groups: [{ name: 'a' }], others: [] })).toBe(false);
  expect(await write(topic({ groups: [{ name: 'a' }] }), { a: 1, groups: [] })).toBe(true);
  expect(written).toEqual([{ a: 1 }]);
});

describe('a status is written to the object that was read', () => {
  const conflict = new KubeError('modified', { status: 409, reason: 'Conflict' });
  /** An API server that has one Topic, which `before` each write may change. */
  function serving(before: () => Partial<KubeObject['metadata']>) {
    let live = topic(undefined);
    const client = {
      find: () => Promise.resolve(live),
      applyStatus: (_resource: unknown, target: StatusTarget, status: object) => {
        live = { ...live, metadata: { ...live.metadata, ...before() } };
        if (target.resourceVersion !== live.metadata.resourceVersion) {
          return Promise.reject(conflict);
        }
        live = { ...live, status };
        return Promise.resolve(live);
      },
    } as unknown as KubeClient;
    const write = () => writeStatus({ client }, topics, topic(undefined), { a: 1 });
    return { write, status: () => live.status };
  }

  test('also when that has changed since', async () => {
    const { write, status } = serving(() => ({ resourceVersion: '2' }));
    expect(await write()).toBe(true);
    expect(status()).toEqual({ a: 1 });
  });

  test('and not to another one of its name', async () => {
    const { write, status } = serving(() => ({ resourceVersion: '2', uid: 'another' }));
    await expect(write()).rejects.toThrow(BehindError);
    expect(status()).toBeUndefined();
  });

  test('and is given up for now when that changes each time', async () => {
    let version = 1;
    const { write, status } = serving(() => ({ resourceVersion: String(++version) }));
    await expect(write()).rejects.toThrow('Topic "ns/a" changes all the time');
    expect(status()).toBeUndefined();
  });
});
