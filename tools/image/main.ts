/**
 * `make image`: packs the image of all roles as dist/image.tar where there is neither a registry
 * nor a container engine, from what is built and from this machine's Node with its libraries. It
 * has what the Dockerfile's has, at the same places.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../tree.ts';
import { type Image, imageArchive } from './archive.ts';
import { imageConfig } from './config.ts';
import { copied, imageContents, NODE } from './contents.ts';
import { sharedLibraries } from './shared-libraries.ts';
import type { TarEntry } from './tar.ts';

const architectures: Readonly<Record<string, Image['architecture']>> = {
  x64: 'amd64',
  arm64: 'arm64',
};

async function main(): Promise<void> {
  const architecture = architectures[process.arch];
  if (process.platform !== 'linux' || architecture === undefined) {
    throw new Error(
      `Cannot pack an image on ${process.platform}/${process.arch}: its Node is this machine's, ` +
        'and must be one for Linux on x64 or arm64; use the Dockerfile',
    );
  }
  const { version, packages, gantry } = await imageContents(join(root, 'dist/.image'));
  const layers = [node(addOnsIn(packages)), packages, gantry];
  const archive = imageArchive({
    tag: `gantry:${version}`,
    architecture,
    layers,
    config: imageConfig(version),
  });
  mkdirSync(join(root, 'dist'), { recursive: true });
  writeFileSync(join(root, 'dist/image.tar'), archive);
  const unpacked = layers.flat().reduce((total, entry) => total + sizeOf(entry), 0);
  process.stdout.write(
    `dist/image.tar: gantry:${version}, ${mebibytes(archive.length)}, ${mebibytes(unpacked)} unpacked\n`,
  );
}

function node(addOns: readonly string[]): TarEntry[] {
  const libraries = sharedLibraries(process.execPath, addOns);
  return [
    copied(process.execPath, NODE.slice(1), 0o755),
    ...libraries.map((path) => copied(path, path.slice(1), 0o755)),
  ];
}

/** The native code in packages, where it is on this machine. */
function addOnsIn(packages: readonly TarEntry[]): string[] {
  const paths = packages.map(({ path }) => path).filter((path) => path.endsWith('.node'));
  return paths.map((path) => join(root, path.replace(/^app\//, '')));
}

function sizeOf({ content }: TarEntry): number {
  return content.kind === 'file' ? content.bytes.length : 0;
}

function mebibytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(0)} MiB`;
}

await main();
