import fc from 'fast-check';
import { expect, test } from 'vitest';
import { includesVersion } from './resource-version.ts';

test('versions are in the order of their numbers, however long', () => {
  const anyVersion = fc.bigInt({ min: 0n, max: 2n ** 80n });
  fc.assert(
    fc.property(anyVersion, anyVersion, (seen, version) => {
      expect(includesVersion(String(seen), String(version))).toBe(seen >= version);
    }),
  );
});

test('of versions that are no numbers it is only known when they are the same', () => {
  expect(includesVersion('x', 'x')).toBe(true);
  expect(includesVersion('x', '1')).toBeUndefined();
  expect(includesVersion('1', '')).toBeUndefined();
});
