/**
 * The disk of a host. It outlives processes: what was written is there after a process died, what
 * was synced is there after the power went. Faults are set from outside and drawn from the seed.
 */
import { type Disk, DiskError, type FolderEntry, type FolderLock } from '../runtime/mod.ts';
import { SimulatedFile } from './file.ts';
import type { Prng } from './prng.ts';
import type { Process } from './process.ts';
import { PAGE_BYTES, StoredFile, type Survival } from './stored-file.ts';
import { StoredFolder, type StoredNode } from './stored-folder.ts';

/** What is wrong with a disk; may be changed while it is in use. */
export interface DiskFaults {
  /** Nothing that takes space can be written; what has its space can be written again. */
  full: boolean;
  /** How long a sync takes: between these. */
  syncUsMin: number;
  syncUsMax: number;
  /** A sync says it is done and is not: for showing that a checker notices. */
  syncsNothing: boolean;
  /** Every sync fails, and what it covered is not durable. */
  syncFails: boolean;
  /** What a power cut leaves of what was not synced; drawn anew each time when absent. */
  survival: Survival | undefined;
}

/** The platter of one host: what its processes, one after another, find. */
export class StoredDisk {
  readonly faults: DiskFaults;
  readonly totalBytes: number;
  readonly prng: Prng;
  readonly locks = new Map<StoredNode, Process>();
  readonly #root = new StoredFolder();
  #usedPages = 0;

  constructor(prng: Prng, totalBytes: number, faults: Partial<DiskFaults>) {
    this.prng = prng;
    this.totalBytes = totalBytes;
    this.faults = {
      full: false,
      syncUsMin: 100,
      syncUsMax: 2_000,
      syncsNothing: false,
      syncFails: false,
      survival: undefined,
      ...faults,
    };
  }

  crash(): void {
    const survival = this.faults.survival ?? this.prng.pick(['none', 'all', 'some', 'some']);
    this.#root.crash(this.prng, survival);
    this.recount();
  }

  /** Takes a page that is free, or throws. */
  takePage(path: string): void {
    if (this.freeBytes < PAGE_BYTES) {
      throw new DiskError('NoSpace', `Cannot write ${path}: the disk is full`);
    }
    this.#usedPages++;
  }

  /** After pages may have become free. */
  recount(): void {
    this.#usedPages = this.#root.pages;
  }

  get freeBytes(): number {
    if (this.faults.full) return 0;
    return Math.max(0, this.totalBytes - this.#usedPages * PAGE_BYTES);
  }

  find(path: string): StoredNode | undefined {
    let node: StoredNode | undefined = this.#root;
    for (const name of namesOf(path)) {
      node = node instanceof StoredFolder ? node.find(name) : undefined;
    }
    return node;
  }

  /** The folder that holds `path`, and what `path` is called there. */
  requireParent(path: string, action: string): { folder: StoredFolder; name: string } {
    const names = namesOf(path);
    const name = names.pop();
    const folder = this.find(names.join('/'));
    if (!(folder instanceof StoredFolder) || name === undefined) {
      throw notFound(action);
    }
    return { folder, name };
  }

  makeFolder(path: string): void {
    let folder = this.#root;
    for (const name of namesOf(path)) {
      let next = folder.find(name);
      if (next === undefined) {
        next = new StoredFolder();
        folder.put(name, next);
      }
      if (!(next instanceof StoredFolder)) {
        throw new DiskError('Exists', `Cannot make ${path}: it exists already`);
      }
      folder = next;
    }
  }
}

/** The disk as one process uses it. */
export class SimulatedDisk implements Disk {
  readonly #stored: StoredDisk;
  readonly #process: Process;

  constructor(stored: StoredDisk, process: Process) {
    this.#stored = stored;
    this.#process = process;
  }

  open(path: string, mode: 'create' | 'existing'): SimulatedFile {
    this.#process.assertAlive();
    const action = `open ${path}`;
    const { folder, name } = this.#stored.requireParent(path, action);
    let node = folder.find(name);
    if (node === undefined && mode === 'create') {
      node = new StoredFile();
      folder.put(name, node);
    }
    if (node === undefined) throw notFound(action);
    if (node instanceof StoredFolder) {
      throw new DiskError('Other', `Cannot ${action}: it is a folder`);
    }
    return new SimulatedFile({ path, file: node, disk: this.#stored, process: this.#process });
  }

  exists(path: string): boolean {
    return this.#stored.find(path) !== undefined;
  }

  list(folder: string): FolderEntry[] {
    const node = this.#stored.find(folder);
    if (!(node instanceof StoredFolder)) return [];
    return node
      .list()
      .map(([name, entry]) => ({ name, kind: entry instanceof StoredFolder ? 'folder' : 'file' }));
  }

  makeFolder(folder: string): void {
    this.#process.assertAlive();
    this.#stored.makeFolder(folder);
  }

  rename(from: string, to: string): void {
    this.#process.assertAlive();
    const action = `rename ${from} to ${to}`;
    const source = this.#stored.requireParent(from, action);
    const target = this.#stored.requireParent(to, action);
    if (source.folder.find(source.name) === undefined) throw notFound(action);
    source.folder.rename(source.name, target.folder, target.name);
    this.#stored.recount();
  }

  remove(path: string): Promise<void> {
    this.#process.assertAlive();
    return new Promise((resolve) => {
      this.#process.after(this.#stored.prng.between(20, 5_000), () => {
        const { folder, name } = this.#stored.requireParent(path, `remove ${path}`);
        if (folder.find(name) !== undefined) folder.remove(name);
        this.#stored.recount();
        resolve();
      });
    });
  }

  syncFolder(folder: string): void {
    this.#process.assertAlive();
    const node = this.#stored.find(folder);
    if (!(node instanceof StoredFolder)) throw notFound(`sync ${folder}`);
    if (!this.#stored.faults.syncsNothing) node.sync();
  }

  /** What is there when it begins is durable by its end, or before; what comes meanwhile may be. */
  syncFolderLater(folder: string, done: (error?: DiskError) => void): void {
    const { faults, prng } = this.#stored;
    if (!this.exists(folder)) throw notFound(`sync ${folder}`);
    const isEarly = prng.between(0, 1) === 0;
    if (isEarly) this.syncFolder(folder);
    this.#process.after(prng.between(faults.syncUsMin, faults.syncUsMax), () => {
      if (!isEarly && this.exists(folder)) this.syncFolder(folder);
      done();
    });
  }

  space(folder: string): { totalBytes: number; freeBytes: number } {
    if (this.#stored.find(folder) === undefined) throw notFound(`measure ${folder}`);
    return { totalBytes: this.#stored.totalBytes, freeBytes: this.#stored.freeBytes };
  }

  lock(folder: string): Promise<FolderLock> {
    return new Promise((resolve) => {
      this.#process.assertAlive();
      const { locks } = this.#stored;
      const node = this.#stored.find(folder);
      if (node === undefined) throw notFound(`lock ${folder}`);
      const holder = locks.get(node);
      if (holder?.alive === true) {
        throw new DiskError('Locked', `Cannot lock ${folder}: process ${holder.id} uses it`);
      }
      locks.set(node, this.#process);
      resolve({ release: () => locks.get(node) === this.#process && locks.delete(node) });
    });
  }
}

function namesOf(path: string): string[] {
  return path.split('/').filter((name) => name !== '' && name !== '.');
}

function notFound(action: string): DiskError {
  return new DiskError('NotFound', `Cannot ${action}: there is no such file or folder`);
}
