/** A file by synchronous calls on its descriptor; only `sync` goes through the thread pool. */
import {
  closeSync,
  constants,
  fdatasync,
  fdatasyncSync,
  fstatSync,
  ftruncateSync,
  openSync,
  readSync,
  writeSync,
  writevSync,
} from 'node:fs';
import { assert } from '../assert.ts';
import type { DiskError, OpenFile } from '../disk.ts';
import { diskError, translated } from './disk-errors.ts';

export function openFile(path: string, mode: 'create' | 'existing'): OpenFile {
  const flags = constants.O_RDWR | (mode === 'create' ? constants.O_CREAT : 0);
  return new NodeFile(
    path,
    translated(`open ${path}`, () => openSync(path, flags, 0o644)),
  );
}

class NodeFile implements OpenFile {
  readonly path: string;
  readonly #descriptor: number;
  #syncing = false;
  #closed = false;

  constructor(path: string, descriptor: number) {
    this.path = path;
    this.#descriptor = descriptor;
  }

  write(bytes: Buffer, position: number): void {
    this.#assertOpen();
    try {
      this.#writeFrom(bytes, 0, position);
    } catch (error) {
      throw diskError(`write ${this.path}`, error);
    }
  }

  writeAll(buffers: readonly Buffer[], position: number): void {
    this.#assertOpen();
    try {
      let written = writevSync(this.#descriptor, buffers, position);
      let start = position;
      // A full disk may take a part; the rest is written again, so that the call says why it cannot.
      for (const bytes of buffers) {
        if (written < bytes.length) this.#writeFrom(bytes, written, start);
        start += bytes.length;
        written = Math.max(0, written - bytes.length);
      }
    } catch (error) {
      throw diskError(`write ${this.path}`, error);
    }
  }

  read(into: Buffer, position: number): number {
    this.#assertOpen();
    let filled = 0;
    try {
      while (filled < into.length) {
        const count = readSync(
          this.#descriptor,
          into,
          filled,
          into.length - filled,
          position + filled,
        );
        if (count === 0) break;
        filled += count;
      }
    } catch (error) {
      throw diskError(`read ${this.path}`, error);
    }
    return filled;
  }

  sync(done: (error?: DiskError) => void): void {
    this.#assertOpen();
    assert(!this.#syncing, `one sync of ${this.path} at a time`);
    this.#syncing = true;
    fdatasync(this.#descriptor, (error) => {
      this.#syncing = false;
      if (this.#closed) closeSync(this.#descriptor);
      if (error) done(diskError(`sync ${this.path}`, error));
      else done();
    });
  }

  syncNow(): void {
    this.#assertOpen();
    translated(`sync ${this.path}`, () => fdatasyncSync(this.#descriptor));
  }

  resize(bytes: number): void {
    this.#assertOpen();
    translated(`resize ${this.path}`, () => ftruncateSync(this.#descriptor, bytes));
  }

  size(): number {
    this.#assertOpen();
    return translated(`stat ${this.path}`, () => fstatSync(this.#descriptor).size);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    // A descriptor closed under a running sync could be another file's by the time it is used.
    if (!this.#syncing) translated(`close ${this.path}`, () => closeSync(this.#descriptor));
  }

  #writeFrom(bytes: Buffer, from: number, position: number): void {
    let written = from;
    while (written < bytes.length) {
      written += writeSync(
        this.#descriptor,
        bytes,
        written,
        bytes.length - written,
        position + written,
      );
    }
  }

  #assertOpen(): void {
    assert(!this.#closed, 'a file that is open');
  }
}
