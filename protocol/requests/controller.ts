/** What a controller answers: who is the master of a broker group, and which replicas are in sync. */
import { flag, int, long, optional, text } from '../fields.ts';
import { header } from '../header.ts';
import { nothing } from './addressed.ts';
import type { RequestTable } from './row.ts';

const servedBy = ['controller'] as const;
const named = { clusterName: optional(text), brokerName: optional(text) };

const master = {
  masterBrokerId: optional(long),
  masterAddress: optional(text),
  masterEpoch: optional(int),
};

export const controllerRequests = {
  BROKER_HEARTBEAT: {
    code: 904,
    doc: 'Keeps a broker alive and tells how far its log is.',
    servedBy,
    oneway: true,
    request: header({
      clusterName: text,
      brokerAddr: text,
      brokerName: text,
      brokerId: optional(long),
      epoch: optional(int),
      maxOffset: optional(long),
      confirmOffset: optional(long),
      heartbeatTimeoutMills: optional(long),
      electionPriority: optional(int),
    }),
    response: nothing,
  },
  CONTROLLER_ALTER_SYNC_STATE_SET: {
    code: 1001,
    doc: 'A master changes the set of replicas that are in sync.',
    servedBy,
    request: header({
      brokerName: optional(text),
      masterBrokerId: optional(long),
      masterEpoch: optional(int),
      invokeTime: optional(long),
    }),
    response: header({ newSyncStateSetEpoch: optional(int) }),
  },
  CONTROLLER_ELECT_MASTER: {
    code: 1002,
    doc: 'Elects the master of a group, a given broker when it says so.',
    servedBy,
    request: header({
      clusterName: text,
      brokerName: text,
      brokerId: optional(long),
      designateElect: optional(flag),
      invokeTime: optional(long),
    }),
    response: header({ ...master, syncStateSetEpoch: optional(int) }),
  },
  CONTROLLER_REGISTER_BROKER: {
    code: 1003,
    doc: 'A broker tells its address and learns who is the master.',
    servedBy,
    request: header({
      ...named,
      brokerId: optional(long),
      brokerAddress: optional(text),
      invokeTime: optional(long),
    }),
    response: header({ ...named, ...master, syncStateSetEpoch: optional(int) }),
  },
  CONTROLLER_GET_REPLICA_INFO: {
    code: 1004,
    doc: 'The master of a group and the replicas in sync.',
    servedBy,
    request: header({ brokerName: optional(text) }),
    response: header(master),
  },
  CONTROLLER_GET_METADATA_INFO: {
    code: 1005,
    doc: 'Who leads the controllers; any of them answers.',
    servedBy,
    request: nothing,
    response: header({
      group: optional(text),
      controllerLeaderId: optional(text),
      controllerLeaderAddress: optional(text),
      isLeader: optional(flag),
      peers: optional(text),
    }),
  },
  CONTROLLER_GET_SYNC_STATE_DATA: {
    code: 1006,
    doc: 'The replicas of several groups, in sync and not.',
    servedBy,
    request: nothing,
    response: nothing,
  },
  UPDATE_CONTROLLER_CONFIG: {
    code: 1009,
    doc: 'Changes settings of the controller.',
    servedBy,
    request: nothing,
    response: nothing,
  },
  GET_CONTROLLER_CONFIG: {
    code: 1010,
    doc: 'All settings of the controller.',
    servedBy,
    request: nothing,
    response: nothing,
  },
  CLEAN_BROKER_DATA: {
    code: 1011,
    doc: 'Forgets brokers of a group, or the whole group.',
    servedBy,
    request: header({
      clusterName: optional(text),
      brokerName: text,
      brokerControllerIdsToClean: optional(text),
      isCleanLivingBroker: optional(flag),
      invokeTime: optional(long),
    }),
    response: nothing,
  },
  CONTROLLER_GET_NEXT_BROKER_ID: {
    code: 1012,
    doc: 'The next free broker id of a group.',
    servedBy,
    request: header(named),
    response: header({ ...named, nextBrokerId: optional(long) }),
  },
  CONTROLLER_APPLY_BROKER_ID: {
    code: 1013,
    doc: 'A new broker takes an id.',
    servedBy,
    request: header({
      ...named,
      appliedBrokerId: optional(long),
      registerCheckCode: optional(text),
    }),
    response: header(named),
  },
} as const satisfies RequestTable;
