/**
 * Removes files without waiting and without a race: a name that is removed in the background could
 * be made anew meanwhile, so it is moved out of the way first. What a crash left behind is removed
 * at the next start.
 */
import { type Disk, DiskError, type Log } from '../runtime/mod.ts';

export class Discarded {
  readonly #disk: Disk;
  readonly #log: Log;
  readonly #folder: string;
  #count: number;
  readonly #running = new Set<Promise<void>>();

  /** `folder` must be on the file system of what is discarded, and outside RocketMQ's folders. */
  constructor({ disk, log }: { disk: Disk; log: Log }, folder: string) {
    this.#disk = disk;
    this.#log = log;
    this.#folder = folder;
    const left = disk.list(folder).map(({ name }) => name);
    for (const name of left) this.#remove(`${folder}/${name}`);
    this.#count = Math.max(0, ...left.map(Number).filter(Number.isInteger)) + 1;
  }

  /** The name is free when this returns, also when somebody else has removed the file before. */
  discard(path: string): void {
    this.#disk.makeFolder(this.#folder);
    const place = `${this.#folder}/${this.#count++}`;
    try {
      this.#disk.rename(path, place);
    } catch (error) {
      if (!(error instanceof DiskError && error.code === 'NotFound')) throw error;
      this.#log.warn('A file that was to be removed is gone already', { path });
      return;
    }
    this.#remove(place);
  }

  /** Resolves when all that was discarded is gone. */
  async settled(): Promise<void> {
    await Promise.all(this.#running);
  }

  #remove(path: string): void {
    const running = this.#disk
      .remove(path)
      .catch((error: unknown) => {
        if (!(error instanceof DiskError)) throw error;
        this.#log.warn('A removed file still takes space: it is tried again at the next start', {
          path,
          error,
        });
      })
      .finally(() => this.#running.delete(running));
    this.#running.add(running);
  }
}
