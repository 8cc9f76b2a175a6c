import { expect, test } from 'vitest';
import { type LiveComponent, liveChild } from './live-child.ts';

const component = (status: LiveComponent['status']): LiveComponent => ({
  apiVersion: 'gantrymq.io/v1alpha1',
  kind: 'BrokerSet',
  metadata: {
    name: 'orders-main',
    namespace: 'shop',
    uid: 'u',
    resourceVersion: '1',
    generation: 2,
    creationTimestamp: '2026-01-01T00:00:00Z',
  },
  spec: { version: '1.0.0' },
  ...(status === undefined ? {} : { status }),
});

const condition = (type: string, status: 'True' | 'False', reason = 'AllReady') => ({
  type,
  status,
  reason,
  message: 'so it is',
  lastTransitionTime: '2026-01-01T00:00:00Z',
});
const ready = { observedGeneration: 2, conditions: [condition('Ready', 'True')], version: '1.0.0' };

test('a component that says it is ready for what it is told now is ready and settled', () => {
  expect(liveChild(component(ready))).toMatchObject({ isReady: true, isSettled: true });
});

test('what it said before it was told does not count', () => {
  expect(liveChild(component({ ...ready, observedGeneration: 1 }))).toMatchObject({
    isReady: false,
    isSettled: false,
  });
  expect(liveChild(component(undefined))).toMatchObject({ isReady: false });
});

test('one that is rolled serves and is not settled', () => {
  expect(liveChild(component({ ...ready, version: '0.9.0' }))).toMatchObject({
    isReady: true,
    isSettled: false,
  });
  const conditions = [...ready.conditions, condition('Reconciling', 'True', 'RollingUpdate')];
  expect(liveChild(component({ ...ready, conditions }))).toMatchObject({ isSettled: false });
});

test('one that is not ready says what its claims wait for', () => {
  const notReady = { ...condition('Ready', 'False', 'NotReady'), message: 'pod a-0 is not ready' };
  const volumes = (status: 'True' | 'False') => ({
    ...condition('VolumesReady', status, 'Pending'),
    message: 'claim data-a-0 waits',
  });
  const messageWith = (...conditions: readonly ReturnType<typeof condition>[]) =>
    liveChild(component({ ...ready, conditions })).message;
  expect(messageWith(notReady, volumes('False'))).toBe(
    'pod a-0 is not ready; claim data-a-0 waits',
  );
  expect(messageWith(notReady, volumes('True'))).toBe('pod a-0 is not ready');
  expect(messageWith(condition('Ready', 'True'), volumes('False'))).toBe('so it is');
});

test('it is stalled by reasons that we know', () => {
  const conditions = [condition('Stalled', 'True', 'ImagePull')];
  expect(liveChild(component({ ...ready, conditions })).stalled).toMatchObject({
    reason: 'ImagePull',
  });
  const strange = [condition('Stalled', 'True', 'OfLaterVersion')];
  expect(liveChild(component({ ...ready, conditions: strange })).stalled).toBeUndefined();
});
