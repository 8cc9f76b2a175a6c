/**
 * Every source with behaviour is reached by a test beside it: one in its folder, or in a folder
 * above within the same part of a component, that imports it or what imports it.
 */
import type { Source } from '../architecture.ts';
import { importsOf } from '../imports.ts';
import { isDoor, isTest, type Rule } from './rule.ts';

/** Commands and the roles they run: `test/integration` and `test/processes` run them. */
const command = /^cli\/(?:commands\/.*|program|roles?|version)\.ts$/;

/** Why a source needs no test of its own; short, and by kind rather than by name. */
const exemptions: readonly { readonly why: string; fits(file: Source): boolean }[] = [
  { why: 'a door only exports', fits: ({ path }) => isDoor(path) },
  {
    why: 'apparatus shows in what it serves',
    fits: ({ path }) => /^(?:test|tools|bench)\/|\/fixtures\//.test(path),
  },
  {
    why: 'a table has no behaviour',
    fits: ({ text }) => !/\bfunction\b|=>|\bclass\b/.test(code(text)),
  },
  {
    why: 'options and metrics are rows',
    fits: ({ path }) => /^[a-z]+\/(?:config|metrics)\.ts$/.test(path),
  },
  {
    why: 'what starts a process is tested by starting it',
    fits: ({ path }) => path.endsWith('/main.ts') || command.test(path),
  },
];

export const tested: Rule = (files) => {
  const imports = new Map(files.map(({ path, text }) => [path, neighbours(path, text)]));
  const reached = new Set(
    files
      .filter(({ path }) => isTest(path))
      .flatMap(({ path }) => reach(path, imports).filter((other) => isBeside(path, other))),
  );
  return files
    .filter(({ path }) => /^[a-z]+\/.*\.ts$/.test(path) && !isTest(path))
    .filter((file) => !exemptions.some((exemption) => exemption.fits(file)))
    .filter(({ path }) => !reached.has(path))
    .map(({ path }) => `${path} is not reached by any test beside it`);
};

/**
 * In the test's folder; below it too, unless the folder is a whole component. The contract suite
 * stands beside both worlds.
 */
function isBeside(test: string, source: string): boolean {
  const folder = folderOf(test);
  if (folder === 'test/contract') return /^(?:runtime|simulation)\//.test(source);
  if (folderOf(source) === folder) return true;
  return folder.includes('/') && source.startsWith(`${folder}/`);
}

const folderOf = (path: string): string => path.slice(0, path.lastIndexOf('/'));

/** Everything that a file imports, and that imports in turn. */
function reach(from: string, imports: ReadonlyMap<string, readonly string[]>): string[] {
  const seen = new Set<string>();
  const waiting = [from];
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    for (const next of imports.get(path) ?? []) {
      if (seen.has(next)) continue;
      seen.add(next);
      waiting.push(next);
    }
  }
  return [...seen];
}

/** The files of the repository that a file imports. */
function neighbours(path: string, text: string): string[] {
  return importsOf(text)
    .targets.filter((target) => target.startsWith('.'))
    .map((target) => new URL(target, `file:///${path}`).pathname.slice(1));
}

/** Without comments, which may speak of functions. */
function code(text: string): string {
  return text.replace(/\/\*[^]*?\*\/|^[ \t]*\/\/.*$/gm, '');
}
