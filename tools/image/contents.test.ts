import { expect, test } from 'vitest';
import { packageEntries } from './contents.ts';

test('a package of native code alone comes along: what loads it fails without', () => {
  const paths = packageEntries().map(({ path }) => path);
  expect(paths).toContain('app/node_modules/@node-rs/crc32/index.js');
  expect(paths).toContainEqual(expect.stringMatching(/crc32[\w-]*\/crc32\.[\w-]+\.node$/));
});

test('a package of types alone stays away', () => {
  const paths = packageEntries().map(({ path }) => path);
  expect(paths.filter((path) => path.includes('/@types/'))).toEqual([]);
});
