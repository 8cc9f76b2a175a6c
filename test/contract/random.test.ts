import { describe, expect, test } from 'vitest';
import { uuid } from '../../runtime/mod.ts';
import { worlds } from './worlds.ts';

describe.each(worlds)('%s randomness', (_name, inWorld) => {
  test('stays below its limit and reaches every number', () =>
    inWorld(async ({ runtime: { random } }) => {
      const seen = new Set(Array.from({ length: 200 }, () => random.below(4)));
      expect(seen).toEqual(new Set([0, 1, 2, 3]));
      expect(random.below(1)).toBe(0);
      expect(random.below(2 ** 32)).toBeLessThan(2 ** 32);
    }));

  test('gives as many bytes as asked for, others each time', () =>
    inWorld(async ({ runtime: { random } }) => {
      const first = random.bytes(16);
      expect(first).toHaveLength(16);
      expect(random.bytes(16).equals(first)).toBe(false);
      expect(uuid(random)).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-/);
    }));
});
