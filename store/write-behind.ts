/**
 * Writes what queues and index hold in memory, a little at a time, and from time to time makes all
 * of it durable and says so in the checkpoint.
 *
 * A round: note where dispatch stands (P) and the state of the index; write everything; wait until
 * the log is flushed up to P; sync every file and folder that was touched; then, and only then,
 * the checkpoint names P.
 */
import { type Clock, DiskError, type OpenFile, type Timer } from '../runtime/mod.ts';
import type { Checkpoint } from './checkpoint.ts';
import type { CommitLog } from './commit-log.ts';
import type { Dispatch } from './dispatch.ts';
import { orEnd, syncOrEnd } from './fatal-sync.ts';
import { endTimeOf, type IndexMark, type MessageIndex } from './message-index.ts';
import type { OpenFiles } from './open-files.ts';
import type { QueueMemory } from './queue-memory.ts';
import type { Queues } from './queues.ts';

/** How long entries stay in memory alone. */
const WRITE_DELAY_MS = 200;
/** Between two slices of work that belong together. */
const SLICE_DELAY_MS = 5;
const RETRY_DELAY_MS = 1000;
/** A slice: small enough not to be noticed by a message. */
const SLICE_QUEUES = 64;
const SLICE_INDEX_BYTES = 256 * 1024;
/** So much log makes a round due however little time has passed. */
const ROUND_BYTES = 256 * 1024 * 1024;

export interface WriteBehindParts {
  readonly clock: Clock;
  readonly files: OpenFiles;
  readonly log: CommitLog;
  readonly dispatch: Dispatch;
  readonly queues: Queues;
  readonly memory: QueueMemory;
  readonly index: MessageIndex | undefined;
  readonly checkpoint: Checkpoint;
  readonly unsyncedFolders: Set<string>;
  readonly onFailure: (error: DiskError) => void;
}

/** What a round will make the checkpoint say. */
interface Mark {
  readonly logOffset: number;
  readonly timeMs: number;
  readonly index: IndexMark | undefined;
}

export class WriteBehind {
  readonly #parts: WriteBehindParts;
  readonly #intervalMs: number;
  #timer: Timer | undefined;
  #round: Mark | undefined;
  #roundEndMs: number;
  /** Log offset that the checkpoint names. */
  #durable: number;
  /** Files that the running round syncs. */
  #syncing: string[] = [];
  /** Folders that it syncs after them. */
  #syncingFolders: string[] = [];
  #isSyncing = false;
  #isStopped = false;

  constructor(parts: WriteBehindParts, intervalMs: number) {
    this.#parts = parts;
    this.#intervalMs = intervalMs;
    this.#roundEndMs = parts.clock.monotonicMs();
    this.#durable = parts.checkpoint.point?.logOffset ?? -1;
  }

  /** Log offset up to which a start after a crash relies on the files. */
  get durableEnd(): number {
    return this.#durable;
  }

  /** Dispatch has moved on. */
  onDispatched(): void {
    if (this.#timer === undefined && !this.#isSyncing && !this.#isStopped) {
      this.#arm(WRITE_DELAY_MS);
    }
  }

