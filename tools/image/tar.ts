/**
 * A tar archive (POSIX ustar) whose bytes depend on what is in it and on nothing else: entries in
 * the order of their paths, one date, owners by number. Equal contents are an equal layer.
 */

export interface TarEntry {
  /** Relative, without `./`; a folder's has no slash at its end. */
  readonly path: string;
  readonly mode: number;
  /** User and group; root unless given. */
  readonly owner?: number;
  readonly content:
    | { readonly kind: 'file'; readonly bytes: Buffer }
    | { readonly kind: 'folder' }
    | { readonly kind: 'link'; readonly target: string };
}

const BLOCK_BYTES = 512;
const NAME_BYTES_MAX = 100;
const PREFIX_BYTES_MAX = 155;
const typeFlags = { file: '0', link: '2', folder: '5' } as const;

/** The archive of `entries`, with the folders above them, sorted. */
export function tar(entries: readonly TarEntry[]): Buffer {
  const sorted = withFolders(entries).toSorted((left, right) => (left.path < right.path ? -1 : 1));
  const blocks = sorted.flatMap((entry) => {
    const bytes = entry.content.kind === 'file' ? entry.content.bytes : Buffer.alloc(0);
    const padding = Buffer.alloc((BLOCK_BYTES - (bytes.length % BLOCK_BYTES)) % BLOCK_BYTES);
    return [header(entry, bytes.length), bytes, padding];
  });
  return Buffer.concat([...blocks, Buffer.alloc(2 * BLOCK_BYTES)]);
}

function withFolders(entries: readonly TarEntry[]): TarEntry[] {
  const all = new Map(entries.map((entry) => [entry.path, entry]));
  if (all.size !== entries.length) throw new Error('Cannot make an archive: a path is there twice');
  for (const { path } of entries) {
    for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1)) {
      const folder = path.slice(0, end);
      if (!all.has(folder)) {
        all.set(folder, { path: folder, mode: 0o755, content: { kind: 'folder' } });
      }
    }
  }
  return [...all.values()];
}

function header({ path, mode, owner = 0, content }: TarEntry, sizeBytes: number): Buffer {
  const block = Buffer.alloc(BLOCK_BYTES);
  const { name, prefix } = splitName(content.kind === 'folder' ? `${path}/` : path);
  const octal = (value: number, width: number) => value.toString(8).padStart(width - 1, '0');
  block.write(name, 0);
  block.write(octal(mode, 8), 100);
  block.write(octal(owner, 8), 108);
  block.write(octal(owner, 8), 116);
  block.write(octal(sizeBytes, 12), 124);
  block.write(octal(0, 12), 136); // 1970
  block.write(' '.repeat(8), 148); // The checksum counts itself as blanks.
  block.write(typeFlags[content.kind], 156);
  if (content.kind === 'link') {
    if (Buffer.byteLength(content.target) > NAME_BYTES_MAX) throw tooLong(content.target);
    block.write(content.target, 157);
  }
  block.write('ustar\u000000', 257);
  block.write(prefix, 345);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${octal(sum, 7)}\u0000 `, 148);
  return block;
}

/** At a slash, so that both parts fit. */
function splitName(path: string): { readonly name: string; readonly prefix: string } {
  if (Buffer.byteLength(path) <= NAME_BYTES_MAX) return { name: path, prefix: '' };
  for (let at = path.indexOf('/'); at !== -1; at = path.indexOf('/', at + 1)) {
    const [prefix, name] = [path.slice(0, at), path.slice(at + 1)];
    const fits =
      Buffer.byteLength(prefix) <= PREFIX_BYTES_MAX && Buffer.byteLength(name) <= NAME_BYTES_MAX;
    if (fits && name !== '') return { name, prefix };
  }
  throw tooLong(path);
}

function tooLong(path: string): Error {
  return new Error(`Cannot put ${path} into an archive: its path is too long for ustar`);
}
