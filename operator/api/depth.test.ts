import { expect, test } from 'vitest';
import { isTooDeep, LEVELS_MAX } from './depth.ts';
import { readObject } from './read-object.ts';

const nested = (levels: number): unknown =>
  JSON.parse(`${'{"a":['.repeat(levels / 2)}1${']}'.repeat(levels / 2)}`);

test('blocks and lists count alike, up to the bound', () => {
  for (const flat of [1, 'a', null, undefined, [], {}, [1, [2]]]) {
    expect(isTooDeep(flat)).toBe(false);
  }
  expect(isTooDeep(nested(LEVELS_MAX))).toBe(false);
  expect(isTooDeep(nested(LEVELS_MAX + 2))).toBe(true);
});

test('an object that no walk would survive is refused, whatever it is', () => {
  const pod = nested(100_000);
  const read = readObject('BrokerSet', {
    apiVersion: 'gantrymq.io/v1alpha1',
    kind: 'BrokerSet',
    metadata: { name: 'a' },
    spec: { groups: 1, pod },
  });
  expect(read).toMatchObject({
    reason: 'InvalidSpec',
    message: `spec: is nested deeper than the ${LEVELS_MAX} levels that it may have`,
  });
});
