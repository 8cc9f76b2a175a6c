/**
 * A folder of equally sized files that together are one long row of bytes: the commit log and each
 * consume queue. A file is named by the position of its first byte, 20 digits.
 *
 * Invariant: files follow each other without a gap, and each has the full size from the moment it
 * is made (it is sparse). RocketMQ refuses a folder with anything else in it, and so do we.
 */
import { assert, type OpenFile } from '../runtime/mod.ts';
import type { Discarded } from './discarded.ts';
import type { OpenFiles } from './open-files.ts';
import { StoreError } from './store-error.ts';

const NAME = /^\d{20}$/;

export interface SegmentsDeps {
  /** The store's folder, whose own name is durable. */
  readonly root: string;
  readonly files: OpenFiles;
  readonly discarded: Discarded;
  /** Folders whose names must be made durable before anything relies on them. */
  readonly unsyncedFolders: Set<string>;
}

/** What may be wrong with files that are looked up. */
export type LoadMode =
  /** Nothing, as RocketMQ has it. */
  | 'strict'
  /** The last file may be short: it was new when the power went. */
  | 'shortEnd'
  /** Files may be short or missing: all that had not been synced can be made again. */
  | 'derived';

export class Segments {
  readonly folder: string;
  readonly fileBytes: number;
  readonly #deps: SegmentsDeps;
  /** Positions of the first bytes, ascending. */
  #starts: number[] = [];
  /** A path is needed for each access; the last one is nearly always asked again. */
  #path = '';
  #pathStart = -1;

  constructor(deps: SegmentsDeps, folder: string, fileBytes: number) {
    this.folder = folder;
    this.fileBytes = fileBytes;
    this.#deps = deps;
  }

  /** Looks up what is there; refuses what RocketMQ would refuse, mends what a crash can leave. */
  load(mode: LoadMode): void {
    const { disk } = this.#deps.files;
    this.#starts = [];
    const names = disk.list(this.folder).filter(({ kind }) => kind === 'file');
    for (const [index, { name }] of names.entries()) {
      const start = this.#requireStart(name);
      const bytes = this.#deps.files.open(this.pathOf(start)).size();
      const isLast = index === names.length - 1;
      if (bytes === 0 && isLast) {
        // The file was made and the process died before it got its size.
        this.#remove(start);
      } else if (mode === 'derived' && !this.#follows(start)) {
        // The name of the file before was lost; this one is in use by nothing.
        this.#remove(start);
      } else {
        const mayBeShort = mode === 'derived' || (mode === 'shortEnd' && isLast);
        this.#requireSize(name, bytes, mayBeShort);
        this.#requireNext(start);
        if (bytes < this.fileBytes) {
          this.#deps.files.open(this.pathOf(start)).resize(this.fileBytes);
        }
        this.#starts.push(start);
      }
    }
  }

  get isEmpty(): boolean {
    return this.#starts.length === 0;
  }

  get count(): number {
    return this.#starts.length;
  }

  /** Position of the first byte; 0 when there is no file. */
  get start(): number {
    return this.#starts[0] ?? 0;
  }

  /** Position behind the last file; 0 when there is none. */
  get end(): number {
    const last = this.#starts.at(-1);
    return last === undefined ? 0 : last + this.fileBytes;
  }

  get starts(): readonly number[] {
    return this.#starts;
  }

  startFor(position: number): number {
    return position - (position % this.fileBytes);
  }

  has(position: number): boolean {
    return position >= this.start && position < this.end;
  }

  pathOf(start: number): string {
    if (start !== this.#pathStart) {
      this.#path = `${this.folder}/${String(start).padStart(20, '0')}`;
      this.#pathStart = start;
    }
    return this.#path;
  }

  /** The file that `position` lies in; it must exist. Good until the next file is opened. */
  fileAt(position: number): OpenFile {
    return this.#deps.files.open(this.pathOf(this.startFor(position)));
  }

  /** Makes the next file, or the first one so that it holds `position`. */
  add(position: number): void {
    const start = this.isEmpty ? this.startFor(position) : this.end;
    if (this.isEmpty) this.#makeFolder();
    const file = this.#deps.files.open(this.pathOf(start), 'create');
    file.resize(this.fileBytes);
    this.#starts.push(start);
    this.#deps.unsyncedFolders.add(this.folder);
  }

