/**
 * The files that are open, at most so many: a broker may have thousands of queues, a process few
 * descriptors. The one used longest ago is closed when another must be opened.
 */
import type { Disk, OpenFile } from '../runtime/mod.ts';

interface Entry {
  readonly file: OpenFile;
  pins: number;
}

export class OpenFiles {
  readonly disk: Disk;
  readonly #filesMax: number;
  /** Least recently used first. */
  readonly #entries = new Map<string, Entry>();

  constructor(disk: Disk, filesMax: number) {
    this.disk = disk;
    this.#filesMax = filesMax;
  }

  /** Good until the next call of this class, unless it is pinned. */
  open(path: string, mode: 'create' | 'existing' = 'existing'): OpenFile {
    return this.#entry(path, mode).file;
  }

  /** As `open`, and stays open until as many `unpin`. */
  pin(path: string): OpenFile {
    const entry = this.#entry(path, 'existing');
    entry.pins++;
    return entry.file;
  }

  unpin(path: string): void {
    const entry = this.#entries.get(path);
    if (entry !== undefined) entry.pins--;
  }

  /** Before a file is removed or renamed. */
  close(path: string): void {
    this.#entries.get(path)?.file.close();
    this.#entries.delete(path);
  }

  /** Closes everything in `folder`. */
  closeIn(folder: string): void {
    for (const path of this.#entries.keys()) if (path.startsWith(`${folder}/`)) this.close(path);
  }

  closeAll(): void {
    for (const { file } of this.#entries.values()) file.close();
    this.#entries.clear();
  }

  #entry(path: string, mode: 'create' | 'existing'): Entry {
    const known = this.#entries.get(path);
    if (known !== undefined) {
      this.#entries.delete(path);
      this.#entries.set(path, known);
      return known;
    }
    if (this.#entries.size >= this.#filesMax) this.#closeOldest();
    const entry: Entry = { file: this.disk.open(path, mode), pins: 0 };
    this.#entries.set(path, entry);
    return entry;
  }

  #closeOldest(): void {
    for (const [path, { file, pins }] of this.#entries) {
      if (pins > 0) continue;
      file.close();
      this.#entries.delete(path);
      return;
    }
  }
}
