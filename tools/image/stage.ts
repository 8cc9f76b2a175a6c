/**
 * `node tools/image/stage.ts <folder>`: writes what is in the image besides Node into a folder, for
 * the Dockerfile to copy.
 */
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { imageContents } from './contents.ts';

async function main(folder: string | undefined): Promise<void> {
  if (folder === undefined) throw new Error('Cannot stage the image: name the folder');
  const { packages, gantry } = await imageContents(`${folder}.scratch`);
  for (const { path, mode, content } of [...packages, ...gantry]) {
    const to = join(folder, path);
    mkdirSync(content.kind === 'folder' ? to : dirname(to), { recursive: true });
    if (content.kind === 'file') writeFileSync(to, content.bytes);
    if (content.kind === 'link') symlinkSync(content.target, to);
    else chmodSync(to, mode);
  }
}

await main(process.argv[2]);
