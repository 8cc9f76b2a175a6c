/**
 * The store's options as the broker's settings have them. Those that may change while it runs are
 * looked up each time: the store keeps this object and reads it anew, and so sees a change.
 */
import type { Host } from '../protocol/mod.ts';
import { defaultStoreOptions, type StoreOptions } from '../store/mod.ts';
import type { BrokerConfig } from './config.ts';

/** `bodyBytesMax` is the store's to keep: a change is set there. */
export function storeOptions(config: BrokerConfig, storeHost: Host): StoreOptions {
  return {
    ...defaultStoreOptions,
    folder: config.storePathRootDir,
    commitLogFolder: config.storePathCommitLog,
    owner: { clusterName: config.brokerClusterName, brokerName: config.brokerName },
    storeHost,
    commitLogFileBytes: config.mappedFileSizeCommitLog,
    consumeQueueFileBytes: config.mappedFileSizeConsumeQueue,
    isIndexed: config.messageIndexEnable,
    indexSlots: config.maxHashSlotNum,
    indexEntries: config.maxIndexNum,
    bodyBytesMax: config.maxMessageSize,
    flushMode: config.flushDiskType,
    flushIntervalMs: config.flushIntervalCommitLog,
    cleanIntervalMs: config.cleanResourceInterval,
    get reservedHours() {
      return config.fileReservedTime;
    },
    get deleteHours() {
      return config.deleteWhen.split(';').map(Number);
    },
    get mayCleanForcibly() {
      return config.cleanFileForciblyEnable;
    },
    diskLevels: diskLevels(config),
    readLimits: readLimits(config),
  };
}

function diskLevels(config: BrokerConfig): StoreOptions['diskLevels'] {
  return {
    get cleanRatio() {
      return config.diskMaxUsedSpaceRatio / 100;
    },
    get cleanForciblyRatio() {
      return config.diskSpaceCleanForciblyRatio / 100;
    },
    get refuseRatio() {
      return config.diskSpaceWarningLevelRatio / 100;
    },
  };
}

function readLimits(config: BrokerConfig): StoreOptions['readLimits'] {
  return {
    ...defaultStoreOptions.readLimits,
    get bytesInMemory() {
      return config.maxTransferBytesOnMessageInMemory;
    },
    get messagesInMemory() {
      return config.maxTransferCountOnMessageInMemory;
    },
    get bytesOnDisk() {
      return config.maxTransferBytesOnMessageInDisk;
    },
    get messagesOnDisk() {
      return config.maxTransferCountOnMessageInDisk;
    },
  };
}
