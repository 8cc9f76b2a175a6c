/**
 * One JSON file of the store's `config` folder, as RocketMQ keeps it: the newest version under its
 * name, the one before beside it with `.bak`.
 *
 * Invariant: at every moment at least one of the two is a complete version that was on disk before,
 * so a crash in the middle of a save costs at most the change being saved (`ConfigManager`).
 */

import { Failure } from '../../protocol/mod.ts';
import { type Disk, type Log, makeDurableFolder, type OpenFile } from '../../runtime/mod.ts';

/** How a table is written; decoding throws `Failure`. */
export interface TableCodec<T> {
  decode(bytes: Buffer): T;
  encode(table: T, form: 'standard'): Buffer;
}

export class MetadataFile<T> {
  readonly path: string;
  readonly #disk: Disk;
  readonly #log: Log;
  readonly #codec: TableCodec<T>;
  #isSyncing = false;
  /** Whether the file is there, complete and on the disk: fit to be the spare copy. */
  #isWhole = false;
  /** Counts what was written: a sync that ends late speaks of an older version. */
  #versions = 0;

  constructor(
    { disk, log }: { readonly disk: Disk; readonly log: Log },
    path: string,
    codec: TableCodec<T>,
  ) {
    this.#disk = disk;
    this.#log = log;
    this.#codec = codec;
    this.path = path;
  }

  /** The newest version that can be read, or undefined when there is none. */
  load(): T | undefined {
    const newest = this.#read(this.path);
    this.#isWhole = newest !== undefined;
    return newest ?? this.#read(`${this.path}.bak`);
  }

  /** Replaces the file and returns once it survives a power cut. Throws `DiskError`. */
  save(content: T): void {
    // What is on its way to the disk becomes the spare copy: it must be there first.
    if (this.#isSyncing) this.#syncExisting();
    const folder = this.#setAside();
    this.#disk.syncFolder(folder);
    const file = this.#write(content);
    try {
      file.syncNow();
    } finally {
      file.close();
    }
    this.#isWhole = true;
    this.#disk.syncFolder(folder);
  }

  /**
   * As `save` with the slow part off the caller's thread: what a power cut may cost is the change.
   * False, and nothing done, while an earlier one is under way. `onFailed`: the disk does not have
   * it after all, and it must be saved again.
   */
  saveLater(content: T, onFailed: () => void): boolean {
    if (this.#isSyncing) return false;
    this.#setAside();
    const file = this.#write(content);
    const version = this.#versions;
    this.#isSyncing = true;
    file.sync((error) => {
      this.#isSyncing = false;
      file.close();
      if (version === this.#versions) this.#isWhole = error === undefined;
      if (error === undefined) return;
      this.#log.error('Could not sync metadata; trying again', { file: this.path, error });
      onFailed();
    });
    return true;
  }

  #setAside(): string {
    const folder = this.path.slice(0, this.path.lastIndexOf('/'));
    makeDurableFolder(this.#disk, folder);
    // A version that is not whole must not replace the spare copy: that is the only good one then.
    if (this.#isWhole) this.#disk.rename(this.path, `${this.path}.bak`);
    this.#isWhole = false;
    return folder;
  }

  #syncExisting(): void {
    const file = this.#disk.open(this.path, 'existing');
    try {
      file.syncNow();
      this.#isWhole = true;
    } finally {
      file.close();
    }
  }

  #write(content: T): OpenFile {
    const file = this.#disk.open(this.path, 'create');
    this.#versions++;
    try {
      const bytes = this.#codec.encode(content, 'standard');
      file.resize(0);
      file.write(bytes, 0);
      return file;
    } catch (error) {
      file.close();
      throw error;
    }
  }

  #read(path: string): T | undefined {
    if (!this.#disk.exists(path)) return undefined;
    const file = this.#disk.open(path, 'existing');
    try {
      const bytes = Buffer.alloc(file.size());
      const content = bytes.subarray(0, file.read(bytes, 0));
      return content.length === 0 ? undefined : this.#codec.decode(content);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      this.#log.warn('Metadata file is damaged', { file: path, error });
      return undefined;
    } finally {
      file.close();
    }
  }
}
