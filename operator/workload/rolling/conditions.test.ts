import { describe, expect, test } from 'vitest';
import { examplePod } from '../fixtures/facts.ts';
import { isRiskAnnounced, pausedCondition, riskCondition, rollingCondition } from './conditions.ts';
import { findLostPod } from './lost-pod.ts';

const roll = {
  action: undefined,
  gates: [],
  skipped: [],
  outdated: [] as string[],
  busy: new Set<string>(),
  stuck: undefined,
};

test('a risk is announced by the condition that says so', () => {
  const at = { lastTransitionTime: '2026-01-01T00:00:00Z' };
  expect(isRiskAnnounced([{ ...riskCondition({ outdated: ['a'] }), ...at }])).toBe(true);
  expect(isRiskAnnounced([{ ...riskCondition({ outdated: [] }), ...at }])).toBe(false);
  expect(isRiskAnnounced([])).toBe(false);
});

test('a person’s pause is said before a roll that failed, and that only while there is one', () => {
  const stuck = { reason: 'CrashLoop', message: 'it ends' } as const;
  const failed = { ...roll, outdated: ['a'], stuck };
  expect(pausedCondition(failed, true).reason).toBe('ByAnnotation');
  expect(pausedCondition(failed, false)).toMatchObject({ status: 'True', message: 'it ends' });
  expect(pausedCondition({ ...roll, stuck }, false).status).toBe('False');
});

test('a roll says what is left of it and what holds it', () => {
  expect(rollingCondition(roll)).toBeUndefined();
  expect(rollingCondition({ ...roll, busy: new Set(['a']) })?.message).toBe('the last pod settles');
  const gates = [{ gate: 'LastPodSettled', message: 'soon' } as const];
  expect(rollingCondition({ ...roll, outdated: ['a', 'b'], gates })?.message).toBe(
    'outdated: a, b; held by LastPodSettled (soon)',
  );
});

describe('a pod that does not serve', () => {
  const unit = (node: 'Present' | 'Gone' | 'OutOfService' | 'Unknown', isReady = false) => ({
    name: 'a',
    pod: examplePod('a', { isReady }),
    node,
  });

  test.each([
    ['Gone', 'does not exist any more'],
    ['OutOfService', 'is marked as out of service'],
  ] as const)('is freed when its node is %s', (node, why) => {
    expect(findLostPod([unit('Present'), unit(node)])?.message).toBe(
      `pod a-0 is freed: its node node1 ${why}`,
    );
  });

  test('is left alone while its node may run it, and so is one that serves', () => {
    expect(findLostPod([unit('Present'), unit('Unknown'), unit('Gone', true)])).toBeUndefined();
  });
});
