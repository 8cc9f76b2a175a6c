/**
 * The commit log: every message of every topic, in the order of arrival, in files of equal size.
 *
 * Records are encoded into the tail and written by `write`, once a turn. A record never spans two
 * files: one that does not fit leaves a blank record and goes to the next file.
 *
 * Invariant: `appendedEnd ≥ writtenEnd ≥ flushedEnd`. What is written survives the process, what
 * is flushed survives the machine. Bytes behind the end never read as a record: where something
 * stale may lie there, each write ends with zeros.
 */
import { MAGIC_BLANK } from '../protocol/mod.ts';
import { assert, DiskError } from '../runtime/mod.ts';
import { orEnd, syncOrEnd } from './fatal-sync.ts';
import { type LentBytes, ReadBuffers } from './lent-bytes.ts';
import { type Chunk, LogTail } from './log-tail.ts';
import { NextFile } from './next-file.ts';
import { type LogOffset, logOffset } from './offsets.ts';
import type { OpenFiles } from './open-files.ts';
import type { Segments } from './segments.ts';

/** A blank record's header; zeros of this length end every scan. */
const MARK_BYTES = 8;

/** So close to its end the file after it is made. */
const NEXT_FILE_AHEAD_BYTES = 64 * 1024 * 1024;

export class CommitLog {
  readonly segments: Segments;
  readonly #files: OpenFiles;
  readonly #tail: LogTail;
  readonly #buffers = new ReadBuffers();
  #appendedEnd: number;
  #writtenEnd: number;
  #flushedEnd: number;
  /** What will be flushed once the sync that is running is done. */
  #syncingEnd = 0;
  /** Starts of the files that the running sync covers. */
  #syncing: number[] = [];
  #isStopped = false;
  /** Below this, bytes of an earlier life may lie behind the end. */
  #staleEnd: number;
  readonly #nextFile: NextFile;
  /** Written up to here, the log looks whether it needs its next file soon. */
  #nextFileFrom = 0;
  /** Starts of files written since they were last synced, ascending. */
  readonly #unsynced = new Set<number>();

  /** The end as recovery found it; from there to `staleEnd` anything may lie. */
  constructor(
    segments: Segments,
    files: OpenFiles,
    { end, staleEnd, tailBytes }: { end: number; staleEnd: number; tailBytes: number },
  ) {
    this.segments = segments;
    this.#files = files;
    this.#nextFile = new NextFile(segments, files.disk);
    this.#tail = new LogTail(tailBytes, end, segments.fileBytes);
    this.#tail.unwrittenFrom = end;
    this.#appendedEnd = end;
    this.#writtenEnd = end;
    this.#flushedEnd = end;
    this.#staleEnd = staleEnd;
  }

  get minOffset(): LogOffset {
    return logOffset(this.segments.start);
  }

