/**
 * Files and folders of queues and index that were written to and may be lost with the power.
 *
 * Invariant: what is touched stays noted, here or by whoever touched it, until a sync of it has
 * ended. A sync takes all that there is by then: files first, then the folders that name them.
 */
import type { OpenFile } from '../runtime/mod.ts';
import { orEnd, syncOrEnd } from './fatal-sync.ts';
import type { MessageIndex } from './message-index.ts';
import type { OpenFiles } from './open-files.ts';
import type { QueueMemory } from './queue-memory.ts';

export interface TouchedParts {
  readonly files: OpenFiles;
  readonly memory: QueueMemory;
  readonly index: MessageIndex | undefined;
  readonly unsyncedFolders: Set<string>;
}

/** What becomes of a sync off the loop; neither is called when it was stopped. */
interface Ended {
  readonly done: () => void;
  /** A file could not be opened; what is left is synced the next time. */
  readonly failed: (error: unknown) => void;
}

export class TouchedFiles {
  readonly #parts: TouchedParts;
  /** Taken, by a sync that has not ended. */
  #syncing: string[] = [];
  #syncingFolders: string[] = [];
  #isStopped = false;

  constructor(parts: TouchedParts) {
    this.#parts = parts;
  }

  /** Nothing is begun from now on, but by `syncNow`. */
  stop(): void {
    this.#isStopped = true;
  }

  /** Holds up the caller. */
  syncNow(): void {
    const { files } = this.#parts;
    this.#take();
    syncOrEnd(() => {
      for (const path of this.#syncing) {
        if (files.disk.exists(path)) files.open(path).syncNow();
      }
      this.#takeFolders();
      for (const folder of this.#syncingFolders) {
        if (files.disk.exists(folder)) files.disk.syncFolder(folder);
      }
    });
    this.#syncing = [];
    this.#syncingFolders = [];
  }

  /** Off the loop, where a busy disk can take a tenth of a second. */
  syncLater(ended: Ended): void {
    this.#take();
    this.#syncNext(0, {
      ...ended,
      done: () => {
        this.#syncing = [];
        this.#takeFolders();
        this.#syncNextFolder(0, () => {
          this.#syncingFolders = [];
          ended.done();
        });
      },
    });
  }

  #take(): void {
    const { index, memory } = this.#parts;
    const paths = [...this.#syncing, ...memory.unsynced, ...(index?.unsynced ?? [])];
    this.#syncing = [...new Set(paths)];
    memory.unsynced.clear();
    index?.unsynced.clear();
  }

  #takeFolders(): void {
    const { unsyncedFolders } = this.#parts;
    this.#syncingFolders = [...new Set([...this.#syncingFolders, ...unsyncedFolders])];
    unsyncedFolders.clear();
  }

  /** One after the other, each kept open meanwhile. */
  #syncNext(index: number, ended: Ended): void {
    const { files } = this.#parts;
    const path = this.#syncing[index];
    if (this.#isStopped) return;
    if (path === undefined) {
      ended.done();
      return;
    }
    // Retention or an administrator may have taken it.
    if (!files.disk.exists(path)) {
      this.#syncNext(index + 1, ended);
      return;
    }
    let file: OpenFile;
    try {
      file = files.pin(path);
    } catch (error) {
      ended.failed(error);
      return;
    }
    file.sync(
      orEnd(() => {
        files.unpin(path);
        this.#syncNext(index + 1, ended);
      }),
    );
  }

  #syncNextFolder(index: number, done: () => void): void {
    const { disk } = this.#parts.files;
    const folder = this.#syncingFolders[index];
    if (this.#isStopped) return;
    if (folder === undefined) done();
    else if (!disk.exists(folder)) this.#syncNextFolder(index + 1, done);
    else {
      syncOrEnd(() => {
        disk.syncFolderLater(
          folder,
          orEnd(() => this.#syncNextFolder(index + 1, done)),
        );
      });
    }
  }
}
