import { beforeEach, describe, expect, test } from 'vitest';
import { KubeContext } from '../../test/fakes/kube-context.ts';
import { KubeError, type KubeObject, resources } from '../kube/mod.ts';
import { followUnits } from './following.ts';
import { allRefusals, NO_REFUSALS } from './refusals.ts';
import { stalledCondition } from './stall.ts';
import { actOnUnit, type UnitActing, type UnitAction } from './unit-actions.ts';

let kube: KubeContext;
let acting: UnitActing;
let uid: string;

const silent = { update: () => Promise.resolve(undefined), show: () => Promise.resolve(undefined) };

beforeEach(() => {
  kube = new KubeContext();
  const object: KubeObject = kube.put({
    apiVersion: 'v1',
    kind: 'BrokerSet',
    metadata: { name: 'it' },
  } as never);
  acting = { object, context: kube.context, processAt: () => silent, podsOf: () => [] };
  const ready = { type: 'Ready', status: 'True' };
  const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a-0' } };
  uid = kube.put({ ...pod, status: { conditions: [ready] } }).metadata.uid;
});

const deletion = (reason: 'Outdated' | 'Broken'): UnitAction => ({
  kind: 'DeletePod',
  unit: 'a',
  pod: 'a-0',
  uid,
  reason,
  message: 'why',
});

describe('a pod', () => {
  test('is deleted as the plan saw it, and that is reported', async () => {
    await actOnUnit(deletion('Outdated'), acting);
    expect(kube.find(resources.pods, 'a-0')).toBeUndefined();
    expect(kube.events).toEqual(['PodReplaced: why']);
  });

  test('that has come up meanwhile is not broken any more, and stays', async () => {
    await actOnUnit(deletion('Broken'), acting);
    expect(kube.find(resources.pods, 'a-0')).toBeDefined();
    expect(kube.events).toEqual([]);
  });

  test('of a node that is gone is freed whatever it says', async () => {
    const freed = { kind: 'ForceDeletePod', unit: 'a', pod: 'a-0', uid, message: 'why' } as const;
    await actOnUnit(freed, acting);
    expect(kube.find(resources.pods, 'a-0')).toBeUndefined();
    expect(kube.events).toEqual(['PodForceDeleted: why']);
  });
});

test('a StatefulSet is deleted around its pods', async () => {
  const made = kube.put({ apiVersion: 'apps/v1', kind: 'StatefulSet', metadata: { name: 'a' } });
  const action = { kind: 'OrphanStatefulSet', set: 'a', uid: made.metadata.uid } as const;
  await actOnUnit(action, acting);
  expect(kube.find(resources.statefulSets, 'a')).toBeUndefined();
  expect(kube.find(resources.pods, 'a-0')).toBeDefined();
  expect(kube.events[0]).toContain('StatefulSetRecreated: StatefulSet a is made anew');
});

describe('a claim', () => {
  const grow = async (): Promise<unknown> => {
    const claim = { apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name: 'data' } };
    const { uid: own } = kube.put(claim).metadata;
    const spec = { resources: { requests: { storage: '2Gi' } } };
    const action = {
      kind: 'ChangeClaim',
      claim: 'data',
      uid: own,
      spec,
      message: 'grows',
    } as const;
    return actOnUnit(action, acting);
  };

  test('grows, and that is reported', async () => {
    expect(await grow()).toEqual(NO_REFUSALS);
    expect(kube.events).toEqual(['VolumeExpanding: grows']);
  });

  test.each([
    [403, 'exceeded quota: q', 'QuotaExceeded'],
    [403, 'only dynamically provisioned pvc can be resized', 'NotExpandable'],
    [422, 'spec is immutable', 'ExpansionFailed'],
  ])('that is refused with %i %s is %s', async (status, message, reason) => {
    const error = new KubeError(message, { status, reason: '' });
    kube.refusal = { plural: resources.claims.plural, error };
    expect(await grow()).toMatchObject({ volumes: [{ reason, message }] });
    expect(kube.events).toEqual([`VolumeExpansionFailed: ${message}`]);
  });
});

test('refusals of several steps are those of all', () => {
  const one = { settings: new Map([['a', 'no']]), volumes: [] };
  const volumes = [{ reason: 'Lost', message: '' } as const];
  expect(allRefusals([one, { settings: new Map([['b', 'no']]), volumes }])).toEqual({
    settings: new Map([
      ['a', 'no'],
      ['b', 'no'],
    ]),
    volumes,
  });
});

test('a pod and a claim bring back what their labels name, of their own component', () => {
  const labels = {
    'app.kubernetes.io/component': 'broker',
    'app.kubernetes.io/instance': 'it',
  };
  const pod = { metadata: { name: 'x', namespace: 'shop', labels } } as unknown as KubeObject;
  const keysOf = (component: 'broker' | 'nameserver') =>
    followUnits(component).map((follow) => follow.keysOf(pod, kube.context.caches));
  const found = [{ namespace: 'shop', name: 'it' }];
  expect(keysOf('broker')).toEqual([found, found]);
  expect(keysOf('nameserver')).toEqual([[], []]);
});

test('what keeps objects from being made is said first, and a refused key before a stuck pod', () => {
  const problem = { reason: 'QuotaExceeded', message: 'q' } as const;
  const stuck = { reason: 'CrashLoop', message: 'c' } as const;
  const refused = [['threads', 'too many']] as const;
  const causes = { problems: [problem], refused, stuck };
  expect(stalledCondition(causes)).toMatchObject({ reason: 'QuotaExceeded', message: 'q' });
  expect(stalledCondition({ ...causes, problems: [] })).toMatchObject({
    reason: 'InvalidConfig',
    message: 'config.threads: too many',
  });
  expect(stalledCondition({ problems: [], refused: [], stuck })).toMatchObject(stuck);
  expect(stalledCondition({ problems: [], refused: [], stuck: undefined })).toBeUndefined();
});
