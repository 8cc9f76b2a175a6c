import fc from 'fast-check';
import { expect, test } from 'vitest';
import { blockOf, requireObject, requirePage } from './answers.ts';
import { isBug } from './bug.ts';
import { KubeError } from './errors.ts';

const request = { method: 'GET', path: '/api/v1/pods?limit=500' } as const;
const metadata = { name: 'a', resourceVersion: '1' };

test('whatever answers, it is an object of Kubernetes, a list of them, or a KubeError', () => {
  fc.assert(
    fc.property(fc.oneof(fc.json(), fc.string()), (body) => {
      for (const read of [requireObject, requirePage]) {
        try {
          const block = blockOf(request, { status: 200, retryAfter: undefined, body });
          expect(read(request, block)).toHaveProperty('metadata.resourceVersion');
        } catch (error) {
          expect(isBug(error)).toBe(false);
          expect(error).toMatchObject({ status: 0, reason: 'Unanswered' });
        }
      }
    }),
  );
});

test('an object has a name and a version', () => {
  expect(requireObject(request, { metadata })).toEqual({ metadata });
  for (const block of [{}, { metadata: null }, { metadata: { name: 'a' } }]) {
    expect(() => requireObject(request, block)).toThrow(
      'Cannot GET /api/v1/pods: the answer is no object with a name and a version',
    );
  }
});

test('a list has a version, and objects', () => {
  const page = { metadata: { resourceVersion: '1' }, items: [{ metadata }] };
  expect(requirePage(request, page)).toBe(page);
  expect(() => requirePage(request, { ...page, items: null })).toThrow(KubeError);
  expect(() => requirePage(request, { ...page, items: [{}] })).toThrow(KubeError);
  expect(() => requirePage(request, { items: [] })).toThrow('is no list of objects');
});
