import { describe, expect, test } from 'vitest';
import type { Condition } from '../api/status/conditions.ts';
import { type KubeClient, KubeError } from '../kube/mod.ts';
import { creationProblem, findCreationFailure } from './creation-failure.ts';
import { findEviction } from './eviction.ts';
import { isTerminating } from './namespace.ts';
import { outcomeOf } from './outcome.ts';
import type { SetFacts } from './set-facts.ts';
import { unseenCondition } from './unseen.ts';

const set: SetFacts = {
  name: 'it-0',
  uid: 'u1',
  replicas: 1,
  updateRevision: 'r1',
  claimTemplates: [],
  createdAtMs: 0,
  isGoing: false,
};

const forbidden = (message: string): KubeError =>
  new KubeError(message, { status: 403, reason: 'Forbidden' });

const condition = (type: string, status: 'True' | 'False', reason = 'Any'): Condition =>
  ({ type, status, reason, message: '', lastTransitionTime: '2026-01-01T00:00:00Z' }) as Condition;

describe('an object is looked at again', () => {
  test.each([
    [
      'soon, while anything is under way',
      [condition('Ready', 'True'), condition('Reconciling', 'True')],
      5000,
    ],
    ['soon, while it is not ready', [condition('Ready', 'False')], 5000],
    ['in its own time, when it is as it should be', [condition('Ready', 'True')], undefined],
    [
      'in its own time, when it is suspended',
      [condition('Ready', 'False', 'Suspended')],
      undefined,
    ],
  ])('%s', (_when, conditions, expected) => {
    expect(outcomeOf({ conditions }).requeueAfterMs).toBe(expected);
  });
});

describe('a generation is not called done', () => {
  test('while Kubernetes has not looked at the newest template, or something was just told', () => {
    expect(unseenCondition([], [set, undefined])).toBeUndefined();
    expect(unseenCondition([], [{ ...set, updateRevision: undefined }])?.message).toContain('it-0');
    expect(unseenCondition(['it-0-0 was told'], [set])).toMatchObject({
      type: 'Reconciling',
      message: 'it-0-0 was told',
    });
  });
});

describe('why a pod cannot be made', () => {
  const events = (...told: readonly (readonly [string, string, number])[]) => ({
    client: {
      list: () =>
        Promise.resolve(
          told.map(([reason, note, second]) => ({
            reason,
            note,
            regarding: { uid: 'u1' },
            eventTime: `2026-01-01T00:00:0${second}Z`,
          })),
        ),
    } as unknown as KubeClient,
  });

  test('is the newest word, and nothing once it could be made', async () => {
    const failed = ['FailedCreate', 'exceeded quota: small', 1] as const;
    expect(await findCreationFailure(events(failed), 'shop', set)).toBe('exceeded quota: small');
    const made = ['SuccessfulCreate', 'made', 2] as const;
    expect(await findCreationFailure(events(failed, made), 'shop', set)).toBeUndefined();
  });

  test('is unknown without the right to look', async () => {
    const client = { list: () => Promise.reject(forbidden('no')) } as unknown as KubeClient;
    expect(await findCreationFailure({ client }, 'shop', set)).toBeUndefined();
  });

  test.each([
    ['exceeded quota: small', 'QuotaExceeded'],
    ['pods "it-0-0" is forbidden: violates PodSecurity "restricted"', 'InvalidPodOptions'],
    ['etcd is slow today', undefined],
  ])('"%s" is %s', (failure, reason) => {
    expect(creationProblem(failure)?.reason).toBe(reason);
  });
});

describe('a pod that is gone', () => {
  const said = (reason: string, uid = 'u') => ({
    client: {
      list: () => Promise.resolve([{ reason, note: 'low on disk', regarding: { uid } }] as never),
    } as unknown as KubeClient,
  });

  test('was evicted when its node says so, of this very pod', async () => {
    expect(await findEviction(said('Evicted'), 'shop', 'u')).toBe('low on disk');
    expect(await findEviction(said('Killing'), 'shop', 'u')).toBeUndefined();
    expect(await findEviction(said('Evicted', 'another'), 'shop', 'u')).toBeUndefined();
  });
});

describe('a namespace', () => {
  const client = (
    find: () => Promise<unknown>,
    apply = (): Promise<unknown> => Promise.resolve({}),
  ) => ({
    client: { find, apply } as unknown as KubeClient,
  });

  test('is on its way out when it says so', async () => {
    const metadata = { name: 'shop', deletionTimestamp: '2026-01-01T00:00:00Z' };
    expect(
      await isTerminating(
        'shop',
        client(() => Promise.resolve({ metadata })),
      ),
    ).toBe(true);
    expect(
      await isTerminating(
        'shop',
        client(() => Promise.resolve({ metadata: {} })),
      ),
    ).toBe(false);
  });

  test('that may not be looked at is asked whether it takes a new object', async () => {
    const hidden = (): Promise<never> => Promise.reject(forbidden('no'));
    expect(await isTerminating('shop', client(hidden))).toBe(false);
    const gone = (): Promise<never> => Promise.reject(forbidden('it is being terminated'));
    expect(await isTerminating('shop', client(hidden, gone))).toBe(true);
  });
});
