import fc from 'fast-check';
import { expect, test } from 'vitest';
import { findDrift } from './drift.ts';

const anyObject = fc.dictionary(fc.string(), fc.jsonValue());

test('an object has not drifted from itself, whatever others add to its blocks', () => {
  fc.assert(
    fc.property(anyObject, (desired) => {
      expect(findDrift(desired, structuredClone(desired))).toBeUndefined();
      expect(findDrift({ spec: desired }, { spec: { ...desired, '\0': 1 }, status: {} })).toBe(
        undefined,
      );
    }),
  );
});

test('a value that is another one is found, with its place', () => {
  const anyScalar = fc.oneof(fc.string({ minLength: 1 }), fc.integer({ min: 1 }));
  fc.assert(
    fc.property(anyScalar, anyScalar, (desired, live) => {
      fc.pre(desired !== live);
      expect(findDrift({ a: { b: [1, desired] } }, { a: { b: [1, live] } })).toBe('a.b[1]');
    }),
  );
});

test('what is empty or zero may be left out by the API server, and nothing else', () => {
  for (const empty of [undefined, null, false, 0, '', [], {}]) {
    expect(findDrift({ a: empty }, {})).toBeUndefined();
    expect(findDrift({ a: { b: empty } }, {})).toBeUndefined();
  }
  expect(findDrift({ a: true }, {})).toBe('a');
  expect(findDrift({ a: { b: 1 } }, {})).toBe('a.b');
  expect(findDrift({ a: 0 }, { a: 1 })).toBe('a');
  expect(findDrift({ a: [] }, { a: [1] })).toBe('a');
});

test('amounts are compared as amounts, other texts as texts', () => {
  const resources = (memory: string) => ({ spec: { resources: { limits: { memory } } } });
  expect(findDrift(resources('1Gi'), resources('1024Mi'))).toBeUndefined();
  expect(findDrift(resources('1Gi'), resources('1025Mi'))).toBe('spec.resources.limits.memory');
  expect(findDrift({ sizeLimit: '1k' }, { sizeLimit: '1000' })).toBeUndefined();
  expect(findDrift({ data: { maxSize: '1k' } }, { data: { maxSize: '1000' } })).toBe(
    'data.maxSize',
  );
});

test('items that have a key are found by it; those of others between them are no drift', () => {
  const broker = { name: 'broker', image: 'gantry:1' };
  const sideCar = { name: 'proxy', image: 'x' };
  expect(findDrift({ containers: [broker] }, { containers: [sideCar, broker] })).toBeUndefined();
  expect(findDrift({ containers: [broker] }, { containers: [sideCar] })).toBe('containers[broker]');
  const changed = { ...broker, image: 'gantry:2' };
  expect(findDrift({ containers: [broker] }, { containers: [changed] })).toBe(
    'containers[broker].image',
  );
});

test('a volume may be mounted twice: mounts are found by their path', () => {
  const mounts = [
    { name: 'data', mountPath: '/data' },
    { name: 'data', mountPath: '/logs', subPath: 'logs' },
  ];
  expect(findDrift(mounts, mounts.toReversed())).toBeUndefined();
});

test('a list without keys is whole or changed', () => {
  expect(findDrift({ args: ['a', 'b'] }, { args: ['a', 'b', 'c'] })).toBe('args');
  expect(findDrift({ args: ['a', 'b'] }, { args: ['b', 'a'] })).toBe('args[0]');
});
