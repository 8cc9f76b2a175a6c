import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Condition, setCondition, timeText } from './conditions.ts';

const anyChange = fc.record({
  type: fc.constantFrom('Ready', 'Stalled', 'Paused'),
  status: fc.constantFrom('True', 'False', 'Unknown'),
  reason: fc.constantFrom('A', 'B'),
  message: fc.string(),
});

test('each type is there once, with what was last said, since its status was first so', () => {
  fc.assert(
    fc.property(fc.array(anyChange), (changes) => {
      let list: Condition[] = [];
      const expected = new Map<string, { status: string; sinceMs: number }>();
      for (const [index, change] of changes.entries()) {
        const nowMs = index * 1_000;
        list = setCondition(list, change, nowMs);
        const before = expected.get(change.type);
        if (before?.status !== change.status) {
          expected.set(change.type, { status: change.status, sinceMs: nowMs });
        }
        expect(list.filter(({ type }) => type === change.type)).toEqual([
          {
            ...change,
            lastTransitionTime: timeText(expected.get(change.type)?.sinceMs ?? Number.NaN),
          },
        ]);
      }
      expect(list).toHaveLength(expected.size);
    }),
  );
});

test('a time is RFC 3339 without fractions', () => {
  expect(timeText(1_767_225_600_123)).toBe('2026-01-01T00:00:00Z');
});

test('a message is cut to what Kubernetes takes', () => {
  const change = {
    type: 'Ready',
    status: 'True',
    reason: 'A',
    message: 'x'.repeat(40_000),
  } as const;
  expect(setCondition([], change, 0)[0]?.message).toHaveLength(32_768);
});
