/**
 * Queue entries one after the other, as they lie in memory or in a file:
 *
 *     i64 log offset | i32 size | i64 tags code
 */
import { readInt64 } from './int64.ts';

export const ENTRY_BYTES = 20;
export const SIZE_AT = 8;
export const TAGS_AT = 12;
/** The size of an entry that stands for no message: the queue does not begin with its first one. */
export const FILLER_SIZE = 0x7fff_ffff;

/** Borrowed until the next read of any queue. */
export class EntryRun {
  view: DataView = new DataView(new ArrayBuffer(0));
  /** Where the first entry lies in `view`. */
  position = 0;
  count = 0;

  logOffset(index: number): number {
    return readInt64(this.view, this.position + index * ENTRY_BYTES);
  }

  size(index: number): number {
    return this.view.getInt32(this.position + index * ENTRY_BYTES + SIZE_AT);
  }

  /** The lower 32 bits, which filters compare. */
  tagsHash(index: number): number {
    return this.view.getInt32(this.position + index * ENTRY_BYTES + TAGS_AT + 4);
  }

  tagsCode(index: number): number {
    return readInt64(this.view, this.position + index * ENTRY_BYTES + TAGS_AT);
  }

  /** Whether it stands for a message; if not, it is a filler, or nothing was written there. */
  isMessage(index: number): boolean {
    return this.#isWritten(index) && this.size(index) !== FILLER_SIZE;
  }

  isFiller(index: number): boolean {
    return this.size(index) === FILLER_SIZE && this.logOffset(index) === 0;
  }

  #isWritten(index: number): boolean {
    return this.size(index) > 0 && this.logOffset(index) >= 0;
  }
}
