import { expect, test } from 'vitest';
import type { KubeObject } from './object.ts';
import { countPhases, countStalled } from './object-counts.ts';

const object = (status?: object): KubeObject => ({
  apiVersion: 'v1',
  kind: 'It',
  metadata: { name: 'it', uid: 'u', resourceVersion: '1', creationTimestamp: '' },
  ...(status && { status }),
});
const stalled = (status: string, reason: string) =>
  object({ phase: 'Ready', conditions: [{ type: 'Stalled', status, reason }] });

const all = [
  object(),
  object({ phase: 'Ready' }),
  stalled('True', 'InvalidSpec'),
  stalled('True', 'InvalidSpec'),
  stalled('True', 'NotImplemented'),
  stalled('False', 'Recovered'),
];

test('objects are counted by their phase, those that nobody has looked at too', () => {
  expect(countPhases(all)).toEqual(
    new Map([
      ['None', 1],
      ['Ready', 5],
    ]),
  );
});

test('of stalled objects those are counted that still are, by the reason', () => {
  expect(countStalled(all)).toEqual(
    new Map([
      ['InvalidSpec', 2],
      ['NotImplemented', 1],
    ]),
  );
});