  get appendedEnd(): LogOffset {
    return logOffset(this.#appendedEnd);
  }

  get writtenEnd(): LogOffset {
    return logOffset(this.#writtenEnd);
  }

  get flushedEnd(): LogOffset {
    return logOffset(this.#flushedEnd);
  }

  get stagedBytes(): number {
    return this.#appendedEnd - this.#writtenEnd;
  }

  /** Where the next record of at most `bytes` is encoded, at its `used`. */
  chunkFor(bytes: number): Chunk {
    return this.#tail.chunkFor(bytes);
  }

  /** Whether a record of `bytes` fits into the file that the end lies in. */
  fits(bytes: number): boolean {
    const { fileBytes } = this.segments;
    return (this.#appendedEnd % fileBytes) + bytes + MARK_BYTES <= fileBytes;
  }

  /** Whether any file can hold a record of `bytes`. */
  mayHold(bytes: number): boolean {
    return bytes + MARK_BYTES <= this.segments.fileBytes;
  }

  /** Takes in the record of `bytes` that was encoded at the end of `chunk`. */
  take(chunk: Chunk, bytes: number): void {
    chunk.used += bytes;
    this.#appendedEnd += bytes;
  }

  /** Ends the file with a blank record: the next record goes to the next file. */
  roll(): void {
    const chunk = this.#tail.current;
    const { fileBytes } = this.segments;
    const left = fileBytes - (this.#appendedEnd % fileBytes);
    chunk.view.setInt32(chunk.used, left);
    chunk.view.setInt32(chunk.used + 4, MAGIC_BLANK);
    chunk.used += MARK_BYTES;
    this.#appendedEnd += left;
    this.#tail.startAt(this.#appendedEnd);
  }

  /** Writes what was appended since the last call. Throws `DiskError`: then nothing counts as written. */
  write(): void {
    for (const chunk of this.#tail.chunksFrom(this.#writtenEnd)) {
      const from = Math.max(0, this.#writtenEnd - chunk.start);
      const position = chunk.start + from;
      if (!this.segments.has(position)) this.#addFile(position);
      else if (position >= this.#nextFile.start) this.#nextFile.finishNow();
      const { used } = chunk;
      const isStale = chunk.end < this.#staleEnd && this.#fitsMark(chunk.end);
      if (isStale) chunk.buffer.fill(0, used, used + MARK_BYTES);
      const bytes = chunk.buffer.subarray(from, isStale ? used + MARK_BYTES : used);
      this.segments.fileAt(position).write(bytes, position % this.segments.fileBytes);
      this.#unsynced.add(this.segments.startFor(position));
    }
    this.#writtenEnd = this.#appendedEnd;
    this.#tail.unwrittenFrom = this.#writtenEnd;
    if (this.#writtenEnd >= this.#nextFileFrom) this.#makeNextFile();
  }

  /** Drops what was appended and not written. */
  dropStaged(): void {
    this.#staleEnd = Math.max(this.#staleEnd, this.#appendedEnd);
    this.#cut(this.#writtenEnd);
  }

  /** Takes back what was appended, in this turn, from `offset` on. */
  takeBack(offset: number): void {
    assert(offset >= this.#writtenEnd, `${offset} to be behind what was written`);
    this.#cut(offset);
  }

  /** Cuts the log at `offset`, where a record begins, in memory and in the files, durably. */
  truncate(offset: number): void {
    assert(this.stagedBytes === 0, 'nothing staged when the log is cut');
    assert(offset <= this.#writtenEnd, `${offset} to be within the log`);
    this.#cut(offset);
    this.#writtenEnd = offset;
    this.#tail.unwrittenFrom = offset;
    this.#flushedEnd = Math.min(this.#flushedEnd, offset);
    this.#syncingEnd = Math.min(this.#syncingEnd, offset);
    this.mend(offset);
  }

  /**
   * After a crash or a cut: removes the files behind the end, marks the end in its file, and makes
   * durable what may not be, which lies at `unsyncedFrom` and behind it. What else is behind the
   * end in that file is stale.
   */
  mend(unsyncedFrom: number): void {
    const end = this.#writtenEnd;
    // The file that begins at the end stays: its name could come back with a power cut.
    this.segments.removeFrom(Math.max(end, this.segments.start) + 1);
    this.#nextFile.forget();
    this.#nextFileFrom = 0;
    this.#staleEnd = Math.max(this.#staleEnd, this.segments.end);
    for (const start of this.#unsynced) if (start > end) this.#unsynced.delete(start);
    for (const start of this.segments.starts) {
      if (start + this.segments.fileBytes > unsyncedFrom) this.#unsynced.add(start);
    }
    this.#markEnd(end);
    this.segments.noteUnsynced();
    this.syncNow();
    syncOrEnd(() => this.segments.syncFolders());
  }

  get hasUnsynced(): boolean {
    return this.#unsynced.size > 0;
  }

  /** Syncs, off the loop, all that is written now; never called again before it is done. */
  sync(done: () => void): void {
    this.#syncingEnd = this.#writtenEnd;
    this.#syncing = this.#takeUnsynced();
    this.#syncNext(0, done);
  }

  /** A sync that is running no longer matters. */
  stop(): void {
    this.#isStopped = true;
    this.#nextFile.forget();
  }

  syncNow(): void {
    const starts = new Set([...this.#syncing, ...this.#takeUnsynced()]);
    syncOrEnd(() => {
      for (const start of starts) {
        if (this.segments.has(start)) this.segments.fileAt(start).syncNow();
      }
    });
    this.#flushedEnd = this.#writtenEnd;
  }

  /** Copies bytes of the log into `into`; returns how many there were. */
  copy(into: Buffer, offset: number): number {
    const wanted = Math.min(into.length, this.#writtenEnd - offset);
    let copied = 0;
    while (copied < wanted) {
      const at = offset + copied;
      const chunk = this.#tail.find(at);
      const limit = Math.min(wanted - copied, (chunk?.end ?? this.#tail.nextStart(at)) - at);
      if (chunk === undefined) {
        const count = this.segments.read(into.subarray(copied, copied + limit), at);
        copied += count;
        if (count < limit) break;
      } else {
        const from = at - chunk.start;
        copied += chunk.buffer.copy(into, copied, from, from + limit);
      }
    }
    return copied;
  }

  /** Adds [offset, offset + bytes) to `lent`: of the tail as it is, of files by one read. */
  lend(offset: number, bytes: number, lent: LentBytes): void {
    const end = Math.min(offset + bytes, this.#writtenEnd);
    let at = offset;
    while (at < end) {
      const chunk = this.#tail.find(at);
      const limit = Math.min(end, chunk?.end ?? this.#tail.nextStart(at));
      if (chunk === undefined) {
        const buffer = this.#buffers.take(limit - at);
        const count = this.segments.read(buffer.subarray(0, limit - at), at);
        assert(count === limit - at, `the log to have ${limit - at} bytes at ${at}`);
        lent.addRead(buffer, limit - at, this.#buffers);
      } else {
        lent.addChunk(chunk, at - chunk.start, limit - chunk.start);
      }
      at = limit;
    }
  }

  /** Whether a mark at `end` is in the file that the bytes before it are in. */
  #fitsMark(end: number): boolean {
    const { fileBytes } = this.segments;
    return end % fileBytes !== 0 && (end % fileBytes) + MARK_BYTES <= fileBytes;
  }

  /** The mark is written although it can be read: a failed sync may have kept it off the disk. */
  #markEnd(end: number): void {
    const mark = Buffer.alloc(MARK_BYTES);
    if (this.segments.read(mark, end) < MARK_BYTES) return;
    const isMarked = mark.every((byte) => byte === 0);
    try {
      this.segments.write(mark.fill(0), end);
    } catch (error) {
      // Zeros that have no place on a full disk are a hole there: nothing stale lies under it.
      const isHole = isMarked && error instanceof DiskError && error.code === 'NoSpace';
      if (!isHole) throw error;
    }
  }

  #cut(offset: number): void {
    this.#tail.cutTo(offset);
    this.#appendedEnd = offset;
  }

  #takeUnsynced(): number[] {
    const starts = [...this.#unsynced].sort((a, b) => a - b);
    this.#unsynced.clear();
    return starts;
  }

  /** One after the other, each kept open meanwhile. */
  #syncNext(index: number, done: () => void): void {
    const start = this.#syncing[index];
    if (start === undefined) {
      this.#syncing = [];
      this.#flushedEnd = Math.max(this.#flushedEnd, this.#syncingEnd);
      done();
      return;
    }
    // Retention or a truncation may have taken it.
    if (!this.segments.has(start)) {
      this.#syncNext(index + 1, done);
      return;
    }
    const path = this.segments.pathOf(start);
    // One that cannot begin is a sync that failed, not a write: its senders must not be refused.
    const file = syncOrEnd(() => this.#files.pin(path));
    file.sync(
      orEnd(() => {
        if (this.#isStopped) return;
        this.#files.unpin(path);
        this.#syncNext(index + 1, done);
      }),
    );
  }

  /** Has the next file ready before it is needed. */
  #makeNextFile(): void {
    const { end, fileBytes } = this.segments;
    const aheadBytes = Math.min(NEXT_FILE_AHEAD_BYTES, fileBytes / 4);
    if (this.#writtenEnd >= end - aheadBytes) this.#nextFile.make();
    this.#nextFileFrom = this.segments.end - aheadBytes;
  }

  /** A new file's name and size are durable before anything in it can be. */
  #addFile(position: number): void {
    this.segments.add(position);
    syncOrEnd(() => {
      this.segments.fileAt(position).syncNow();
      this.segments.syncFolders();
    });
  }
}
