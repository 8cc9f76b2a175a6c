/**
 * Files, as a local file system gives them. Reads and writes are synchronous and positioned: a
 * batch written once a turn costs microseconds in the page cache, a hop to another thread costs
 * more. What may take long (sync, removal) is by callback or promise.
 *
 * Durability, which the simulated disk enforces: `write` survives the death of the process;
 * only `sync` survives the death of the machine, and a created, renamed or removed name only after
 * `syncFolder` of its folder.
 */

export interface OpenFile {
  readonly path: string;
  /** Writes all of `bytes` at `position`, growing the file if needed. Throws `DiskError`. */
  write(bytes: Buffer, position: number): void;
  /** As `write` for several buffers in a row. */
  writeAll(buffers: readonly Buffer[], position: number): void;
  /** Fills `into` from `position`; returns how many bytes there were, fewer only at the end. */
  read(into: Buffer, position: number): number;
  /** Calls back once everything written before the call survives a power cut. Never two at once. */
  sync(done: (error?: DiskError) => void): void;
  /** As `sync`, holding up the caller: for starts, stops and metadata. */
  syncNow(): void;
  /** Cuts the file, or grows it with zeros that take no space. */
  resize(bytes: number): void;
  size(): number;
  close(): void;
}

export interface DiskSpace {
  readonly totalBytes: number;
  /** Free for this process; `totalBytes` minus this is what counts as used. */
  readonly freeBytes: number;
}

export interface FolderEntry {
  readonly name: string;
  readonly kind: 'file' | 'folder';
}

/** Held until released or until the process dies. */
export interface FolderLock {
  release(): void;
}

/** Paths are absolute. Every method that fails throws, or rejects with, a `DiskError`. */
export interface Disk {
  /** Opens for reading and writing; `create` makes it when it is missing (its folder must exist). */
  open(path: string, mode: 'create' | 'existing'): OpenFile;
  exists(path: string): boolean;
  /** Sorted by name; empty when the folder is missing. */
  list(folder: string): FolderEntry[];
  /** Makes the folder and those above it; `makeDurableFolder` also makes their names durable. */
  makeFolder(folder: string): void;
  rename(from: string, to: string): void;
  /** Removes a file or a folder with all in it; fine when it is missing. Off the caller's thread. */
  remove(path: string): Promise<void>;
  syncFolder(folder: string): void;
  /** As `syncFolder`, off the caller's thread: calls back later. Throws when it cannot begin. */
  syncFolderLater(folder: string, done: (error?: DiskError) => void): void;
  space(folder: string): DiskSpace;
  /** Keeps other processes out of `folder`; throws `DiskError` `Locked`, naming the holder. */
  lock(folder: string): Promise<FolderLock>;
}

export type DiskErrorCode = 'NotFound' | 'Exists' | 'NoSpace' | 'NotPermitted' | 'Locked' | 'Other';

/** The disk said no: a condition of the world, to be handled. */
export class DiskError extends Error {
  override readonly name = 'DiskError';
  readonly code: DiskErrorCode;

  constructor(code: DiskErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
