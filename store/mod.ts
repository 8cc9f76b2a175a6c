/** RocketMQ's disk format: the log of all messages, queues and index derived from it. */
export { Append, Appended, type AppendStatus } from './append.ts';
export type { ConsumeQueue } from './consume-queue.ts';
export type { DiskLevels } from './disk-guard.ts';
export { EntryRun } from './entry-run.ts';
export type { FlushMode } from './flusher.ts';
export type { LentBytes } from './lent-bytes.ts';
export type { KeyQuery } from './message-index.ts';
export {
  type ConfirmPolicy,
  MessageStore,
  STAGED_BYTES_MAX,
  type StoreFacts,
  type Watermarks,
} from './message-store.ts';
export type { StoreObserver } from './observers.ts';
export { type LogOffset, type QueueOffset, queueOffset } from './offsets.ts';
export type { StoreRuntime } from './opening.ts';
export { PropertyNames } from './property-names.ts';
export { QueueQuery, QueueRead, type ReadLimits, type ReadStatus } from './reading.ts';
export type { StoreError, StoreErrorCode } from './store-error.ts';
export { defaultStoreOptions, type StoreOptions } from './store-options.ts';
export type { StoredTopic } from './stored-topic.ts';
export type { Boundary } from './time-search.ts';
