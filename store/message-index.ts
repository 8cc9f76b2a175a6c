/**
 * Finds messages by key: a folder of index files, the newest one being filled.
 *
 * Derived from the log, as queues are: deleting it loses nothing but time.
 */
import { javaHash, readLong } from '../protocol/mod.ts';
import { type Clock, DiskError, makeDurableFolder } from '../runtime/mod.ts';
import { syncOrEnd } from './fatal-sync.ts';
import { GATHERED_MAX, GatheredKeys } from './gathered-keys.ts';
import { IndexFile, type IndexSize, indexFileBytes } from './index-file.ts';
import type { SegmentsDeps } from './segments.ts';
import { StoreError } from './store-error.ts';

const NAME = /^\d{17}$/;
/** Entries a query reads at most: a popular key could be in millions. */
const READS_MAX = 20_000;

export interface KeyQuery {
  readonly topic: string;
  readonly key: string;
  readonly hitsMax: number;
  readonly beginMs: number;
  readonly endMs: number;
}

/** What must be remembered to go on after a crash. */
export interface IndexMark {
  readonly name: string;
  readonly header: Buffer;
}

export function endTimeOf({ header }: IndexMark): number {
  return readLong(header, 8);
}

export interface MessageIndexDeps extends SegmentsDeps {
  readonly clock: Pick<Clock, 'wallMs'>;
  readonly onFailure: (error: DiskError) => void;
}

/** `abs` of a Java hash as RocketMQ takes it. */
export function keyHash(hash: number): number {
  return hash === -0x8000_0000 ? 0 : Math.abs(hash);
}

export class MessageIndex {
  readonly #deps: MessageIndexDeps;
  readonly #folder: string;
  readonly #size: IndexSize;
  /** Oldest first; all but the last are full. */
  #files: IndexFile[] = [];
  /** Full files of which something is still to be written. */
  readonly #settling: IndexFile[] = [];
  /** Where the newest file's last entry points to; nothing older is added again. */
  #endOffset = -1;
  readonly #gathered = new GatheredKeys();
  /** Files with bytes that a power cut would take. */
  readonly unsynced = new Set<string>();

  constructor(deps: MessageIndexDeps, folder: string, size: IndexSize) {
    this.#deps = deps;
    this.#folder = folder;
    this.#size = size;
  }

  get isEmpty(): boolean {
    return this.#files.length === 0;
  }

  get endOffset(): number {
    this.#settle();
    return this.#files.at(-1)?.endOffset ?? 0;
  }

  get endTime(): number {
    this.#settle();
    return this.#files.at(-1)?.endTime ?? 0;
  }

