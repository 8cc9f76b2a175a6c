/**
 * The files of the repository, as the checks and generators see them: without what `.gitignore`
 * names and without binaries.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Source } from './architecture.ts';

export const root = fileURLToPath(new URL('..', import.meta.url));

const binary = new Set(['.zst', '.bin', '.png', '.gz', '.jar', '.class', '.so', '.snap']);

/** Every text file, by path. */
export function readTree(): Source[] {
  const ignored = readFileSync(join(root, '.gitignore'), 'utf8')
    .split('\n')
    .filter((line) => line !== '');
  return [...walk('', ignored)].sort().map((path) => ({
    path,
    text: readFileSync(join(root, path), 'utf8'),
  }));
}

function* walk(folder: string, ignored: readonly string[]): Generator<string> {
  for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
    const path = folder + entry.name;
    if (entry.name === '.git' || ignored.some((pattern) => matches(pattern, path, entry.name))) {
      continue;
    }
    if (entry.isDirectory()) yield* walk(`${path}/`, ignored);
    else if (entry.isFile() && !binary.has(extname(entry.name))) yield path;
  }
}

/** The forms our `.gitignore` has: `name/`, `path/name/`, `*.ending`. */
function matches(pattern: string, path: string, name: string): boolean {
  if (pattern.startsWith('*.')) return name.endsWith(pattern.slice(1));
  const plain = pattern.replace(/\/$/, '');
  return plain === name || plain === path;
}
