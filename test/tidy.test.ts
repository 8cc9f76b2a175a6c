import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { generated, staleFiles } from '../tools/generate.ts';
import * as tidy from '../tools/tidy/mod.ts';
import { readTree, root } from '../tools/tree.ts';

const tree = readTree();
const file = (path: string, text = '/** A thing. */\n') => [{ path, text }];
const lines = (count: number) => `/** Long. */\n${'a;\n'.repeat(count - 1)}`;

const rules: readonly [string, tidy.Rule][] = [
  ['files are short', tidy.shortFiles],
  ['files are short on the whole', tidy.shortOnTheWhole],
  ['sources open with a header', tidy.headers],
  ['doors only export', tidy.doors],
  ['files are named for concepts', tidy.names],
  ['functions say what they do', tidy.verbs],
  ['what is unfinished has an issue', tidy.promises],
  ['tests run', tidy.wholeTests],
  ['behaviour is tested beside its source', tidy.tested],
  ['links lead somewhere', tidy.links],
  ['there is one version', tidy.versions],
  ['no machine is mentioned', tidy.noMachine(root)],
];

describe('the repository', () => {
  test('is read', () => {
    const paths = tree.map(({ path }) => path);
    expect(paths).toEqual(
      expect.arrayContaining(['package.json', 'runtime/mod.ts', '.oxlintrc.json']),
    );
    expect(paths.some((path) => path.includes('node_modules'))).toBe(false);
  });

  test.each(rules)('%s', (_name, rule) => {
    expect(rule(tree)).toEqual([]);
  });

  test('has no stale generated file', async () => {
    expect(staleFiles(tree, await generated())).toEqual([]);
  });

  test('names the area in its newest commits', () => {
    // An archive of the sources has no history.
    const log = existsSync(join(root, '.git'))
      ? execFileSync('git', ['log', '-20', '--format=%s'], { cwd: root, encoding: 'utf8' })
      : '';
    expect(tidy.subjects(log.split('\n').filter((subject) => subject !== ''))).toEqual([]);
  });
});

describe('each check can fail:', () => {
  test.each<[string, tidy.Rule, { path: string; text: string }[], string]>([
    [
      'a long file',
      tidy.shortFiles,
      file('store/a.ts', lines(501)),
      'store/a.ts has 501 lines, at most 500: split it by concept',
    ],
    [
      'a long tree',
      tidy.shortOnTheWhole,
      [...file('a/a.ts', lines(151)), ...file('a/b.ts', lines(151)), ...file('a/c.ts')],
      'The median source has 151 lines, at most 150',
    ],
    [
      'no header',
      tidy.headers,
      file('store/a.ts', 'export const a = 1;\n'),
      'store/a.ts has no header: open it with what the thing is, and its invariant',
    ],
    [
      'code in a door',
      tidy.doors,
      file('store/mod.ts', "export { a } from './a.ts';\nexport const b = 1;\n"),
      'store/mod.ts is a door: it only exports what others hold',
    ],
    [
      'a vague name',
      tidy.names,
      file('store/string-utils.ts'),
      'store/string-utils.ts: "string-utils.ts" does not name a concept in kebab-case',
    ],
    [
      'camel case',
      tidy.names,
      file('store/commitLog.ts'),
      'store/commitLog.ts: "commitLog.ts" does not name a concept in kebab-case',
    ],
    [
      'a vague function',
      tidy.verbs,
      file('store/a.ts', '/** A. */\nexport async function getThing() {}\n'),
      'store/a.ts:2 declares getThing: say what it does',
    ],
    [
      'a vague method',
      tidy.verbs,
      file(
        'store/a.ts',
        'class A {\n  async #doWork(a: number): Promise<void> {\n    getAll(a);\n',
      ),
      'store/a.ts:2 declares doWork: say what it does',
    ],
    [
      'a vague promise of an interface',
      tidy.verbs,
      file('store/a.ts', 'interface A {\n  getThing(): string;\n}\n'),
      'store/a.ts:2 declares getThing: say what it does',
    ],
    [
      'a vague closure',
      tidy.verbs,
      file('store/a.ts', 'const handleThing = (a: number) => a;\n'),
      'store/a.ts:1 declares handleThing: say what it does',
    ],
    [
      'an open end',
      tidy.promises,
      file('Makefile', `a:\n# ${'TO'}DO: later\n`),
      `Makefile:2 has a ${'TO'}DO without its issue, as in ${'TO'}DO(#12)`,
    ],
    [
      'a skipped test',
      tidy.wholeTests,
      file('store/a.test.ts', "describe('a', () => {\n  test.skip('b', () => {});\n});\n"),
      'store/a.test.ts:2 uses skip: a test runs or is not there',
    ],
    [
      'no test',
      tidy.tested,
      [
        ...file('store/a.ts', 'export const a = () => 1;\n'),
        ...file('store/b.test.ts', "import { b } from './b.ts';\n"),
      ],
      'store/a.ts is not reached by any test beside it',
    ],
    [
      'a dead link',
      tidy.links,
      file('docs/a.md', 'See\n[b](b.md).\n'),
      'docs/a.md:2 links to b.md, which is not there',
    ],
    [
      'a dead heading',
      tidy.links,
      [...file('docs/a.md', '[b](../B.md#two)'), ...file('B.md', '# One\n')],
      'docs/a.md:1 links to ../B.md#two, which is not there',
    ],
    [
      'two versions',
      tidy.versions,
      [
        ...file('package.json', '{"version": "1.0.0"}'),
        ...file('package-lock.json', '{"version": "1.0.0"}'),
        ...file('CHANGELOG.md', '# C\n\n## 0.9.0\n'),
      ],
      'CHANGELOG.md has version 0.9.0, package.json 1.0.0',
    ],
    [
      'a path of this machine',
      tidy.noMachine('/srv/checkout/'),
      file('a.md', 'In /srv/checkout/store.'),
      'a.md:1 mentions /srv/checkout, which is of one machine',
    ],
    [
      'a path of a home',
      tidy.noMachine('/srv/checkout/'),
      file('a.md', `In ${'/home'}/alice/store.`),
      `a.md:1 mentions ${'/home'}/alice/, which is of one machine`,
    ],
    [
      'a registry',
      tidy.noMachine('/srv/checkout/'),
      file('package-lock.json', '"resolved": "http://10.0.0.1:4873/a.tgz"'),
      'package-lock.json:1 mentions http://10.0.0.1:4873, which is of one machine',
    ],
  ])('%s', (_what, rule, files, sentence) => {
    expect(rule(files)).toEqual([sentence]);
  });

  test('a commit without an area', () => {
    expect(
      tidy.subjects([
        'store: cut a torn tail',
        'broker/sending, docs: b',
        'Fix things',
        'stuff: more',
        'Merge a',
      ]),
    ).toEqual([
      '"Fix things" is not "area: what changed" with a folder as its area',
      '"stuff: more" is not "area: what changed" with a folder as its area',
    ]);
  });

  test('a generated file that is not current, missing, or made by nothing', () => {
    const expected = [...file('docs/reference/a.md', 'new'), ...file('docs/reference/b.md')];
    const found = [...file('docs/reference/a.md', 'old'), ...file('docs/reference/c.md')];
    expect(staleFiles(found, expected)).toEqual([
      { path: 'docs/reference/a.md', problem: 'is not current' },
      { path: 'docs/reference/b.md', problem: 'is missing' },
      { path: 'docs/reference/c.md', problem: 'is made by nothing' },
    ]);
  });
});
