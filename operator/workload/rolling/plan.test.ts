import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { examplePod, NOW_MS } from '../fixtures/facts.ts';
import type { PodFacts } from '../pod-facts.ts';
import { planRoll, type RollOptions, type RollUnit, unlessTold } from './plan.ts';
import { attemptOf, replacedBefore } from './replaced.ts';

const SETTLE_MS = 30_000;
const DEADLINE_MS = 600_000;

const options: RollOptions = {
  nowMs: NOW_MS,
  unavailableMax: 1,
  settleMs: SETTLE_MS,
  progressDeadlineMs: DEADLINE_MS,
  skip: new Set(),
  othersGate: 'OtherGroupsHealthy',
  held: [],
  mustAnswer: 'Itself',
  isAnnounced: true,
  wasRolling: false,
};

const pod = (name: string, facts: Partial<PodFacts> = {}): PodFacts =>
  examplePod(name, { uid: `uid-${name}`, ...facts });

const unit = (name: string, facts: Partial<PodFacts> | 'missing' = {}): RollUnit => ({
  name,
  pod: facts === 'missing' ? undefined : pod(name, facts),
  updateRevision: 'new',
  answers: true,
  node: 'Unknown',
});

const old = { revision: 'old' };
const broken = { isReady: false, readinessSinceMs: NOW_MS - 5000 };
const stuck = { isReady: false, readinessSinceMs: NOW_MS - DEADLINE_MS };

describe('which pod is replaced', () => {
  test('none when all are current', () => {
    const plan = planRoll([unit('a'), unit('b')], options);
    expect(plan).toMatchObject({ action: undefined, gates: [], outdated: [] });
    expect(plan.busy.size).toBe(0);
  });

  test('the first outdated one, when all others serve and have settled', () => {
    const plan = planRoll([unit('a'), unit('b', old), unit('c', old)], options);
    expect(plan.action).toMatchObject({ pod: 'b-0', uid: 'uid-b', reason: 'Outdated' });
    expect([...plan.busy]).toEqual(['b']);
  });

  test('a broken and outdated one first, whatever the others do', () => {
    const units = [unit('a', old), unit('b', { ...old, ...broken }), unit('c', 'missing')];
    expect(planRoll(units, options).action).toMatchObject({ pod: 'b-0', reason: 'Broken' });
  });

  test('a broken one even before clients were told, an intact one after', () => {
    const quiet = { ...options, isAnnounced: false };
    expect(planRoll([unit('a', { ...old, ...broken })], quiet).action).toBeDefined();
    expect(planRoll([unit('a', old)], quiet).action).toBeUndefined();
  });

  test('a current one that has to restart for another reason', () => {
    const restart = { ...unit('a'), restart: 'its file system has to grow' };
    expect(planRoll([restart], options).action?.message).toContain('file system');
  });

  test('none that is on its way already', () => {
    expect(planRoll([unit('a', { ...old, isGoing: true })], options).action).toBeUndefined();
  });
});

