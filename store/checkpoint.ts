/**
 * `checkpoint`: how far the store is known to be durable, so that a start after a crash scans
 * little.
 *
 *     RocketMQ's, 40 bytes:  i64 log time | i64 queue time | i64 index time
 *                            i64 offset flushed by the master | i64 confirmed offset
 *     ours, from byte 64:    "GNTR" | i32 CRC of all the rest and RocketMQ's 40 bytes
 *                            i64 log offset | i32 topics | 17 + 40 bytes of index file
 *
 * Ours holds a log offset P: every message below P is durable in log, queues and index. RocketMQ
 * knows nothing of it and leaves it alone when it rewrites its own bytes; the CRC then no longer
 * fits, and ours counts for nothing.
 *
 * Invariant: nothing in it is newer than what is durable.
 */
import { crc32, readLong, writeLong } from '../protocol/mod.ts';
import type { Disk, OpenFile } from '../runtime/mod.ts';
import { orEnd } from './fatal-sync.ts';
import type { IndexMark } from './message-index.ts';

const FILE_BYTES = 4096;
const JAVA_BYTES = 40;
const OURS = 64;
const MAGIC = 0x474e_5452;
const CRC_AT = OURS + 4;
const OFFSET_AT = OURS + 8;
const TOPICS_AT = OURS + 16;
const NAME_AT = OURS + 20;
const NAME_BYTES = 17;
const HEADER_AT = NAME_AT + NAME_BYTES;
const HEADER_BYTES = 40;
const OURS_END = HEADER_AT + HEADER_BYTES;
/** RocketMQ takes this much off the newest times: clocks of the services differ. */
const MARGIN_MS = 3000;

/** Where everything below is durable. */
export interface DurablePoint {
  readonly logOffset: number;
  /** Folders of topics there were. */
  readonly topics: number;
  /** Absent when there was no index file. */
  readonly index: IndexMark | undefined;
}

export interface CheckpointTimes {
  /** Store time of the newest durable message in the log, in queues, in the index. */
  readonly logMs: number;
  readonly queueMs: number;
  readonly indexMs: number;
  readonly confirmedOffset: number;
}

export class Checkpoint {
  readonly #file: OpenFile;
  readonly #bytes: Buffer = Buffer.alloc(FILE_BYTES);

  constructor(disk: Disk, path: string) {
    this.#file = disk.open(path, 'create');
    const isWhole = this.#file.read(this.#bytes, 0) === FILE_BYTES;
    // Its place on the disk is taken now, while there is some.
    if (!isWhole) this.#file.write(this.#bytes, 0);
  }

  /** Messages stored up to this time are durable everywhere but in the index. */
  get trustedMs(): number {
    return Math.max(0, Math.min(this.#long(0), this.#long(8)) - MARGIN_MS);
  }

  get indexMs(): number {
    return this.#long(16);
  }

  get confirmedOffset(): number {
    return this.#long(32);
  }

  /** Store time of the newest message that the log or a queue is known to have. */
  get newestMs(): number {
    return Math.max(this.#long(0), this.#long(8));
  }

  /** Ours, when nothing else wrote since. */
  get point(): DurablePoint | undefined {
    const bytes = this.#bytes;
    if (bytes.readInt32BE(OURS) !== MAGIC || bytes.readInt32BE(CRC_AT) !== this.#crc()) {
      return undefined;
    }
    const name = bytes.toString('latin1', NAME_AT, NAME_AT + NAME_BYTES);
    const header = Buffer.from(bytes.subarray(HEADER_AT, HEADER_AT + HEADER_BYTES));
    return {
      logOffset: this.#long(OFFSET_AT),
      topics: bytes.readInt32BE(TOPICS_AT),
      index: name.startsWith('\0') ? undefined : { name, header },
    };
  }

  set(times: CheckpointTimes, point: DurablePoint): void {
    const bytes = this.#bytes;
    writeLong(bytes, times.logMs, 0);
    writeLong(bytes, times.queueMs, 8);
    writeLong(bytes, times.indexMs, 16);
    writeLong(bytes, times.confirmedOffset, 32);
    this.setPoint(point);
  }

  /** Changes our part alone. */
  setPoint(point: DurablePoint): void {
    const bytes = this.#bytes;
    bytes.fill(0, OURS, OURS_END);
    bytes.writeInt32BE(MAGIC, OURS);
    writeLong(bytes, point.logOffset, OFFSET_AT);
    bytes.writeInt32BE(point.topics, TOPICS_AT);
    if (point.index !== undefined) {
      bytes.write(point.index.name, NAME_AT, 'latin1');
      point.index.header.copy(bytes, HEADER_AT);
    }
    bytes.writeInt32BE(this.#crc(), CRC_AT);
    this.#file.write(bytes.subarray(0, OURS_END), 0);
  }

  /** What was set becomes durable off the loop. */
  sync(done: () => void): void {
    this.#file.sync(orEnd(done));
  }

  syncNow(): void {
    this.#file.syncNow();
  }

  close(): void {
    this.#file.close();
  }

  #crc(): number {
    const covered = Buffer.concat([
      this.#bytes.subarray(0, JAVA_BYTES),
      this.#bytes.subarray(OFFSET_AT, OURS_END),
    ]);
    return crc32(covered, 0, covered.length);
  }

  #long(position: number): number {
    return readLong(this.#bytes, position);
  }
}
