/** `broker.conf` of a group: what the typed fields of a BrokerSet mean to a broker. */
import { type BrokerSet, clusterName } from '../api/broker-set.ts';
import { BROKER_STORE } from './folders.ts';
import { PERMISSIONS, type WriteAccess } from './write-access.ts';

interface GroupFacts {
  readonly group: string;
  readonly nameServers: readonly string[];
  /** `Open` when left out. */
  readonly access?: WriteAccess | undefined;
}

/**
 * `config` cannot collide with the rendered keys: the reserved ones are refused before. With one
 * broker in a group every durability is the same, and the broker needs no replication keys.
 */
export function brokerProperties(
  brokerSet: BrokerSet,
  { group, nameServers, access = 'Open' }: GroupFacts,
): Record<string, string> {
  const { spec } = brokerSet;
  const permission = PERMISSIONS[access];
  return {
    ...spec.config,
    ...(permission !== undefined && { brokerPermission: permission }),
    brokerClusterName: clusterName(brokerSet),
    brokerName: group,
    namesrvAddr: nameServers.join(';'),
    storePathRootDir: BROKER_STORE,
    flushDiskType: spec.flush === 'Sync' ? 'SYNC_FLUSH' : 'ASYNC_FLUSH',
    fileReservedTime: String(spec.retentionHours),
    diskMaxUsedSpaceRatio: String(spec.diskWatermarks.cleanAt),
    diskSpaceCleanForciblyRatio: String(spec.diskWatermarks.forceCleanAt),
    diskSpaceWarningLevelRatio: String(spec.diskWatermarks.rejectAt),
  };
}
