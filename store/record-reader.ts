/** Single records by their place in the log, for what is not the stream of a queue. */
import { MAGIC_V1, MAGIC_V2, RECORD, RECORD_BYTES_MIN, readLong } from '../protocol/mod.ts';
import type { CommitLog } from './commit-log.ts';
import { storeTimestampAt } from './record-layout.ts';

/** Enough for the fields in front of the body, whatever the hosts. */
const HEAD_BYTES = 80;

export class RecordReader {
  readonly #log: CommitLog;
  readonly #head: Buffer = Buffer.alloc(HEAD_BYTES);

  constructor(log: CommitLog) {
    this.#log = log;
  }

  /** A copy of the record that begins at `offset`; undefined when none does. */
  find(offset: number): Buffer | undefined {
    if (!this.#readHead(offset)) return undefined;
    const record = Buffer.allocUnsafe(this.#head.readInt32BE(RECORD.size));
    return this.#log.copy(record, offset) === record.length ? record : undefined;
  }

  /** When the record at `offset` was stored; undefined when it is gone. */
  readonly storeTimeOf = (offset: number): number | undefined => {
    if (!this.#readHead(offset)) return undefined;
    return readLong(this.#head, storeTimestampAt(this.#head.readInt32BE(RECORD.sysFlag)));
  };

  /** Whether a record begins at `offset`, by all that its head tells. */
  #readHead(offset: number): boolean {
    const log = this.#log;
    if (!Number.isSafeInteger(offset) || offset < log.minOffset) return false;
    if (offset + RECORD_BYTES_MIN > log.writtenEnd) return false;
    if (log.copy(this.#head, offset) < HEAD_BYTES) return false;
    const magic = this.#head.readInt32BE(RECORD.magic);
    const size = this.#head.readInt32BE(RECORD.size);
    return (
      (magic === MAGIC_V1 || magic === MAGIC_V2) &&
      size >= RECORD_BYTES_MIN &&
      offset + size <= log.writtenEnd &&
      readLong(this.#head, RECORD.logOffset) === offset
    );
  }
}
