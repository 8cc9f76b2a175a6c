/** The bits of flags on the wire and in records. */

/** A message's system flag. */
export const SYS_FLAG = {
  compressed: 0x1,
  multiTags: 0x2,
  /** Two bits: how the message stands in its transaction. */
  transactionMask: 0xc,
  transactionPrepared: 0x4,
  transactionCommit: 0x8,
  transactionRollback: 0xc,
  bornHostIpv6: 0x10,
  storeHostIpv6: 0x20,
  needsUnwrap: 0x40,
  innerBatch: 0x80,
  /** Three bits: with what the body is compressed; none of them is zlib too. */
  compressionMask: 0x700,
  compressionLz4: 0x100,
  compressionZstd: 0x200,
  compressionZlib: 0x300,
} as const;

/** The system flag of a pull request. */
export const PULL_FLAG = {
  /** `commitOffset` is to be stored. */
  commitOffset: 1,
  /** May wait for messages. */
  suspend: 2,
  /** The subscription is in the header, not that of the heartbeat. */
  subscription: 4,
  classFilter: 8,
  litePull: 16,
} as const;

/** What is allowed on a topic or broker. */
export const PERMISSION = { inherit: 1, write: 2, read: 4, priority: 8 } as const;
