import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { LocalProcess } from './local-process.ts';
import { planPods } from './pod-plan.ts';

const some = fc
  .uniqueArray(fc.record({ pod: fc.constantFrom('a', 'b', 'c', 'd'), hash: fc.nat(2) }), {
    selector: ({ pod }) => pod,
  })
  .map((list) => list.map(({ pod, hash }) => ({ pod, hash: `${hash}` }) as LocalProcess));

test('every pod is in exactly one part of the plan, and only what differs is touched', () => {
  fc.assert(
    fc.property(some, some, (desired, present) => {
      const { remove, start, replace, keep } = planPods(desired, present);
      const names = (list: readonly LocalProcess[]) => list.map(({ pod }) => pod);
      const all = [...remove, ...names(start), ...names(replace), ...keep].sort();
      expect(all).toEqual([...new Set([...names(desired), ...names(present)])].sort());
      for (const { pod, hash } of replace) {
        expect(present.find((one) => one.pod === pod)?.hash).not.toBe(hash);
      }
      for (const pod of keep) {
        expect(desired.find((one) => one.pod === pod)).toEqual(
          present.find((one) => one.pod === pod),
        );
      }
    }),
  );
});

test('the plan for what runs already is to do nothing', () => {
  fc.assert(
    fc.property(some, (present) => {
      expect(planPods(present, present)).toMatchObject({ remove: [], start: [], replace: [] });
    }),
  );
});
