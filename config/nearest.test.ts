import fc from 'fast-check';
import { expect, test } from 'vitest';
import { findNearest } from './nearest.ts';

const names = ['brokerName', 'brokerRole', 'listenPort', 'flushDiskType'];

test.each([
  ['brokerNmae', 'brokerName'],
  ['listenport', 'listenPort'],
  ['flushDiscType', 'flushDiskType'],
  ['broker_role', 'brokerRole'],
])('%s was probably meant to be %s', (slip, meant) => {
  expect(findNearest(slip, names)).toBe(meant);
});

test('what resembles nothing gets no guess', () => {
  expect(findNearest('colour', names)).toBeUndefined();
  expect(findNearest('x', names)).toBeUndefined();
});

test('one letter too many, too few or other is always found', () => {
  const slip = fc.tuple(fc.constantFrom(...names), fc.nat(8), fc.constantFrom('', 'z', 'zz'));
  fc.assert(
    fc.property(slip, ([name, at, letters]) => {
      const misspelt = name.slice(0, at) + letters + name.slice(at + 1);
      expect(findNearest(misspelt, names)).toBe(name);
    }),
  );
});
