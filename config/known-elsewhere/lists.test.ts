import { expect, test } from 'vitest';
import { brokerElsewhere } from './broker.ts';
import { keyList, refused } from './lists.ts';
import { nameServerElsewhere } from './nameserver.ts';

test('a list is keys between blanks and line ends', () => {
  expect(keyList('\n  one two\n  three\n')).toEqual(['one', 'two', 'three']);
});

test('rows share a reason, and one without a default has none', () => {
  expect(refused('why', { a: 'false', b: undefined })).toEqual({
    a: { fallback: 'false', reason: 'why' },
    b: { reason: 'why' },
  });
});

test.each([
  ['broker', brokerElsewhere],
  ['name server', nameServerElsewhere],
])('the keys of the %s are listed once', (_role, { ignored, refused: rows }) => {
  const keys = [...ignored, ...Object.keys(rows)];
  expect(keys.filter((key, index) => keys.indexOf(key) !== index)).toEqual([]);
});
