/** Brokers as a whole: statistics, replication, users and access rules. */
import {
  type BodyOf,
  body,
  bool,
  codec,
  listOf,
  maybe,
  oneOf,
  real,
  tableOf,
  text,
  whole,
} from '../body.ts';
import { brokerMemberGroup } from './route.ts';

const statsItem = body({ avgpt: real, sum: whole, tps: real });

export const brokerStats = body({
  statsDay: statsItem,
  statsHour: statsItem,
  statsMinute: statsItem,
});
export type BrokerStats = BodyOf<typeof brokerStats>;

/** How replication stands: the first part on a slave, the second on a master. */
export const haRuntimeInfo = body({
  haClientRuntimeInfo: maybe(
    body({
      lastReadTimestamp: whole,
      lastWriteTimestamp: whole,
      masterAddr: maybe(text),
      masterFlushOffset: whole,
      maxOffset: whole,
      transferredByteInSecond: whole,
    }),
  ),
  haConnectionInfo: listOf(
    body({
      addr: maybe(text),
      diff: whole,
      inSync: bool,
      slaveAckOffset: whole,
      transferFromWhere: whole,
      transferredByteInSecond: whole,
    }),
  ),
  inSyncSlaveNums: whole,
  master: bool,
  masterCommitLogMaxOffset: whole,
});
export type HaRuntimeInfo = BodyOf<typeof haRuntimeInfo>;

/** Where each master epoch begins and ends in the log; the last one has no end. */
export const epochCache = body({
  brokerId: whole,
  brokerName: text,
  clusterName: text,
  epochList: listOf(body({ endOffset: whole, epoch: whole, startOffset: whole })),
  maxOffset: whole,
});
export type EpochCache = BodyOf<typeof epochCache>;

export const syncStateSet = body({ syncStateSet: listOf(whole), syncStateSetEpoch: whole });
export type SyncStateSet = BodyOf<typeof syncStateSet>;

export const electMasterAnswer = body({
  brokerMemberGroup: maybe(brokerMemberGroup),
  syncStateSet: maybe(listOf(whole)),
});
export type ElectMasterAnswer = BodyOf<typeof electMasterAnswer>;

const replica = body({
  alive: maybe(bool),
  brokerAddress: text,
  brokerId: whole,
  brokerName: text,
});

export const brokerReplicas = body({
  replicasInfoTable: tableOf(
    body({
      inSyncReplicas: listOf(replica),
      masterAddress: maybe(text),
      masterBrokerId: maybe(whole),
      masterEpoch: whole,
      notInSyncReplicas: listOf(replica),
      syncStateSetEpoch: whole,
    }),
  ),
});
export type BrokerReplicas = BodyOf<typeof brokerReplicas>;

/** The body of CONTROLLER_GET_SYNC_STATE_DATA. */
export const brokerNames = codec(listOf(text));

/** In updates, what is missing stays as it is. */
export const userInfo = body({
  password: maybe(text),
  userStatus: maybe(text),
  userType: maybe(text),
  username: maybe(text),
});
export type UserInfo = BodyOf<typeof userInfo>;
export const userList = codec(listOf(userInfo));

export const aclInfo = body({
  policies: maybe(
    listOf(
      body({
        entries: maybe(
          listOf(
            body({
              actions: maybe(listOf(text)),
              decision: maybe(text),
              resource: maybe(text),
              sourceIps: maybe(listOf(text)),
            }),
          ),
        ),
        policyType: maybe(oneOf(['Custom', 'Default'])),
      }),
    ),
  ),
  subject: maybe(text),
});
export type AclInfo = BodyOf<typeof aclInfo>;
export const aclList = codec(listOf(aclInfo));

export const rocksDbProgress = body({ checkResult: maybe(text), checkStatus: whole });
