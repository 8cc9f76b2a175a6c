/** What the header of a frame says, in whichever form it is written. */

/** A header's own fields by name, all as text. Later duplicates have won. */
export type WireFields = Readonly<Record<string, string>>;

/** A command without its body and serialization. */
export interface CommandHeader {
  /** Request code, or response code in an answer. */
  readonly code: number;
  /** Of the sender: see `languageName`. */
  readonly language: number;
  readonly version: number;
  /** Chosen by the asking side and echoed by the answering one; signed 32 bits. */
  readonly opaque: number;
  /** Bit 0: an answer. Bit 1: oneway, no answer wanted. */
  readonly flag: number;
  readonly remark?: string | undefined;
  readonly fields: WireFields;
}

/** The `fields` of a header that has none: a JSON header then leaves the whole member out. */
export const NO_FIELDS: WireFields = Object.freeze({});