  /** Opens what is there. */
  load(): void {
    this.#files = this.#list('afterStop');
    for (const file of this.#files) file.load();
    this.#noteEnd();
  }

  /** Opens what is there after a crash of another broker: files that end at `trustedMs` or before. */
  loadUpTo(trustedMs: number): void {
    for (const file of this.#list('afterCrash')) {
      file.load();
      if (file.endTime > trustedMs) this.#discard(file);
      else this.#files.push(file);
    }
    this.#noteEnd();
  }

  /**
   * Opens what is there after a crash, as it was at `mark`; what came later is indexed again.
   * False: it does not fit the mark, and nothing is left of it.
   */
  loadAt(mark: IndexMark): boolean {
    for (const file of this.#list('afterCrash')) {
      if (file.name > mark.name) this.#discard(file);
      else this.#files.push(file);
    }
    const newest = this.#files.at(-1);
    if (newest?.name !== mark.name) {
      this.clear();
      return false;
    }
    for (const file of this.#files) file.load(file === newest ? mark.header : undefined);
    newest.mendSlots();
    this.#noteEnd();
    return true;
  }

  /** Removes all of it. */
  clear(): void {
    this.#gathered.drop(this.#gathered.count);
    for (const file of this.#files) this.#discard(file);
    this.#files = [];
    for (const file of this.#list('afterCrash')) this.#discard(file);
    this.#noteEnd();
  }

  /**
   * Adds a key, given as `keyHash`, of the message at `logOffset`. Keys are gathered first: slots
   * lie all over the file, and looking at many in a row lets the processor fetch them together.
   */
  add(hash: number, logOffset: number, timestamp: number): void {
    if (this.#gathered.count >= GATHERED_MAX) this.#settle();
    this.#gathered.add(hash, logOffset, timestamp);
  }

  /** Log offsets of messages with this key, ascending; other keys with its hash are among them. */
  find({ topic, key, hitsMax, beginMs, endMs }: KeyQuery): number[] {
    this.#settle();
    const query = { hash: keyHash(javaHash(`${topic}#${key}`)), beginMs, endMs, hitsMax };
    const hits: number[] = [];
    let readsMax = READS_MAX;
    for (const file of this.#files.toReversed()) {
      if (hits.length >= hitsMax || readsMax <= 0) break;
      if (!file.isEmpty && file.beginTime <= endMs && file.endTime >= beginMs) {
        readsMax -= file.collect(query, hits, readsMax);
      }
      if (file.beginTime < beginMs) break;
    }
    return [...new Set(hits)].sort((a, b) => a - b);
  }

  /** Writes some of what the files have not; true when nothing is left. */
  writeSome(bytesMax: number): boolean {
    this.#settle();
    for (let file = this.#settling[0]; file !== undefined; file = this.#settling[0]) {
      this.unsynced.add(file.path);
      if (!file.writeSome(bytesMax)) return false;
      file.writeHeader();
      file.release();
      this.#settling.shift();
    }
    const newest = this.#files.at(-1);
    if (newest === undefined || newest.isWritten) return true;
    this.unsynced.add(newest.path);
    return newest.writeSome(bytesMax);
  }

  writeEntries(): void {
    this.#settle();
    const file = this.#files.at(-1);
    if (file === undefined || file.isWritten) return;
    this.unsynced.add(file.path);
    file.writeEntries();
  }

  /** The state that `loadAt` can go back to, once all that is unsynced now is durable. */
  mark(): IndexMark | undefined {
    this.#settle();
    const file = this.#files.at(-1);
    return file && { name: file.name, header: file.copyHeader() };
  }

  /** Puts the marked state into the file itself, for who reads nothing else. */
  writeHeader(mark: IndexMark): void {
    const file = this.#files.at(-1);
    // One that is full has its last header already.
    if (file?.name !== mark.name) return;
    this.unsynced.add(file.path);
    file.writeHeader(mark.header);
  }

  /** Removes files, never the last one, whose messages are all gone from the log. */
  removeExpired(logMin: number): void {
    for (;;) {
      const [file] = this.#files;
      if (file === undefined || this.#files.length === 1 || file.endOffset >= logMin) return;
      this.#discard(file);
      this.#files.shift();
    }
  }

  /** Puts what was gathered into the file; what the disk refuses stays. */
  #settle(): void {
    const { count } = this.#gathered;
    let done = 0;
    try {
      this.#files.at(-1)?.prefetch(this.#gathered.hashes, count);
      for (; done < count; done++) this.#put(done);
    } catch (error) {
      if (!(error instanceof DiskError)) throw error;
      this.#deps.onFailure(error);
    }
    this.#gathered.drop(done);
  }

  #put(place: number): void {
    const { hashes, offsets, times } = this.#gathered;
    const logOffset = offsets[place] as number;
    if (logOffset < this.#endOffset) return;
    let file = this.#files.at(-1);
    if (file === undefined || file.isFull) file = this.#addFile(file);
    file.put(hashes[place] as number, logOffset, times[place] as number);
    this.#endOffset = logOffset;
  }

  #list(mode: 'afterStop' | 'afterCrash'): IndexFile[] {
    const { files } = this.#deps;
    const bytesRight = indexFileBytes(this.#size);
    const found: IndexFile[] = [];
    const names = files.disk.list(this.#folder).map(({ name }) => name);
    for (const name of names.filter((entry) => NAME.test(entry))) {
      const file = new IndexFile(files, `${this.#folder}/${name}`, this.#size);
      const bytes = files.open(file.path).size();
      const isNewest = name === names.at(-1);
      if (bytes === bytesRight) {
        found.push(file);
      } else if (bytes === 0 || (mode === 'afterCrash' && isNewest && bytes < bytesRight)) {
        // Made, and the process died before it got its size.
        this.#discard(file);
      } else {
        throw new StoreError(
          'WrongFileSize',
          `Cannot open ${file.path}: it has ${bytes} bytes, ${this.#size.slots} slots and ${this.#size.entries} entries as configured need ${bytesRight}. Configure the numbers that the store was written with`,
        );
      }
    }
    return found;
  }

  #addFile(full: IndexFile | undefined): IndexFile {
    const { files, clock } = this.#deps;
    makeDurableFolder(files.disk, this.#folder);
    full?.writeEntries();
    // RocketMQ names by the local time. Names must ascend, whatever the clock does.
    const byClock = BigInt(nameFor(clock.wallMs()));
    const byOrder = full === undefined ? 0n : BigInt(full.name) + 1n;
    const name = String(byClock > byOrder ? byClock : byOrder).padStart(17, '0');
    const file = new IndexFile(files, `${this.#folder}/${name}`, this.#size);
    file.create(full?.endTime ?? 0, full?.endOffset ?? 0);
    syncOrEnd(() => files.disk.syncFolder(this.#folder));
    this.#files.push(file);
    if (full !== undefined) this.#settling.push(full);
    return file;
  }

  #discard(file: IndexFile): void {
    this.unsynced.delete(file.path);
    this.#deps.files.close(file.path);
    this.#deps.discarded.discard(file.path);
    this.#deps.unsyncedFolders.add(this.#folder);
  }

  #noteEnd(): void {
    this.#endOffset = this.#files.at(-1)?.endOffset ?? -1;
  }
}

/** `yyyyMMddHHmmssSSS` of the local time. */
function nameFor(wallMs: number): string {
  const time = new Date(wallMs);
  const two = (number: number): string => String(number).padStart(2, '0');
  return [
    String(time.getFullYear()).padStart(4, '0'),
    two(time.getMonth() + 1),
    two(time.getDate()),
    two(time.getHours()),
    two(time.getMinutes()),
    two(time.getSeconds()),
    String(time.getMilliseconds()).padStart(3, '0'),
  ].join('');
}
