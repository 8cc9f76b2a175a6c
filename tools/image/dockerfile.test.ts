import { mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { importsOf } from '../imports.ts';
import { readTree } from '../tree.ts';
import { imageConfig } from './config.ts';
import { HOME, NODE, USER_ID } from './contents.ts';
import { writeEntries } from './stage.ts';
import type { TarEntry } from './tar.ts';

const tree = readTree();
const textOf = (path: string): string => tree.find((file) => file.path === path)?.text ?? '';

const [build = '', final = ''] = textOf('Dockerfile').split('FROM ${BASE}\n');
const { version } = JSON.parse(textOf('package.json')) as { readonly version: string };
const { User, Env, Entrypoint, WorkingDir, ExposedPorts, Labels } = imageConfig(version);

/** What a stage of the Dockerfile says with an instruction; the last one, unless another is named. */
function said(instruction: string, stage = final): string[] {
  return [...stage.matchAll(new RegExp(`^${instruction} (.*)$`, 'gm'))].map(
    ([, rest = '']) => rest,
  );
}

test('the image of the Dockerfile runs as the one that is packed without an engine', () => {
  expect(said('USER')).toEqual([User]);
  expect(said('ENV')).toEqual([Env.join(' ')]);
  expect(said('ENTRYPOINT').map((words) => JSON.parse(words))).toEqual([Entrypoint]);
  expect(said('WORKDIR')).toEqual([WorkingDir]);
  expect(said('EXPOSE')).toEqual([
    Object.keys(ExposedPorts)
      .map((port) => port.replace('/tcp', ''))
      .join(' '),
  ]);
});

test('the image of the Dockerfile is called what the packed one is, with the version of the package', () => {
  const labels = said('LABEL').map((label) => label.split('=', 2));
  expect(Object.fromEntries(labels)).toEqual(Labels);
});

test('Node and the home folder are where the packed image has them', () => {
  const copies = said('COPY');
  expect(copies).toContain(`--from=build /usr/local/bin/node ${NODE}`);
  expect(copies).toContain(`--from=build --chown=${USER_ID}:${USER_ID} /image${HOME} ${HOME}`);
});

test('what is in it is staged by the list that the packed image is made of', () => {
  expect(said('RUN', build).at(-1)).toBe('node tools/image/stage.ts /image');
  expect(said('COPY')).toContain('--from=build /image /');
  const imports = (path: string) => importsOf(textOf(path)).targets;
  for (const path of ['tools/image/stage.ts', 'tools/image/main.ts']) {
    expect(imports(path)).toContain('./contents.ts');
  }
});

/** The files of the repository that `path` needs to run, types too. */
function reach(path: string, found = new Set<string>()): Set<string> {
  if (found.has(path) || textOf(path) === '') return found;
  found.add(path);
  for (const target of importsOf(textOf(path)).targets) {
    if (target.startsWith('.')) reach(new URL(target, `file:///${path}`).pathname.slice(1), found);
  }
  return found;
}

/** The forms that our `.dockerignore` has: a path, and any file with an ending. */
function isIgnored(path: string, pattern: string): boolean {
  if (pattern.startsWith('**/*')) return path.endsWith(pattern.slice(4));
  return path === pattern || path.startsWith(`${pattern}/`);
}

test('everything that staging needs is sent to the engine, and no test is', () => {
  const patterns = textOf('.dockerignore').trim().split('\n');
  const needed = [...reach('tools/image/stage.ts'), ...reach('cli/main.ts')];
  expect(needed.length).toBeGreaterThan(200);
  const all = [...needed, 'LICENSE', 'package.json', 'package-lock.json'];
  const ignored = (path: string) => patterns.some((pattern) => isIgnored(path, pattern));
  expect(all.filter(ignored)).toEqual([]);
  expect(ignored('tools/image/dockerfile.test.ts')).toBe(true);
});

test('staged files have their contents and modes, links their targets', () => {
  const folder = mkdtempSync(join(tmpdir(), 'gantry-stage-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const entries: TarEntry[] = [
    { path: 'a/b', mode: 0o755, content: { kind: 'file', bytes: Buffer.from('x') } },
    { path: 'a/c', mode: 0o777, content: { kind: 'link', target: '/a/b' } },
    { path: 'tmp', mode: 0o1777, content: { kind: 'folder' } },
  ];
  writeEntries(folder, entries);
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  expect(new Set(paths)).toEqual(new Set(['a', 'a/b', 'a/c', 'tmp']));
  expect(readFileSync(join(folder, 'a/b'), 'utf8')).toBe('x');
  expect(readlinkSync(join(folder, 'a/c'))).toBe('/a/b');
  const modeOf = (path: string) => statSync(join(folder, path)).mode & 0o7777;
  expect([modeOf('a/b'), modeOf('tmp')]).toEqual([0o755, 0o1777]);
});
