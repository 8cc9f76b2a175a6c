import { describe, expect, test } from 'vitest';
import { inside, layers, mayImport, violations } from '../tools/architecture.ts';
import { drawLayers, withLayers } from '../tools/diagram.ts';
import { importsOf } from '../tools/imports.ts';
import { readTree } from '../tools/tree.ts';

test('every import points down the layers, through a door, at a known package', () => {
  const sources = readTree().filter(({ path }) => path.endsWith('.ts'));
  expect(sources.length).toBeGreaterThan(100);
  expect(sources.flatMap(violations)).toEqual([]);
});

describe.each([['the components', { mayImport, layers }], ...Object.entries(inside)])(
  'the table of %s',
  (_name, table) => {
    test('points down: nothing is above what it imports', () => {
      const height = new Map(
        table.layers.flatMap((names, depth) => names.map((name) => [name, -depth])),
      );
      expect(new Set(height.keys())).toEqual(new Set(Object.keys(table.mayImport)));
      for (const [name, below] of Object.entries(table.mayImport)) {
        for (const other of below) {
          expect(height.get(other), `${name} imports ${other}`).toBeLessThan(height.get(name) ?? 0);
        }
      }
    });
  },
);

test.each(Object.keys(inside))('every folder of %s/ has its place in the table', (component) => {
  const folders = readTree()
    .map(({ path }) => path.split('/'))
    .filter((parts) => parts[0] === component && parts.length > 2)
    .map((parts) => parts[1]);
  const parts = Object.keys(inside[component]?.mayImport ?? {});
  expect(new Set(parts.filter((part) => !part.includes('.')))).toEqual(new Set(folders));
});

describe('the check finds', () => {
  test.each([
    [
      'an import upwards',
      'store/a.ts',
      "import { serve } from '../broker/mod.ts';",
      'store/a.ts imports broker/, which is not below store/',
    ],
    [
      'a type upwards',
      'protocol/a.ts',
      "import type { A } from '../store/mod.ts';",
      'protocol/a.ts imports store/, which is not below protocol/',
    ],
    [
      'an import over many lines',
      'store/a.ts',
      "import {\n  one,\n  // why\n  two,\n} from '../broker/mod.ts';",
      'store/a.ts imports broker/, which is not below store/',
    ],
    [
      'what is exported again',
      'config/a.ts',
      "export * from '../protocol/mod.ts';",
      'config/a.ts imports protocol/, which is not below config/',
    ],
    [
      'an import in an expression',
      'store/deep/a.ts',
      "const a = await import('../../cli/mod.ts');",
      'store/deep/a.ts imports cli/, which is not below store/',
    ],
    [
      'an import for its effect',
      'store/a.ts',
      "import '../cli/mod.ts';",
      'store/a.ts imports cli/, which is not below store/',
    ],
    [
      'a neighbour of the same layer',
      'broker/a.ts',
      "import { a } from '../nameserver/mod.ts';",
      'broker/a.ts imports nameserver/, which is not below broker/',
    ],
    [
      'a way past the door',
      'store/a.ts',
      "import { a } from '../runtime/clock.ts';",
      'store/a.ts imports ../runtime/clock.ts: use the door, mod.ts',
    ],
    [
      'a way past the door from a bench',
      'bench/a.ts',
      "import { a } from '../store/append.ts';",
      'bench/a.ts imports ../store/append.ts: use the door, mod.ts',
    ],
    [
      'tests in what is shipped',
      'store/a.ts',
      "import { a } from '../simulation/mod.ts';",
      'store/a.ts imports simulation/, which is not below store/',
    ],
    [
      'a neighbour inside a component',
      'operator/nameserver/a.ts',
      "import { a } from '../brokerset/plan.ts';",
      'operator/nameserver/a.ts imports operator/brokerset, which is not below operator/nameserver',
    ],
    [
      'what brings the parts together in one of them',
      'operator/api/a.ts',
      "import { a } from '../main.ts';",
      'operator/api/a.ts imports operator/main.ts, which is not below operator/api',
    ],
    [
      'a folder without a place inside a component',
      'operator/new/a.ts',
      "import { a } from '../api/block.ts';",
      'operator/new/a.ts imports operator/api, which is not below operator/new',
    ],
    [
      'fixtures in what is shipped',
      'operator/brokerset/a.ts',
      "import { a } from './fixtures/observed.ts';",
      'operator/brokerset/a.ts imports operator/brokerset/fixtures/observed.ts, which is for tests',
    ],
    [
      'the machine',
      'store/a.ts',
      "import { open } from 'node:fs/promises';",
      'store/a.ts uses node:fs/promises: take it from the Runtime',
    ],
    [
      'the machine without its prefix',
      'broker/a.ts',
      "import net from 'net';",
      'broker/a.ts uses net: take it from the Runtime',
    ],
    [
      'the machine by the back door',
      'store/a.ts',
      "const fs = process.getBuiltinModule('node:fs');",
      'store/a.ts uses node:fs: take it from the Runtime',
    ],
    [
      'a package in the wrong place',
      'broker/a.ts',
      "import { pino } from 'pino';",
      'broker/a.ts uses the package pino, which is for runtime/node/: see tools/architecture.ts',
    ],
    [
      'a package nobody decided on',
      'broker/a.ts',
      "import _ from '@scope/lodash/map';",
      'broker/a.ts uses the package @scope/lodash, which is for nowhere: see tools/architecture.ts',
    ],
    [
      'a name that is computed',
      'broker/a.ts',
      'await import(`./${name}.ts`);',
      'broker/a.ts imports `./${name}.ts`: name the module, so that its layer can be told',
    ],
  ])('%s', (_what, path, text, sentence) => {
    expect(violations({ path, text })).toEqual([sentence]);
  });
});

