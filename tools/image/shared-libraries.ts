/** The shared libraries that programs and add-ons of this machine are loaded with, the loader among them. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** What older C libraries load by name when a host name is looked up. */
const loadedLater = ['libnss_dns.so.2', 'libnss_files.so.2', 'libresolv.so.2'];

export function sharedLibraries(program: string, addOns: readonly string[]): string[] {
  const listed = [program, ...addOns].flatMap((file) =>
    librariesIn(execFileSync('ldd', [file], { encoding: 'utf8' })),
  );
  const cLibrary = listed.find((path) => path.endsWith('/libc.so.6'));
  if (cLibrary === undefined) {
    throw new Error(`Cannot pack ${program}: it is not linked to glibc, but to ${listed.join()}`);
  }
  const beside = loadedLater.map((name) => join(dirname(cLibrary), name));
  return [...new Set([...listed, ...beside.filter((path) => existsSync(path))])].toSorted();
}

/** The paths in what ldd prints: `name => /path (address)` or `/path (address)`. */
export function librariesIn(listing: string): string[] {
  const missing = /^\s*(\S+) => not found$/m.exec(listing);
  if (missing) throw new Error(`Cannot find the library ${missing[1]}`);
  return [...listing.matchAll(/(?:^|=>)\s*(\/\S+) \(0x[\da-f]+\)$/gm)].map(([, path = '']) => path);
}
