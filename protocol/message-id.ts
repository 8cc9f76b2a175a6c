/**
 * The two ids of a message. The offset id says where it is stored: host, port and log offset, so
 * whoever has it can ask that broker. The unique key is made by the producer before it sends.
 */
import type { Clock, Random } from '../runtime/mod.ts';
import { Failure } from './failures.ts';
import { type Host, hostBytes, readHost, writeHost } from './host.ts';
import { readLong, writeLong } from './int64.ts';

/** Upper-case hexadecimal of the host and the log offset: 32 characters, 56 with IPv6. */
export function offsetMessageId(storeHost: Host, logOffset: number): string {
  const bytes = hostBytes(storeHost.address.length === 16);
  const id = Buffer.allocUnsafe(bytes + 8);
  writeHost(id, storeHost, 0);
  writeLong(id, logOffset, bytes);
  return id.toString('hex').toUpperCase();
}

export interface StoredAt {
  readonly storeHost: Host;
  readonly logOffset: number;
}

/** Any 32 or 56 hexadecimal digits read as one: a unique key looks the same. */
export function parseOffsetMessageId(id: string): StoredAt {
  if (!/^(?:[\da-fA-F]{32}|[\da-fA-F]{56})$/.test(id)) {
    throw new Failure(
      'InvalidParameter',
      `Cannot read message id "${id}": expected 32 or 56 hexadecimal digits`,
    );
  }
  const bytes = Buffer.from(id, 'hex');
  const host = hostBytes(bytes.length > 16);
  return { storeHost: readHost(bytes, 0, host), logOffset: readLong(bytes, host) };
}

export interface UniqueKeys {
  next(): string;
}

/**
 * Makes unique keys: address, 16 bits of process, 32 of this generator, milliseconds since the
 * month began, a counter. Receivers take them as opaque; tools read the time out of them.
 */
export function uniqueKeys(
  { clock, random }: { readonly clock: Pick<Clock, 'wallMs'>; readonly random: Random },
  address: Buffer,
): UniqueKeys {
  const prefix = Buffer.concat([address, random.bytes(6)])
    .toString('hex')
    .toUpperCase();
  let counter = 0;
  return {
    next() {
      const now = clock.wallMs();
      const sinceMonthMs = now - monthStartMs(now);
      counter = (counter + 1) & 0xffff;
      return prefix + hex(sinceMonthMs >>> 0, 8) + hex(counter, 4);
    },
  };
}

/** Java counts from the first of the month where the producer is; UTC keeps runs comparable. */
function monthStartMs(nowMs: number): number {
  const now = new Date(nowMs);
  return Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), 1);
}

function hex(value: number, digits: number): string {
  return value.toString(16).toUpperCase().padStart(digits, '0');
}
