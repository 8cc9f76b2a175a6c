/** The walk of a message in ARCHITECTURE.md is a list of what is there, in the order it is told. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
const text = readFileSync(join(root, 'ARCHITECTURE.md'), 'utf8');
const walk = /<!-- walk -->(.*)<!-- \/walk -->/s.exec(text)?.[1] ?? '';
const hops = [...walk.matchAll(/^(\d+)\. (.*)$/gm)].map(([, number = '', line = '']) => {
  const [, path = '', name = ''] = /^`([^`]+)` · `([^`]+)`: /.exec(line) ?? [];
  return { number, line, path, name };
});

test('the walk has its hops in order, each with a file and a function', () => {
  expect(hops.length).toBeGreaterThan(30);
  expect(hops.map(({ number }) => number)).toEqual(hops.map((_, index) => String(index + 1)));
  expect(hops.filter(({ name }) => name === '').map(({ line }) => line)).toEqual([]);
});

test.each(hops.map((hop) => [`${hop.path} · ${hop.name}`, hop] as const))(
  '%s is there, and every file that is named with it',
  (_, { path, name, line }) => {
    const source = readFileSync(join(root, path), 'utf8');
    const declared = new RegExp(`(?<![\\w#.])${name}(?:<[^>]*>)?\\(|class ${name}\\b`, 'm');
    expect(source).toMatch(declared);
    const others = [...line.matchAll(/`([\w-]+\.ts)`/g)].map(([, file = '']) => file);
    for (const file of others) expect(existsSync(join(root, dirname(path), file)), file).toBe(true);
  },
);
