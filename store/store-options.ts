/** How a store is kept. Names follow our style; the broker maps RocketMQ's keys to them. */
import type { Host } from '../protocol/mod.ts';
import type { DiskLevels } from './disk-guard.ts';
import { ENTRY_BYTES } from './entry-run.ts';
import type { FlushMode } from './flusher.ts';
import type { StoreOwner } from './owner.ts';
import type { ReadLimits } from './reading.ts';
import { StoreError } from './store-error.ts';

export interface StoreOptions {
  /** The store's root folder. */
  readonly folder: string;
  /** The log's folder; by default `commitlog` in the root. */
  readonly commitLogFolder?: string;
  /** Whose store it is to be; whoever opens it, when left out. */
  readonly owner?: StoreOwner;
  /** The broker's address, as records name it. */
  readonly storeHost: Host;
  readonly commitLogFileBytes: number;
  readonly consumeQueueFileBytes: number;
  readonly isIndexed: boolean;
  readonly indexSlots: number;
  readonly indexEntries: number;
  readonly bodyBytesMax: number;
  readonly flushMode: FlushMode;
  readonly flushIntervalMs: number;
  /** How often queues and index are made durable, which bounds the scan after a crash. */
  readonly checkpointIntervalMs: number;
  readonly cleanIntervalMs: number;
  readonly reservedHours: number;
  readonly deleteHours: readonly number[];
  readonly mayCleanForcibly: boolean;
  readonly diskLevels: DiskLevels;
  readonly readLimits: ReadLimits;
  /** Memory for the end of the log. */
  readonly tailBytes: number;
  /** Memory for the newest entries of all queues. */
  readonly queueMemoryBytes: number;
  /** Messages that may wait for confirmation. */
  readonly pendingMax: number;
  readonly openFilesMax: number;
  readonly delayLevelsMs: readonly number[];
}

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** RocketMQ's defaults but for the flush interval, which is shorter. */
export const defaultStoreOptions: Omit<StoreOptions, 'folder' | 'storeHost'> = {
  commitLogFileBytes: 1024 ** 3,
  consumeQueueFileBytes: 6_000_000,
  isIndexed: true,
  indexSlots: 5_000_000,
  indexEntries: 20_000_000,
  bodyBytesMax: 4 * 1024 * 1024,
  flushMode: 'ASYNC_FLUSH',
  flushIntervalMs: 10,
  checkpointIntervalMs: 10 * SECOND,
  cleanIntervalMs: 10 * SECOND,
  reservedHours: 72,
  deleteHours: [4],
  mayCleanForcibly: true,
  diskLevels: { cleanRatio: 0.75, cleanForciblyRatio: 0.85, refuseRatio: 0.9 },
  readLimits: {
    bytesInMemory: 262_144,
    messagesInMemory: 32,
    bytesOnDisk: 65_536,
    messagesOnDisk: 8,
    memoryBytes: 1024 ** 3,
    filterBytes: 16_000,
  },
  tailBytes: 32 * 1024 * 1024,
  queueMemoryBytes: 16 * 1024 * 1024,
  pendingMax: 1 << 20,
  openFilesMax: 256,
  delayLevelsMs: [
    SECOND,
    5 * SECOND,
    10 * SECOND,
    30 * SECOND,
    ...[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 20, 30].map((minutes) => minutes * MINUTE),
    HOUR,
    2 * HOUR,
  ],
};

/** A tail must hold what one turn appends and what readers are at. */
const TAIL_BYTES_MIN = 16 * 1024 * 1024;
/** The smallest log file that a useful record fits into. */
const COMMIT_LOG_FILE_BYTES_MIN = 4096;

export function requireSound(options: StoreOptions): void {
  const { commitLogFileBytes, consumeQueueFileBytes, openFilesMax, storeHost, tailBytes } = options;
  const wrong = [
    commitLogFileBytes < COMMIT_LOG_FILE_BYTES_MIN &&
      `commitLogFileBytes is ${commitLogFileBytes}, expected at least ${COMMIT_LOG_FILE_BYTES_MIN}`,
    consumeQueueFileBytes % ENTRY_BYTES !== 0 &&
      `consumeQueueFileBytes is ${consumeQueueFileBytes}, expected a multiple of ${ENTRY_BYTES}`,
    tailBytes < TAIL_BYTES_MIN && `tailBytes is ${tailBytes}, expected at least ${TAIL_BYTES_MIN}`,
    openFilesMax < 16 && `openFilesMax is ${openFilesMax}, expected at least 16`,
    storeHost.address.length !== 4 &&
      storeHost.address.length !== 16 &&
      `storeHost has ${storeHost.address.length} bytes, expected 4 or 16`,
  ].filter((problem) => problem !== false);
  if (wrong.length > 0) {
    throw new StoreError('BadOption', `Cannot open ${options.folder}: ${wrong.join('; ')}`);
  }
}
