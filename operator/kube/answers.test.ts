import fc from 'fast-check';
import { expect, test } from 'vitest';
import { blockOf, requireObject, requirePage } from './answers.ts';
import { KubeError } from './errors.ts';

const request = { method: 'GET', path: '/api/v1/pods?limit=500' } as const;
const metadata = { name: 'a', resourceVersion: '1' };

/** The version of what it is, or the error. */
function outcomeOf(read: typeof requireObject | typeof requirePage, body: string): unknown {
  try {
    return read(request, blockOf(request, { status: 200, retryAfter: undefined, body })).metadata
      .resourceVersion;
  } catch (error) {
    return error;
  }
}

test('whatever answers, it is an object of Kubernetes, a list of them, or a KubeError', () => {
  fc.assert(
    fc.property(fc.oneof(fc.json(), fc.string()), (body) => {
      for (const read of [requireObject, requirePage]) {
        const outcome = outcomeOf(read, body);
        expect(typeof outcome === 'string' || outcome instanceof KubeError, body).toBe(true);
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
