/**
 * What is in the image besides Node and its libraries, for `make image` and the Dockerfile alike:
 * what is built of the sources, the packages it needs at run time without what only people and
 * compilers read of them, the program `gantry`, and the user that it runs as.
 */
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { build } from '../build.ts';
import { root } from '../tree.ts';
import type { TarEntry } from './tar.ts';

/** As in the pods that the operator renders. */
export const USER_ID = 10_001;
export const HOME = '/home/gantry';
export const NODE = '/usr/local/bin/node';

/** What runs of a package; its types, maps and documents do not, its licence has to come along. */
const needed = /\.(?:[cm]?js|json|node|wasm)$|^(?:licen[cs]e|notice)/i;
const unneeded = new Set(['test', 'tests', 'docs', 'examples', 'browser', 'benchmarks']);

export interface Contents {
  readonly version: string;
  /** What comes from others and changes seldom. */
  readonly packages: readonly TarEntry[];
  readonly gantry: readonly TarEntry[];
}

/** Builds the sources into `scratch`, which is emptied, and reads what they need. */
export async function imageContents(scratch: string): Promise<Contents> {
  rmSync(scratch, { recursive: true, force: true });
  await build(scratch);
  const { version, license } = readJson('package.json') as Readonly<Record<string, string>>;
  if (version === undefined) throw new Error('Cannot name the image: package.json has no version');
  return {
    version,
    packages: packageEntries(),
    gantry: [
      ...filesBelow(scratch).map((path) => copied(path, `app/dist/${relative(scratch, path)}`)),
      copied(join(root, 'LICENSE'), 'app/LICENSE'),
      written('app/package.json', manifest({ version, license })),
      // No shell: the kernel starts Node, which takes the file for a module as package.json says.
      written('app/bin/gantry', `#!${NODE}\nimport '../dist/main.js';\n`, 0o755),
      link('usr/local/bin/gantry', '/app/bin/gantry'),
      ...user(),
    ],
  };
}

function manifest({ version, license }: Readonly<Record<string, string | undefined>>): string {
  return `${JSON.stringify({ name: 'gantry', version, license, type: 'module' })}\n`;
}

function user(): TarEntry[] {
  const name = `gantry:x:${USER_ID}`;
  return [
    written('etc/passwd', `root:x:0:0:root:/:/\n${name}:${USER_ID}:gantry:${HOME}:/\n`),
    written('etc/group', `root:x:0:\n${name}:\n`),
    { path: HOME.slice(1), mode: 0o755, owner: USER_ID, content: { kind: 'folder' } },
    { path: 'tmp', mode: 0o1777, content: { kind: 'folder' } },
  ];
}

interface Lock {
  readonly packages: Readonly<
    Record<string, { readonly dev?: boolean; readonly devOptional?: boolean }>
  >;
}

/** What runs of the packages that are installed. */
export function packageEntries(): TarEntry[] {
  return packageFolders().flatMap((folder) => packageFiles(folder));
}

/** The folders of the packages that are installed and that no mere tool brought along. */
function packageFolders(): string[] {
  const { packages } = readJson('package-lock.json') as Lock;
  return Object.entries(packages)
    .filter(([path, { dev, devOptional }]) => path !== '' && dev !== true && devOptional !== true)
    .map(([path]) => path)
    .toSorted();
}

/** Nothing of a package without code, such as one of types. */
function packageFiles(folder: string): TarEntry[] {
  const files = filesBelow(join(root, folder)).filter((path) => {
    return needed.test(path.slice(path.lastIndexOf('/') + 1));
  });
  if (!files.some((path) => /\.(?:[cm]?js|node)$/.test(path))) return [];
  return files.map((path) => copied(path, `app/${relative(root, path)}`));
}

function filesBelow(folder: string): string[] {
  let entries: ReturnType<typeof readFolder>;
  try {
    entries = readFolder(folder);
  } catch (error) {
    // A package for another kind of machine is in the lock file and not on the disk.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
  return entries.flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isFile()) return [path];
    const isSkipped = unneeded.has(entry.name) || entry.name === 'node_modules';
    return entry.isDirectory() && !isSkipped ? filesBelow(path) : [];
  });
}

function readFolder(folder: string) {
  return readdirSync(folder, { withFileTypes: true });
}

function readJson(path: string): unknown {
  return JSON.parse(readFileSync(join(root, path), 'utf8'));
}

/** The file `from` of this machine, at `path`. */
export function copied(from: string, path: string, mode = 0o644): TarEntry {
  return { path, mode, content: { kind: 'file', bytes: readFileSync(from) } };
}

function written(path: string, text: string, mode = 0o644): TarEntry {
  return { path, mode, content: { kind: 'file', bytes: Buffer.from(text) } };
}

function link(path: string, target: string): TarEntry {
  return { path, mode: 0o777, content: { kind: 'link', target } };
}
