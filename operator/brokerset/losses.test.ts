import { describe, expect, test } from 'vitest';
import { timeText } from '../kube/mod.ts';
import { examplePod, NOW_MS } from '../workload/fixtures/facts.ts';
import { conditionsOf } from './conditions.ts';
import { exampleGroup, exampleKeys, exampleObserved, exampleSet } from './fixtures/observed.ts';
import { evictedStall, type Losses, lossesOf, showLosses } from './losses.ts';
import type { ObservedGroup } from './observed.ts';
import { plan } from './plan.ts';
import { statusOf } from './status.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** A group as it was at the last look, with a pod of that identity, and what was noted. */
const was = (uid: string, facts: Partial<NonNullable<ObservedGroup['was']>> = {}) => ({
  was: {
    index: 0,
    name: 'it-0',
    members: [{ pod: 'it-0-0', uid, ready: true }],
    ...facts,
  },
});
const fresh = { isReady: false, readinessSinceMs: NOW_MS };
const lossesAt = (facts: Partial<ObservedGroup>, nowMs = NOW_MS) =>
  lossesOf(exampleObserved([exampleGroup(0, facts)], { nowMs })).get('it-0');

const noFindings = {
  refusals: { settings: new Map(), volumes: [] },
  problems: [],
  unsettled: [],
  generation: 1,
};

const noteOf = (losses: Losses | undefined) =>
  losses === undefined ? {} : { losses: showLosses(losses) };

describe('a pod that went', () => {
  const pod = examplePod('it-0', { ...fresh, uid: 'second' });

  test('is counted once, with the words of the node that evicted it', () => {
    const first = lossesAt({ ...was('first'), pod, eviction: 'low on disk' });
    expect(first).toEqual({
      podUid: 'first',
      attempts: 1,
      sinceMs: NOW_MS,
      evictionsMs: [NOW_MS],
      message: 'low on disk',
    });
    const noted = noteOf(first);
    expect(lossesAt({ ...was('second', noted), pod })?.attempts).toBe(1);
    expect(lossesAt({ ...was('first', noted), pod: undefined })?.attempts).toBe(1);
  });

  test('is counted when it is still there, and says that it was evicted', () => {
    const trouble = { reason: 'Evicted', message: 'low on memory' } as const;
    const evicted = examplePod('it-0', { ...fresh, trouble });
    const losses = lossesAt({ ...was(evicted.uid), pod: evicted });
    expect(losses).toMatchObject({ attempts: 1, message: 'low on memory' });
    const noted = noteOf(losses);
    expect(lossesAt({ ...was(evicted.uid, noted), pod })?.attempts).toBe(1);
  });

  test('without an eviction is no eviction', () => {
    expect(lossesAt({ ...was('first'), pod })).toMatchObject({ attempts: 1, evictionsMs: [] });
  });

  test('because the operator took it, or the spec sent it away, is not lost', () => {
    const startedAt = timeText(NOW_MS);
    const operation = { kind: 'Roll', step: '', podUid: 'first', startedAt } as const;
    expect(lossesAt({ ...was('first', { operation }), pod })).toBeUndefined();
    expect(lossesAt({ ...was('first'), pod, isWanted: false })).toBeUndefined();
    const group = exampleGroup(0, { ...was('first'), pod: undefined });
    const brokerSet = exampleSet({ suspend: true });
    expect(lossesOf(exampleObserved([group], { brokerSet })).size).toBe(0);
  });

  test('is forgotten once another one has settled; evictions after an hour', () => {
    const losses = {
      podUid: 'first',
      attempts: 3,
      since: timeText(NOW_MS),
      evictions: [timeText(NOW_MS)],
    };
    const settled = examplePod('it-0', { uid: 'second', readinessSinceMs: NOW_MS });
    const later = (nowMs: number) =>
      lossesAt({ ...was('second', { losses }), pod: settled }, nowMs);
    expect(later(NOW_MS + 10_000)?.attempts).toBe(3);
    expect(later(NOW_MS + MINUTE_MS)).toMatchObject({ attempts: 0, evictionsMs: [NOW_MS] });
    expect(later(NOW_MS + HOUR_MS)).toBeUndefined();
  });
});

describe('five evictions within an hour', () => {
  const times = (gapMs: number) => [4, 3, 2, 1].map((count) => timeText(NOW_MS - count * gapMs));
  const evicted = (evictions: string[], facts = fresh) =>
    exampleObserved([
      exampleGroup(0, {
        ...was('fifth', {
          losses: { podUid: 'fourth', attempts: 4, since: evictions[0] ?? '', evictions },
        }),
        pod: examplePod('it-0', { ...facts, uid: 'sixth' }),
        eviction: 'The node was low on resource: ephemeral-storage',
      }),
    ]);

  test('are a person’s to see, with the words of the node', () => {
    const observed = evicted(times(MINUTE_MS));
    expect(evictedStall(lossesOf(observed), observed)).toEqual({
      reason: 'Evicted',
      message: `pod it-0-0 was evicted 5 times since ${timeText(NOW_MS - 4 * MINUTE_MS)}: The node was low on resource: ephemeral-storage`,
    });
    const status = statusOf({
      observed,
      plan: plan(observed, exampleKeys),
      ...noFindings,
    });
    expect(status.conditions?.find(({ type }) => type === 'Stalled')?.reason).toBe('Evicted');
    expect(status.groupStatus?.[0]?.losses).toMatchObject({ attempts: 5, podUid: 'fifth' });
  });

  test('in more than an hour are not', () => {
    const observed = evicted(times(20 * MINUTE_MS));
    expect(evictedStall(lossesOf(observed), observed)).toBeUndefined();
  });

  test('are over once the pod has been ready for long enough', () => {
    const observed = evicted(times(MINUTE_MS), { isReady: true, readinessSinceMs: NOW_MS - 1 });
    const later = { ...observed, nowMs: NOW_MS + MINUTE_MS };
    expect(evictedStall(lossesOf(observed), observed)).toBeDefined();
    expect(evictedStall(lossesOf(later), later)).toBeUndefined();
  });
});

test('volumes are not ready while a claim of somebody else is in the place of one', () => {
  const foreign = { reason: 'IdentityMismatch', message: 'claim data-it-0-0 is of other' } as const;
  const observed = exampleObserved([exampleGroup(0, { foreign, set: undefined, pod: undefined })]);
  const conditions = conditionsOf({
    observed,
    plan: plan(observed, exampleKeys),
    ...noFindings,
  });
  expect(conditions.find(({ type }) => type === 'VolumesReady')).toMatchObject({
    status: 'False',
    reason: 'ForeignClaim',
    message: 'claim data-it-0-0 is of other',
  });
  expect(conditions.find(({ type }) => type === 'Stalled')?.reason).toBe('IdentityMismatch');
});
