export { AssertionError, assert, unreachable } from './assert.ts';
export { type Clock, sleep, type Timer } from './clock.ts';
export {
  type Disk,
  DiskError,
  type DiskErrorCode,
  type DiskSpace,
  type FolderEntry,
  type FolderLock,
  type OpenFile,
} from './disk.ts';
export { readText, replaceFile } from './durable-file.ts';
export { makeDurableFolder } from './durable-folder.ts';
export type { Facts, Log } from './log.ts';
export {
  type Address,
  type Connection,
  type ConnectionEvents,
  formatAddress,
  type Listener,
  type Network,
  NetworkError,
  type NetworkErrorCode,
  parseAddress,
} from './network.ts';
export { type Random, uuid } from './random.ts';
export type { Runtime } from './runtime.ts';
