import { expect, test } from 'vitest';
import { definitions } from './definitions.ts';
import { kinds } from './kinds.ts';

test('every kind has a definition, and the conditions in its columns are quoted for JSONPath', () => {
  expect(Object.keys(definitions).toSorted()).toEqual(Object.keys(kinds).toSorted());
  expect(definitions.Topic.columns.map(({ jsonPath }) => jsonPath)).toContain(
    '.status.conditions[?(@.type=="Ready")].status',
  );
});
