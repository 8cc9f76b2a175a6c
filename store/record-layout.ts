/** What `RECORD` of the protocol leaves to its reader: where things lie when hosts are IPv6. */
import { hostBytes, RECORD, SYS_FLAG } from '../protocol/mod.ts';

/** Behind the hosts: reconsumeTimes, preparedTransactionOffset, bodyLength. */
export const BEFORE_BODY_BYTES = 16;
export const TOPIC_BYTES_MAX = 255;
/** Longer topics need the second version of the record. */
export const TOPIC_BYTES_MAX_V1 = 127;
/** What a record may have besides its body: topic, properties, fixed fields. */
export const BESIDES_BODY_BYTES_MAX = 65_536;

/** Where the store timestamp lies, from the start of the record. */
export function storeTimestampAt(sysFlag: number): number {
  return RECORD.bornHost + hostBytes((sysFlag & SYS_FLAG.bornHostIpv6) !== 0);
}

/** Where the body lies, from the start of the record. */
export function bodyAt(sysFlag: number): number {
  const storeHostBytes = hostBytes((sysFlag & SYS_FLAG.storeHostIpv6) !== 0);
  return storeTimestampAt(sysFlag) + 8 + storeHostBytes + BEFORE_BODY_BYTES;
}

/** Prepared and rolled back halves of transactions have no place in a queue. */
export function hasQueuePlace(sysFlag: number): boolean {
  const transaction = sysFlag & SYS_FLAG.transactionMask;
  return (
    transaction !== SYS_FLAG.transactionPrepared && transaction !== SYS_FLAG.transactionRollback
  );
}

export function isRolledBack(sysFlag: number): boolean {
  return (sysFlag & SYS_FLAG.transactionMask) === SYS_FLAG.transactionRollback;
}