  /** Nothing is written from now on. */
  stop(): void {
    this.#isStopped = true;
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  /** All that is left, at once, for a start or a stop. */
  finishNow(): void {
    const { dispatch, files, index, log } = this.#parts;
    while (!this.#writeSlice());
    while (index?.writeSome(Number.POSITIVE_INFINITY) === false);
    const mark = this.#mark();
    if (mark.index !== undefined) index?.writeHeader(mark.index);
    log.syncNow();
    syncOrEnd(() => {
      for (const path of new Set([...this.#syncing, ...this.#takeUnsynced()])) {
        if (files.disk.exists(path)) files.open(path).syncNow();
      }
    });
    this.#syncFolders();
    this.#setCheckpoint({ ...mark, logOffset: dispatch.end });
    syncOrEnd(() => this.#parts.checkpoint.syncNow());
  }

  /** A topic's queues are gone: were the process to die now, that must not look like damage. */
  noteTopicRemoved(): void {
    const { checkpoint, queues } = this.#parts;
    const { point } = checkpoint;
    if (point !== undefined) checkpoint.setPoint({ ...point, topics: queues.countFolders() });
  }

  #arm(delayMs: number): void {
    if (!this.#isStopped) this.#timer = this.#parts.clock.after(delayMs, this.#tick);
  }

  readonly #tick = (): void => {
    this.#timer = undefined;
    try {
      this.#step();
    } catch (error) {
      this.#retry(error);
    }
  };

  /** Nothing is lost yet: what was to be written or synced is still noted. */
  #retry(error: unknown): void {
    if (!(error instanceof DiskError)) throw error;
    this.#parts.onFailure(error);
    this.#arm(RETRY_DELAY_MS);
  }

  #step(): void {
    const { clock, dispatch, index, log } = this.#parts;
    if (!this.#writeSlice()) {
      this.#arm(SLICE_DELAY_MS);
      return;
    }
    index?.writeEntries();
    if (this.#round === undefined) {
      const isDue =
        clock.monotonicMs() - this.#roundEndMs >= this.#intervalMs ||
        dispatch.end - this.#durable >= ROUND_BYTES;
      if (dispatch.end === this.#durable) return;
      if (isDue) this.#round = this.#mark();
      this.#arm(isDue ? SLICE_DELAY_MS : WRITE_DELAY_MS);
      return;
    }
    const isWritten = index?.writeSome(SLICE_INDEX_BYTES) !== false;
    if (!isWritten || log.flushedEnd < this.#round.logOffset) {
      this.#arm(SLICE_DELAY_MS);
      return;
    }
    this.#syncRound(this.#round);
  }

  /** Writes out some queues; true when none is left. */
  #writeSlice(): boolean {
    const { dirty } = this.#parts.dispatch;
    for (let count = 0; count < SLICE_QUEUES; count++) {
      const queue = dirty.at(-1);
      if (queue === undefined) return true;
      if (!queue.isRemoved) queue.writeOut();
      queue.isDirty = false;
      dirty.pop();
    }
    return dirty.length === 0;
  }

  #mark(): Mark {
    const { checkpoint, dispatch, index } = this.#parts;
    index?.writeEntries();
    return {
      logOffset: dispatch.end,
      timeMs: Math.max(dispatch.lastTimestamp, checkpoint.newestMs),
      index: index?.mark(),
    };
  }

  #syncRound(mark: Mark): void {
    const { index } = this.#parts;
    this.#isSyncing = true;
    if (mark.index !== undefined) index?.writeHeader(mark.index);
    this.#syncing = [...new Set([...this.#syncing, ...this.#takeUnsynced()])];
    this.#syncNext(0, () => {
      this.#syncing = [];
      this.#syncFoldersLater(() => {
        this.#setCheckpoint(mark);
        this.#syncCheckpoint(mark);
      });
    });
  }

  #syncCheckpoint(mark: Mark): void {
    const { checkpoint, clock, dispatch } = this.#parts;
    checkpoint.sync(() => {
      this.#isSyncing = false;
      this.#round = undefined;
      this.#roundEndMs = clock.monotonicMs();
      if (dispatch.end !== mark.logOffset) this.onDispatched();
    });
  }

  #takeUnsynced(): string[] {
    const { index, memory } = this.#parts;
    const paths = [...memory.unsynced, ...(index?.unsynced ?? [])];
    memory.unsynced.clear();
    index?.unsynced.clear();
    return paths;
  }

  /** One after the other, off the loop, each kept open meanwhile. */
  #syncNext(index: number, done: () => void): void {
    const { files } = this.#parts;
    const path = this.#syncing[index];
    if (this.#isStopped) return;
    if (path === undefined) {
      done();
      return;
    }
    // Retention or an administrator may have taken it.
    if (!files.disk.exists(path)) {
      this.#syncNext(index + 1, done);
      return;
    }
    let file: OpenFile;
    try {
      file = files.pin(path);
    } catch (error) {
      this.#retry(error);
      return;
    }
    file.sync(
      orEnd(() => {
        files.unpin(path);
        this.#syncNext(index + 1, done);
      }),
    );
  }

  #syncFolders(): void {
    const { files, unsyncedFolders } = this.#parts;
    syncOrEnd(() => {
      for (const folder of new Set([...this.#syncingFolders, ...unsyncedFolders])) {
        if (files.disk.exists(folder)) files.disk.syncFolder(folder);
      }
    });
    unsyncedFolders.clear();
  }

  /** As `#syncFolders`, off the loop, where a busy disk can take a tenth of a second. */
  #syncFoldersLater(done: () => void): void {
    const { unsyncedFolders } = this.#parts;
    this.#syncingFolders = [...unsyncedFolders];
    unsyncedFolders.clear();
    this.#syncNextFolder(0, () => {
      this.#syncingFolders = [];
      done();
    });
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

  #setCheckpoint({ logOffset, timeMs, index }: Mark): void {
    const { checkpoint, queues } = this.#parts;
    checkpoint.set(
      {
        logMs: timeMs,
        queueMs: timeMs,
        indexMs: index === undefined ? 0 : endTimeOf(index),
        confirmedOffset: logOffset,
      },
      { logOffset, topics: queues.countFolders(), index },
    );
    this.#durable = logOffset;
  }
}
