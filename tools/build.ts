/**
 * What `npm run build` makes: the sources in few files, because a process that loads hundreds of
 * modules spends more than half of its start on finding them (ADR 8). Nothing is minified, so
 * stacks can be read.
 */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { rolldown } from 'rolldown';
import { root } from './tree.ts';

/** Large, or built for one kind of machine: loaded from their packages by the few who need them. */
const apart = ['@kubernetes/client-node', '@node-rs/crc32'];

/** Bundles into `folder`: `main.js`, and `parts/`, made anew, that commands load when they run. */
export async function build(folder: string): Promise<void> {
  rmSync(join(folder, 'parts'), { recursive: true, force: true });
  await using bundle = await rolldown({
    cwd: root,
    input: { main: 'cli/main.ts' },
    platform: 'node',
    external: apart,
  });
  await bundle.write({
    dir: folder,
    format: 'esm',
    entryFileNames: '[name].js',
    chunkFileNames: 'parts/[name].js',
  });
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await build(join(root, 'dist'));
