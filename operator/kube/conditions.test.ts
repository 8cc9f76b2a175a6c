import fc from 'fast-check';
import { expect, test } from 'vitest';
import { stampConditions, timeText } from './conditions.ts';
import { stalledConditions } from './stalled.ts';

test('every condition says of which generation it speaks, and since when', () => {
  const anyCondition = fc.record({ type: fc.string(), message: fc.string() });
  fc.assert(
    fc.property(fc.array(anyCondition), fc.nat(), fc.nat(), (stated, generation, nowMs) => {
      expect(stampConditions(stated, { generation, nowMs })).toEqual(
        stated.map((condition) => ({
          ...condition,
          observedGeneration: generation,
          lastTransitionTime: timeText(nowMs),
        })),
      );
    }),
  );
});

test('a time is RFC 3339 without fractions', () => {
  expect(timeText(1_767_225_600_123)).toBe('2026-01-01T00:00:00Z');
});

test('a message is cut to what Kubernetes takes', () => {
  const [condition] = stampConditions([{ message: 'x'.repeat(40_000) }], {
    generation: 1,
    nowMs: 0,
  });
  expect(condition?.message).toHaveLength(32_768);
});

test('what is stalled is not ready, nothing of it is under way, and the rest is known as before', () => {
  const known = (type: string) =>
    ({ type, status: 'True', reason: 'A', message: '', lastTransitionTime: 'then' }) as const;
  const before = ['Ready', 'Paused', 'Reconciling', 'Stalled'].map(known);
  const stall = { reason: 'InvalidSpec', message: 'why' } as const;
  const after = stalledConditions(before, stall, { generation: 2, nowMs: 0 });
  expect(after).toMatchObject([
    { type: 'Ready', status: 'False', reason: 'Stalled', message: 'why', observedGeneration: 2 },
    { type: 'Stalled', status: 'True', reason: 'InvalidSpec', message: 'why' },
    { type: 'Paused', lastTransitionTime: 'then' },
  ]);
  expect(after).toHaveLength(3);
});