describe('what holds it', () => {
  const gatesOf = (units: readonly RollUnit[], more: Partial<RollOptions> = {}) =>
    planRoll(units, { ...options, ...more }).gates.map(({ gate }) => gate);

  test('another unit that does not serve', () => {
    expect(gatesOf([unit('a', old), unit('b', broken)])).toEqual(['OtherGroupsHealthy']);
    expect(gatesOf([unit('a', old), unit('b', 'missing')])).toEqual(['OtherGroupsHealthy']);
  });

  test('the pod replaced last, until it has settled', () => {
    const fresh = unit('a', { readinessSinceMs: NOW_MS - SETTLE_MS + 1000 });
    const { gates, busy } = planRoll([fresh, unit('b', old)], options);
    expect(gates).toEqual([
      { gate: 'LastPodSettled', message: 'a has to stay ready until 1970-01-12T13:46:41Z' },
    ]);
    expect([...busy]).toEqual(['a']);
  });

  test('a template that Kubernetes has not seen yet', () => {
    const unseen = { ...unit('b'), updateRevision: undefined };
    expect(gatesOf([unit('a', old), unseen])).toEqual(['PodExpectationsMet']);
  });

  test('a broker that does not answer: unknown is not healthy', () => {
    expect(gatesOf([{ ...unit('a', old), answers: undefined }])).toEqual(['BrokersReachable']);
  });

  test('another broker that does not answer, although Kubernetes last saw it ready', () => {
    const silent = { ...unit('b'), answers: undefined };
    const units = [unit('a', old), silent, unit('c')];
    const { action, gates } = planRoll(units, options);
    expect(action).toBeUndefined();
    expect(gates).toEqual([
      { gate: 'OtherGroupsHealthy', message: 'no answer to the operator from b' },
    ]);
    expect(gatesOf(units, { unavailableMax: 2 })).toEqual([]);
    const skip = new Set(['OtherGroupsHealthy'] as const);
    expect(planRoll(units, { ...options, skip }).action?.unit).toBe('a');
  });

  test('no broken one by the silence of others, nor silence more than once', () => {
    const silent = { ...unit('a', old), answers: undefined };
    const repaired = planRoll([silent, unit('b', { ...old, ...broken })], options);
    expect(repaired.action).toMatchObject({ unit: 'b', reason: 'Broken' });
    const down = { ...unit('b', broken), answers: undefined };
    expect(planRoll([unit('a', old), down], options).gates).toEqual([
      { gate: 'OtherGroupsHealthy', message: 'not ready: b' },
    ]);
  });

  test('a node that is cut off: what it runs may serve unseen, and is not called broken', () => {
    const cutOff = (name: string): RollUnit => ({
      ...unit(name, { ...old, ...broken }),
      node: 'Unreachable',
    });
    const { action, gates } = planRoll([cutOff('a'), cutOff('b')], options);
    expect(action).toBeUndefined();
    expect(gates).toEqual([
      { gate: 'NodeReachable', message: 'node node1 of pod a-0 is cut off, and may still run it' },
    ]);
    const other = unit('c', { ...old, ...broken });
    expect(planRoll([cutOff('a'), other], options).action?.unit).toBe('c');
    const skip = new Set(['NodeReachable'] as const);
    expect(planRoll([cutOff('a')], { ...options, skip }).action?.unit).toBe('a');
    expect(planRoll([{ ...cutOff('a'), node: 'Present' }], options).action?.unit).toBe('a');
  });

  test('a name server that would be the last to answer', () => {
    const more = { mustAnswer: 'Another', othersGate: 'OtherNameServersHealthy' } as const;
    const silent = { ...unit('b'), answers: undefined };
    expect(gatesOf([unit('a', old), silent], more)).toEqual(['OtherNameServersHealthy']);
    expect(gatesOf([unit('a', old)], more)).toEqual([]);
  });

  test('a current pod that did not come up in time, with the reason why', () => {
    const trouble = { reason: 'ImagePull', message: 'no such image' } as const;
    const plan = planRoll([unit('a', { ...stuck, trouble }), unit('b', old)], {
      ...options,
      unavailableMax: 2,
    });
    expect(plan.stuck).toEqual({
      reason: 'ImagePull',
      message: 'pod a-0 is not ready since 1970-01-12T13:36:40Z: no such image',
    });
    expect(plan.gates.map(({ gate }) => gate)).toEqual(['NoFailedRoll']);
  });

  test('a pause and a failed roll each by its name: to pass one is not to pass the other', () => {
    const held = [{ gate: 'NotPaused', message: 'a person said so' }] as const;
    const units = [unit('a', stuck), unit('b', old)];
    const more = { unavailableMax: 2, held };
    expect(gatesOf(units, more)).toEqual(['NotPaused', 'NoFailedRoll']);
    expect(gatesOf(units, { ...more, skip: new Set(['NoFailedRoll']) })).toEqual(['NotPaused']);
    expect(gatesOf(units, { ...more, skip: new Set(['NotPaused']) })).toEqual(['NoFailedRoll']);
  });

  test('no pod that may be outdated, before Kubernetes has seen what is wanted now', () => {
    const unseen = { ...unit('a', stuck), updateRevision: undefined };
    expect(planRoll([unseen], options).stuck).toBeUndefined();
    const plan = { roll: planRoll([unit('a', stuck)], options) };
    expect(unlessTold(plan, []).roll.stuck).toMatchObject({ reason: 'ProgressDeadline' });
    expect(unlessTold(plan, ['it was told something new']).roll.stuck).toBeUndefined();
  });

  test('nothing that a person has opened by name', () => {
    const plan = planRoll([unit('a', old), unit('b', broken)], {
      ...options,
      skip: new Set(['OtherGroupsHealthy']),
    });
    expect(plan.action?.pod).toBe('a-0');
    expect(plan.skipped).toEqual(['OtherGroupsHealthy']);
  });
});

