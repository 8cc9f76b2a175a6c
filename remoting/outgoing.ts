/** A command as its sender states it: what the connection fills in (opaque, version) is left out. */
import {
  type Command,
  JAVA,
  NO_BODY,
  NO_FIELDS,
  type Serialization,
  VERSION,
  type WireFields,
} from '../protocol/mod.ts';

export interface Outgoing {
  readonly code: number;
  readonly fields?: WireFields | undefined;
  readonly remark?: string | undefined;
  readonly body?: Buffer | undefined;
  readonly version?: number | undefined;
  readonly language?: number | undefined;
  /** JSON unless told otherwise: every peer reads it. */
  readonly serialization?: Serialization | undefined;
}

/**
 * The whole command. Gantry calls itself JAVA, as the servers do that clients were tested with:
 * some decoders know a fixed list of names and fail on any other.
 */
export function completed(outgoing: Outgoing, opaque: number, flag: number): Command {
  return {
    code: outgoing.code,
    language: outgoing.language ?? JAVA,
    version: outgoing.version ?? VERSION,
    opaque,
    flag,
    remark: outgoing.remark,
    fields: outgoing.fields ?? NO_FIELDS,
    body: outgoing.body ?? NO_BODY,
    serialization: outgoing.serialization ?? 'JSON',
  };
}