describe('the check lets through', () => {
  test.each([
    ['a door below', 'broker/sending/a.ts', "import { a } from '../../store/mod.ts';"],
    ['a door of a part', 'cli/a.ts', "import { a } from '../runtime/node/mod.ts';"],
    ['a part below', 'operator/brokerset/scaling/a.ts', "import { a } from '../../api/rule.ts';"],
    ['a part in what brings them together', 'operator/main.ts', "import { a } from './kube/a.ts';"],
    ['a fixture in a test', 'operator/a.test.ts', "import { a } from './fixtures/a.ts';"],
    ['a fixture in another', 'operator/kube/fixtures/a.ts', "import { a } from '../../api/b.ts';"],
    ['a neighbour in the folder', 'store/a.ts', "import { a } from './append.ts';"],
    ['the machine in a machine room', 'runtime/node/a.ts', "import net from 'node:net';"],
    ['pure parts of Node', 'store/a.ts', "import { deflateSync } from 'node:zlib';"],
    ['the simulator in a test', 'store/a.test.ts', "import { a } from '../simulation/mod.ts';"],
    ['the machine in a test', 'store/a.test.ts', "import { mkdtempSync } from 'node:fs';"],
    [
      'words that are no import',
      'store/a.ts',
      "/** Taken from '../broker/mod.ts', once. */\nexport const a = 1;\n// from 'b'",
    ],
  ])('%s', (_what, path, text) => {
    expect(violations({ path, text })).toEqual([]);
  });
});

test('every form of import is read', () => {
  const text = [
    "import a from 'a';",
    'import b, { type B } from "b";',
    "import * as c from 'c';",
    "import type { D } from 'd';",
    "export { e } from 'e';",
    "export type * from 'f';",
    "import 'g';",
    "type H = import('h').H;",
    'const i = await import(',
    "  'i',",
    ');',
    "const j = require('j');",
    "import k from 'k' with { type: 'json' };",
  ].join('\n');
  expect([...importsOf(text).targets].sort()).toEqual('abcdefghijk'.split(''));
});

test('the picture names every component and what it may import', () => {
  const picture = drawLayers();
  for (const name of Object.keys(mayImport)) expect(picture).toContain(`| \`${name}/\` |`);
  expect(withLayers('# A\n<!-- layers -->\nold\n<!-- /layers -->\nB\n')).toBe(
    `# A\n<!-- layers -->\n${picture}\n<!-- /layers -->\nB\n`,
  );
  expect(() => withLayers('# A\n')).toThrow('expected the markers');
});