const anyUnit = fc.record({
  present: fc.boolean(),
  isReady: fc.boolean(),
  isGoing: fc.boolean(),
  revision: fc.constantFrom('old', 'middle', 'new'),
  ageMs: fc.constantFrom(0, 10_000, SETTLE_MS, DEADLINE_MS, 10 * DEADLINE_MS),
  updateRevision: fc.constantFrom('new', 'new', 'new', undefined),
  answers: fc.constantFrom(true, true, undefined),
  node: fc.constantFrom('Unknown', 'Present', 'Unreachable'),
});

const anyUnits = fc.array(anyUnit, { maxLength: 6 }).map((rows) =>
  rows.map((row, index): RollUnit => {
    const { present, isGoing, revision, ageMs, updateRevision, answers, node } = row;
    const isReady = row.isReady && !isGoing;
    const facts = { isReady, isGoing, revision, readinessSinceMs: NOW_MS - ageMs };
    const { pod: made } = unit(`g${index}`, facts);
    return { name: `g${index}`, pod: present ? made : undefined, updateRevision, answers, node };
  }),
);

const anyOptions = fc.record({
  unavailableMax: fc.integer({ min: 1, max: 4 }),
  isAnnounced: fc.boolean(),
  wasRolling: fc.boolean(),
});

describe('whatever is observed', () => {
  test('a pod that serves goes only while enough others serve and have settled', () => {
    fc.assert(
      fc.property(anyUnits, anyOptions, (units, more) => {
        const { action } = planRoll(units, { ...options, ...more });
        if (action === undefined || action.reason === 'Broken') return;
        const settled = units.filter(
          ({ pod: one }) => one?.isReady && NOW_MS - one.readinessSinceMs >= SETTLE_MS,
        );
        const others = units.filter(({ name }) => name !== action.unit);
        const lost = others.filter((one) => !settled.includes(one)).length;
        expect(lost).toBeLessThan(more.unavailableMax);
      }),
    );
  });

  test('only what is outdated goes, by the uid that was seen', () => {
    fc.assert(
      fc.property(anyUnits, anyOptions, (units, more) => {
        const { action } = planRoll(units, { ...options, ...more });
        fc.pre(action !== undefined);
        const target = units.find(({ name }) => name === action.unit);
        expect(target?.pod).toMatchObject({ uid: action.uid, isGoing: false });
        expect(target?.pod?.revision).not.toBe(target?.updateRevision);
      }),
    );
  });

  test('there is progress, or a gate with a name, or something not yet said', () => {
    fc.assert(
      fc.property(anyUnits, anyOptions, (units, more) => {
        const plan = planRoll(units, { ...options, ...more });
        const reason = plan.action ?? plan.gates[0] ?? (more.isAnnounced ? undefined : 'unsaid');
        expect(plan.outdated.length > 0 ? reason !== undefined : plan.action === undefined).toBe(
          true,
        );
      }),
    );
  });

  test('no pod goes whose node is cut off', () => {
    fc.assert(
      fc.property(anyUnits, anyOptions, (units, more) => {
        const { action } = planRoll(units, { ...options, ...more });
        const target = units.find(({ name }) => name === action?.unit);
        expect(target?.node).not.toBe('Unreachable');
      }),
    );
  });

  test('a serving pod goes only while enough others answer', () => {
    fc.assert(
      fc.property(anyUnits, anyOptions, (units, more) => {
        const { action } = planRoll(units, { ...options, ...more });
        if (action?.reason !== 'Outdated') return;
        const silent = units.filter(({ name, answers }) => name !== action.unit && !answers);
        expect(silent.length).toBeLessThan(more.unavailableMax);
      }),
    );
  });

  test('a broken outdated pod of a reachable node is never held: reverting a spec always works', () => {
    fc.assert(
      fc.property(anyUnits, anyOptions, (units, more) => {
        const isBroken = units.some(
          ({ pod: one, updateRevision, node }) =>
            one !== undefined &&
            node !== 'Unreachable' &&
            !one.isReady &&
            !one.isGoing &&
            updateRevision !== undefined &&
            one.revision !== updateRevision,
        );
        const { action } = planRoll(units, { ...options, ...more });
        fc.pre(isBroken);
        expect(action?.reason).toBe('Broken');
      }),
    );
  });
});

