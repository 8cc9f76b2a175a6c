/**
 * What is appended and what became of it: two objects that their owner makes once and uses for
 * every message, so that nothing is allocated on the way.
 */
import type { LogOffset, QueueOffset } from './offsets.ts';
import { logOffset, queueOffset } from './offsets.ts';
import type { PropertyNames } from './property-names.ts';
import type { StoredTopic } from './stored-topic.ts';

const EMPTY = Buffer.alloc(0);

/** One message to append. Buffers are read during the call and never kept. */
export class Append {
  topic: StoredTopic | undefined = undefined;
  queueId = 0;
  flag = 0;
  /** The two address bits (0x10, 0x20) are set by the store. */
  sysFlag = 0;
  bornTimestamp = 0;
  /** The IPv4 address as 32 bits; not read when `bornAddress6` is set. */
  bornAddress4 = 0;
  /** The 16 bytes of an IPv6 address. */
  bornAddress6: Buffer | undefined = undefined;
  bornPort = 0;
  reconsumeTimes = 0;
  preparedTransactionOffset = 0;
  body: Buffer = EMPTY;
  bodyStart = 0;
  bodyEnd = 0;
  /** `name 0x01 value 0x02 …`, the last 0x02 may be missing. */
  properties: Buffer = EMPTY;
  propertiesStart = 0;
  propertiesEnd = 0;
  /** The span is the inside of a JSON string, its escapes checked; unescaped while it is copied. */
  arePropertiesEscaped = false;
  /** Stored behind the span, complete with its last 0x02. */
  extraProperties: Buffer = EMPTY;
  /** `extraProperties` may say what concerns the store or `reserved`; else it is not looked into. */
  extraIsWalked = false;
  /** Value of the `UNIQ_KEY` that is added when the message names none; empty: none is added. */
  missingUniqueKey: Buffer = EMPTY;
  missingUniqueKeyStart = 0;
  missingUniqueKeyEnd = 0;
  /** A message that has one of these properties is not stored: status `reserved`. */
  reserved: PropertyNames | undefined = undefined;
}

export type AppendStatus =
  | 'stored'
  /** The disk is full or the owner fenced the store. */
  | 'notWritable'
  /** Too much waits for confirmation. */
  | 'busy'
  /** It has a property of `Append.reserved`: the slow path must look at it. */
  | 'reserved'
  /** The topic was removed since the handle was looked up. */
  | 'topicRemoved'
  | 'topicTooLong'
  | 'bodyTooLarge'
  | 'propertiesTooLarge'
  | 'recordTooLarge';

/** What became of it. Everything but `status` is meaningful only when that is `stored`. */
export class Appended {
  status: AppendStatus = 'notWritable';
  logOffset: LogOffset = logOffset(0);
  logEnd: LogOffset = logOffset(0);
  queueOffset: QueueOffset = queueOffset(0);
  storeTimestamp = 0;
  /** Where the value of `UNIQ_KEY` lies; start = end when there is none. Valid until `commit`. */
  uniqueKey: Buffer = EMPTY;
  uniqueKeyStart = 0;
  uniqueKeyEnd = 0;
  /** False: the sender asked, by `WAIT=false`, not to wait for disks or replicas. */
  waits = true;
}
