/** An open file of a simulated process. */
import { assert, DiskError, type OpenFile } from '../runtime/mod.ts';
import type { StoredDisk } from './disk.ts';
import type { Process } from './process.ts';
import type { StoredFile } from './stored-file.ts';

export interface SimulatedFileParts {
  readonly path: string;
  readonly file: StoredFile;
  readonly disk: StoredDisk;
  readonly process: Process;
}

export class SimulatedFile implements OpenFile {
  readonly path: string;
  readonly #file: StoredFile;
  readonly #disk: StoredDisk;
  readonly #process: Process;
  #syncing = false;
  #closed = false;
  readonly #mayGrow = (): void => this.#disk.takePage(this.path);

  constructor({ path, file, disk, process }: SimulatedFileParts) {
    this.path = path;
    this.#file = file;
    this.#disk = disk;
    this.#process = process;
  }

  write(bytes: Buffer, position: number): void {
    this.#assertUsable();
    this.#file.write(bytes, position, this.#mayGrow);
  }

  writeAll(buffers: readonly Buffer[], position: number): void {
    this.#assertUsable();
    let start = position;
    for (const bytes of buffers) {
      this.#file.write(bytes, start, this.#mayGrow);
      start += bytes.length;
    }
  }

  read(into: Buffer, position: number): number {
    this.#assertUsable();
    return this.#file.read(into, position);
  }

  sync(done: (error?: DiskError) => void): void {
    this.#assertUsable();
    assert(!this.#syncing, `one sync of ${this.path} at a time`);
    this.#syncing = true;
    const { prng, faults } = this.#disk;
    const snapshot = faults.syncsNothing ? undefined : this.#file.beginSync();
    this.#process.after(prng.between(faults.syncUsMin, faults.syncUsMax), () => {
      this.#syncing = false;
      if (faults.syncFails) {
        if (snapshot !== undefined) this.#file.failSync(snapshot);
        done(new DiskError('Other', `Cannot sync ${this.path}: input/output error`));
        return;
      }
      if (snapshot !== undefined) this.#file.endSync(snapshot);
      done();
    });
  }

  syncNow(): void {
    this.#assertUsable();
    const { syncFails, syncsNothing } = this.#disk.faults;
    if (!syncsNothing) {
      const snapshot = this.#file.beginSync();
      if (syncFails) this.#file.failSync(snapshot);
      else this.#file.endSync(snapshot);
    }
    if (syncFails) throw new DiskError('Other', `Cannot sync ${this.path}: input/output error`);
  }

  resize(bytes: number): void {
    this.#assertUsable();
    const pages = this.#file.pages;
    this.#file.resize(bytes);
    if (this.#file.pages < pages) this.#disk.recount();
  }

  size(): number {
    this.#assertUsable();
    return this.#file.bytes;
  }

  close(): void {
    this.#closed = true;
  }

  #assertUsable(): void {
    this.#process.assertAlive();
    assert(!this.#closed, 'a file that is open');
  }
}