describe('a pod that was replaced already', () => {
  const again = (
    attempts: number,
    lastMs: number,
    facts: Partial<PodFacts> = { ...old, ...broken },
  ) => ({
    ...unit('a', facts),
    replaced: { attempts, lastMs },
  });

  test('waits longer each time, and says until when', () => {
    const { action, gates } = planRoll([again(3, NOW_MS - 19_000)], options);
    expect(action).toBeUndefined();
    expect(gates).toEqual([
      {
        gate: 'BackOffOver',
        message: 'the pod of a was replaced 3 times already, and is again at 1970-01-12T13:46:41Z',
      },
    ]);
    expect(planRoll([again(3, NOW_MS - 20_000)], options).action).toBeDefined();
    expect(planRoll([again(30, NOW_MS - 300_000)], options).action).toBeDefined();
  });

  test('is replaced at once when it was only once: who reverts a spec is not kept', () => {
    expect(planRoll([again(1, NOW_MS)], options).action).toBeDefined();
  });

  test('waits too when it serves and has to restart once more', () => {
    const restart = { ...again(2, NOW_MS - 5000, old), restart: 'its file system has to grow' };
    expect(planRoll([restart], options).gates.map(({ gate }) => gate)).toEqual(['BackOffOver']);
  });

  test('keeps no other broken one from being replaced, and a person may pass the gate', () => {
    const units = [again(3, NOW_MS), unit('b', { ...old, ...broken })];
    expect(planRoll(units, options).action?.unit).toBe('b');
    const skip = new Set(['BackOffOver'] as const);
    expect(planRoll([again(3, NOW_MS)], { ...options, skip })).toMatchObject({
      action: { unit: 'a' },
      skipped: ['BackOffOver'],
    });
  });

  test('is counted by the pods that went, not by the tries to delete one', () => {
    const startedAt = new Date(NOW_MS).toISOString();
    const was = { pod: 'a-0', podUid: 'uid-a', startedAt, attempt: 2 };
    const deletion = {
      kind: 'DeletePod',
      unit: 'a',
      pod: 'a-0',
      uid: 'uid-a',
      reason: 'Broken',
      message: '',
    } as const;
    expect(attemptOf(undefined, deletion)).toBe(1);
    expect(attemptOf(was, deletion)).toBe(2);
    expect(attemptOf(was, { ...deletion, uid: 'next' })).toBe(3);
    expect(attemptOf(was, { ...deletion, pod: 'b-0' })).toBe(1);
    expect(replacedBefore(pod('a'), was)).toBeUndefined();
    expect(replacedBefore(pod('a', { uid: 'next' }), was)).toEqual({
      attempts: 2,
      lastMs: NOW_MS,
    });
    expect(replacedBefore(pod('b'), was)).toBeUndefined();
  });
});

test('a pod whose volume is of another broker is stuck at once: no time mends that', () => {
  const trouble = { reason: 'IdentityMismatch', message: 'it belongs to b' } as const;
  const plan = planRoll([unit('a', { ...broken, trouble })], options);
  expect(plan.stuck).toMatchObject({ reason: 'IdentityMismatch' });
  expect(plan.stuck?.message).toContain('it belongs to b');
});
