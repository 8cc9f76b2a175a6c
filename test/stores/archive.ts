/** Store directories that RocketMQ wrote, laid out on any disk: a reader for what GNU tar writes. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { zstdDecompressSync } from 'node:zlib';
import { type Disk, makeDurableFolder } from '../../runtime/mod.ts';

const STORES = fileURLToPath(new URL('../java/fixtures/stores', import.meta.url));
const BLOCK = 512;
const FOLDER = '5';
const SPARSE = 'S';

/** Lays the store `name` of the fixtures out as `folder/store`. */
export function layOut(disk: Disk, name: string, folder: string): void {
  const archive = zstdDecompressSync(readFileSync(`${STORES}/${name}.tar.zst`));
  for (let at = 0; archive[at] !== 0 && at < archive.length; ) {
    at = layOutEntry(disk, archive, at, folder);
  }
}

/** One file or folder; returns where the next entry begins. */
function layOutEntry(disk: Disk, archive: Buffer, start: number, folder: string): number {
  const header = archive.subarray(start, start + BLOCK);
  const path = `${folder}/${text(header, 0, 100)}`.replace(/\/$/, '');
  const type = text(header, 156, 1);
  const stored = number(header, 124);
  let data = start + BLOCK;
  if (type === FOLDER) {
    makeDurableFolder(disk, path);
    return data;
  }
  const spans = [[0, stored] as const];
  if (type === SPARSE) {
    spans.length = 0;
    addSpans(header, 386, 4, spans);
    for (let isMore = header[482] !== 0; isMore; data += BLOCK) {
      const more = archive.subarray(data, data + BLOCK);
      addSpans(more, 0, 21, spans);
      isMore = more[504] !== 0;
    }
  }
  const file = disk.open(path, 'create');
  file.resize(type === SPARSE ? number(header, 483) : stored);
  let from = data;
  for (const [position, bytes] of spans) {
    if (bytes > 0) file.write(archive.subarray(from, from + bytes), position);
    from += bytes;
  }
  file.close();
  return data + Math.ceil(stored / BLOCK) * BLOCK;
}

/** Which parts of a sparse file are stored: position and length of each. */
function addSpans(
  block: Buffer,
  start: number,
  count: number,
  spans: (readonly [number, number])[],
): void {
  for (let at = start; at < start + count * 24 && block[at] !== 0; at += 24) {
    spans.push([number(block, at), number(block, at + 12)]);
  }
}

function text(block: Buffer, start: number, bytes: number): string {
  return block.toString('utf8', start, start + bytes).replace(/\0.*$/s, '');
}

function number(block: Buffer, start: number): number {
  return Number.parseInt(text(block, start, 12).trim() || '0', 8);
}
