/** What operators, and brokers among themselves, ask a broker as a whole. */
import { int, long, optional, text, topic } from '../fields.ts';
import { header } from '../header.ts';
import { nothing } from './addressed.ts';
import type { RequestTable } from './row.ts';

const servedBy = ['broker', 'fast'] as const;

const haAddresses = header({
  masterHaAddress: optional(text),
  masterFlushOffset: optional(long),
  masterAddress: optional(text),
});

/** Requests that carry all they say in their body, or nothing. */
const bare = { servedBy, request: nothing, response: nothing } as const;

export const operationRequests = {
  UPDATE_BROKER_CONFIG: {
    ...bare,
    code: 25,
    doc: 'Changes settings of the broker.',
    servedBy: ['broker', 'fast', 'container'],
    actions: ['update'],
  },
  GET_BROKER_CONFIG: {
    code: 26,
    doc: 'All settings of the broker.',
    servedBy: ['broker', 'fast', 'container'],
    actions: ['get'],
    request: nothing,
    response: header({ version: optional(text) }),
  },
  GET_BROKER_RUNTIME_INFO: {
    ...bare,
    code: 28,
    doc: 'Version, rates, sizes and offsets of the broker, for people and dashboards.',
    actions: ['get'],
  },
  GET_ALL_CONSUMER_OFFSET: {
    ...bare,
    code: 43,
    doc: 'The offsets of all groups, for replicas.',
    actions: ['get'],
  },
  GET_ALL_DELAY_OFFSET: {
    ...bare,
    code: 45,
    doc: 'How far each delay level has been delivered, for replicas.',
    actions: ['get'],
  },
  GET_TIMER_CHECK_POINT: {
    ...bare,
    code: 60,
    doc: 'How far the timer has come, for replicas.',
    actions: ['get'],
  },
  GET_TIMER_METRICS: {
    ...bare,
    code: 61,
    doc: 'How many messages wait in the timer by topic, for replicas.',
    actions: ['get'],
  },
  CLEAN_EXPIRED_CONSUMEQUEUE: {
    ...bare,
    code: 306,
    doc: 'Deletes consume queue files whose messages are gone.',
    actions: ['update'],
  },
  VIEW_BROKER_STATS_DATA: {
    code: 315,
    doc: 'One statistic of the last minute, hour and day.',
    servedBy,
    actions: ['get'],
    request: header({ statsName: text, statsKey: text }),
    response: nothing,
  },
  CLEAN_UNUSED_TOPIC: {
    ...bare,
    code: 316,
    doc: 'Deletes queues of topics that are no more.',
    actions: ['update'],
  },
  RESUME_CHECK_HALF_MESSAGE: {
    code: 323,
    doc: 'Makes the broker ask again how a transaction ended.',
    servedBy,
    actions: ['update'],
    request: header({ topic: optional(topic), msgId: optional(text) }),
    response: nothing,
  },
  DELETE_EXPIRED_COMMITLOG: {
    ...bare,
    code: 329,
    doc: 'Deletes commit log files that are past their time now.',
    actions: ['update'],
  },
  CHECK_ROCKSDB_CQ_WRITE_PROGRESS: {
    code: 354,
    doc: 'Compares the two kinds of consume queues while a store moves to the other.',
    servedBy,
    actions: ['get'],
    request: header({ topic, checkStoreTime: optional(long) }),
    response: nothing,
  },
  EXPORT_ROCKSDB_CONFIG_TO_JSON: {
    code: 355,
    doc: 'Writes settings kept in RocksDB to JSON files.',
    servedBy,
    actions: ['get'],
    request: header({ configType: text }),
    response: nothing,
  },
  GET_ALL_MESSAGE_REQUEST_MODE: {
    ...bare,
    code: 402,
    doc: 'Which groups pop which topics, for replicas.',
    actions: ['get'],
  },
  NOTIFY_MIN_BROKER_ID_CHANGE: {
    code: 905,
    doc: 'A name server tells the members of a broker group that their least id has changed.',
    servedBy,
    actions: ['update'],
    oneway: true,
    request: header({
      minBrokerId: optional(long),
      brokerName: optional(text),
      minBrokerAddr: optional(text),
      offlineBrokerAddr: optional(text),
      haBrokerAddr: optional(text),
    }),
    response: nothing,
  },
  EXCHANGE_BROKER_HA_INFO: {
    code: 906,
    doc: 'Master and slave tell each other where replication listens and how far it is.',
    servedBy,
    actions: ['update'],
    request: haAddresses,
    response: haAddresses,
  },
  GET_BROKER_HA_STATUS: {
    ...bare,
    code: 907,
    doc: 'The state of replication.',
    actions: ['get'],
  },
  RESET_MASTER_FLUSH_OFFSET: {
    code: 908,
    doc: 'Tells a slave from where to compare its log with the master.',
    servedBy,
    actions: ['update'],
    request: header({ masterFlushOffset: long }),
    response: nothing,
  },
  GET_BROKER_EPOCH_CACHE: {
    ...bare,
    code: 1007,
    doc: 'Where each master epoch begins in the log.',
    actions: ['get'],
  },
  NOTIFY_BROKER_ROLE_CHANGED: {
    code: 1008,
    doc: 'The controller tells the members of a group who is the master.',
    servedBy,
    actions: ['update'],
    oneway: true,
    request: header({
      masterAddress: optional(text),
      masterEpoch: optional(int),
      syncStateSetEpoch: optional(int),
      masterBrokerId: optional(long),
    }),
    response: nothing,
  },
  UPDATE_COLD_DATA_FLOW_CTR_CONFIG: {
    ...bare,
    code: 2001,
    doc: 'Limits how much old data groups may read.',
    actions: ['update'],
  },
  REMOVE_COLD_DATA_FLOW_CTR_CONFIG: {
    ...bare,
    code: 2002,
    doc: 'Lifts the limit of a group.',
    actions: ['update'],
  },
  GET_COLD_DATA_FLOW_CTR_INFO: {
    ...bare,
    code: 2003,
    doc: 'The limits on old data and what was read.',
    actions: ['get'],
  },
  SET_COMMITLOG_READ_MODE: {
    code: 2004,
    doc: 'Whether the system reads ahead in the commit log.',
    servedBy,
    actions: ['update'],
    request: header({ READ_AHEAD_MODE: int }),
    response: nothing,
  },
} as const satisfies RequestTable;

/** What a process that holds several brokers answers, besides its settings (25, 26). */
export const containerRequests = {
  ADD_BROKER: {
    code: 902,
    doc: 'Starts a broker in the container.',
    servedBy: ['container'],
    request: header({ configPath: optional(text) }),
    response: nothing,
  },
  REMOVE_BROKER: {
    code: 903,
    doc: 'Stops a broker of the container.',
    servedBy: ['container'],
    request: header({ brokerName: text, brokerClusterName: text, brokerId: long }),
    response: nothing,
  },
} as const satisfies RequestTable;