  /** The names of this folder, where there is one yet, and of those above it may not be durable. */
  noteUnsynced(): void {
    const { files, root, unsyncedFolders } = this.#deps;
    let folder = this.folder;
    while (folder.includes('/') && folder.length >= root.length) {
      if (files.disk.exists(folder)) unsyncedFolders.add(folder);
      folder = folder.slice(0, folder.lastIndexOf('/'));
    }
  }

  /** Makes durable which files there are. */
  syncFolders(): void {
    const { files, unsyncedFolders } = this.#deps;
    for (const folder of unsyncedFolders) files.disk.syncFolder(folder);
    unsyncedFolders.clear();
  }

  /** Writes within one file, which is made when it is the next one. */
  write(bytes: Buffer, position: number): void {
    while (this.isEmpty || position >= this.end) this.add(position);
    assert(position >= this.start, `position ${position} to be in ${this.folder}`);
    assert(
      (position % this.fileBytes) + bytes.length <= this.fileBytes,
      `a write of ${bytes.length} bytes at ${position} to stay in its file`,
    );
    this.fileAt(position).write(bytes, position % this.fileBytes);
  }

  /** Fills `into` from `position`, across files; returns how many bytes there were. */
  read(into: Buffer, position: number): number {
    let filled = 0;
    while (filled < into.length && this.has(position + filled)) {
      const at = position + filled;
      const inFile = at % this.fileBytes;
      const wanted = Math.min(into.length - filled, this.fileBytes - inFile);
      const part =
        filled === 0 && wanted === into.length ? into : into.subarray(filled, filled + wanted);
      const count = this.fileAt(at).read(part, inFile);
      filled += count;
      if (count < wanted) break;
    }
    return filled;
  }

  /** Cuts the file at `position` and gives it its size back: the rest is zeros, without writing. */
  clearFrom(position: number): void {
    const file = this.fileAt(position);
    file.resize(position % this.fileBytes);
    file.resize(this.fileBytes);
  }

  /** Throws `DiskError`: then the file is still one of these, for no gap may come after it. */
  removeFirst(): void {
    this.#remove(this.#starts[0]);
    this.#starts.shift();
  }

  /** Removes the files that begin at `position` or behind it. */
  removeFrom(position: number): void {
    while ((this.#starts.at(-1) ?? -1) >= position) {
      this.#remove(this.#starts.at(-1));
      this.#starts.pop();
    }
  }

  #remove(start: number | undefined): void {
    assert(start !== undefined, `a file in ${this.folder}`);
    this.#deps.files.close(this.pathOf(start));
    this.#deps.discarded.discard(this.pathOf(start));
    this.#deps.unsyncedFolders.add(this.folder);
  }

  /** Makes the folder; each of those above may be new, so their names need a sync too. */
  #makeFolder(): void {
    const { files, unsyncedFolders } = this.#deps;
    let folder = this.folder;
    while (!files.disk.exists(folder)) {
      folder = folder.slice(0, folder.lastIndexOf('/'));
      unsyncedFolders.add(folder);
    }
    files.disk.makeFolder(this.folder);
  }

  #requireStart(name: string): number {
    if (!NAME.test(name)) {
      throw new StoreError(
        'Unreadable',
        `Cannot open ${this.folder}: its file "${name}" does not belong there. Files here are named by 20 digits; move it elsewhere`,
      );
    }
    const start = Number(name);
    if (start % this.fileBytes === 0) return start;
    throw new StoreError(
      'WrongFileSize',
      `Cannot open ${this.folder}/${name}: files of ${this.fileBytes} bytes, as configured, begin at multiples of it. Configure the size that the store was written with`,
    );
  }

  #follows(start: number): boolean {
    return start === (this.isEmpty ? this.startFor(start) : this.end);
  }

  #requireNext(start: number): void {
    if (this.#follows(start)) return;
    const expected = this.isEmpty ? this.startFor(start) : this.end;
    throw new StoreError(
      'Unreadable',
      `Cannot open ${this.folder}: a file begins at ${start} where one should begin at ${expected}. A file is missing, or they were written with another size than ${this.fileBytes}`,
    );
  }

  #requireSize(name: string, bytes: number, mayBeShort: boolean): void {
    if (bytes === this.fileBytes || (mayBeShort && bytes < this.fileBytes)) return;
    throw new StoreError(
      'WrongFileSize',
      `Cannot open ${this.folder}/${name}: it has ${bytes} bytes, the configured file size is ${this.fileBytes}. Configure the size that the store was written with`,
    );
  }
}
