/**
 * `node tools/image/stage.ts <folder>`: writes what is in the image besides Node into a folder, for
 * the Dockerfile to copy.
 */
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { imageContents } from './contents.ts';
import type { TarEntry } from './tar.ts';

/** Owners are the Dockerfile's to set: only root may give a file away. */
export function writeEntries(folder: string, entries: readonly TarEntry[]): void {
  for (const { path, mode, content } of entries) {
    const to = join(folder, path);
    mkdirSync(content.kind === 'folder' ? to : dirname(to), { recursive: true });
    if (content.kind === 'file') writeFileSync(to, content.bytes);
    if (content.kind === 'link') symlinkSync(content.target, to);
    else chmodSync(to, mode);
  }
}

async function main(folder: string | undefined): Promise<void> {
  if (folder === undefined) throw new Error('Cannot stage the image: name the folder');
  const { packages, gantry } = await imageContents(`${folder}.scratch`);
  writeEntries(folder, [...packages, ...gantry]);
}

if (import.meta.main) await main(process.argv[2]);
