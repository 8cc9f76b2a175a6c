/** What a name server answers. */
import { flag, int, long, optional, text, topic } from '../fields.ts';
import { header } from '../header.ts';
import { nothing, topicAddressed } from './addressed.ts';
import type { RequestTable } from './row.ts';

const servedBy = ['nameserver'] as const;

/** Who a broker is. */
const broker = { brokerName: text, brokerAddr: text, clusterName: text, brokerId: long };
const kvKey = { namespace: text, key: text };

export const nameServerRequests = {
  PUT_KV_CONFIG: {
    code: 100,
    doc: 'Stores a value under a namespace and a key.',
    servedBy,
    request: header({ ...kvKey, value: text }),
    response: nothing,
  },
  GET_KV_CONFIG: {
    code: 101,
    doc: 'The value under a namespace and a key.',
    servedBy,
    request: header(kvKey),
    response: header({ value: optional(text) }),
  },
  DELETE_KV_CONFIG: {
    code: 102,
    doc: 'Removes a key of a namespace; fine when it is missing.',
    servedBy,
    request: header(kvKey),
    response: nothing,
  },
  REGISTER_BROKER: {
    code: 103,
    doc: 'Tells who a broker is and which topics it has; keeps it alive.',
    servedBy,
    request: header({
      ...broker,
      haServerAddr: text,
      heartbeatTimeoutMillis: optional(long),
      enableActingMaster: optional(flag),
      compressed: optional(flag),
      bodyCrc32: optional(int),
      __ZONE_NAME: optional(text),
    }),
    response: header({ haServerAddr: optional(text), masterAddr: optional(text) }),
  },
  UNREGISTER_BROKER: {
    code: 104,
    doc: 'Takes a broker out of all routes.',
    servedBy,
    request: header(broker),
    response: nothing,
  },
  GET_ROUTEINFO_BY_TOPIC: {
    code: 105,
    doc: 'The brokers and queues of a topic.',
    servedBy: ['nameserver', 'proxy'],
    actions: ['pub', 'sub', 'get'],
    request: header({
      topic,
      acceptStandardJsonOnly: optional(flag),
      ...topicAddressed,
      __ZONE_NAME: optional(text),
      __ZONE_MODE: optional(flag),
    }),
    response: nothing,
  },
  GET_BROKER_CLUSTER_INFO: {
    code: 106,
    doc: 'All brokers by cluster and name.',
    servedBy,
    request: nothing,
    response: nothing,
  },
  WIPE_WRITE_PERM_OF_BROKER: {
    code: 205,
    doc: 'Makes every topic of a broker read-only in routes, until it registers anew.',
    servedBy,
    request: header({ brokerName: text }),
    response: header({ wipeTopicCount: int }),
  },
  GET_ALL_TOPIC_LIST_FROM_NAMESERVER: {
    code: 206,
    doc: 'The names of all topics.',
    servedBy,
    request: nothing,
    response: nothing,
  },
  DELETE_TOPIC_IN_NAMESRV: {
    code: 216,
    doc: 'Takes a topic out of the routes, of one cluster or of all.',
    servedBy,
    request: header({ topic, clusterName: optional(text), ...topicAddressed }),
    response: nothing,
  },
  REGISTER_TOPIC_IN_NAMESRV: {
    code: 217,
    doc: 'Adds one topic of registered brokers to the routes.',
    servedBy,
    request: header({ topic, ...topicAddressed }),
    response: nothing,
  },
  GET_KVLIST_BY_NAMESPACE: {
    code: 219,
    doc: 'All keys and values of a namespace.',
    servedBy,
    request: header({ namespace: text }),
    response: nothing,
  },
  GET_TOPICS_BY_CLUSTER: {
    code: 224,
    doc: 'The names of the topics of a cluster.',
    servedBy,
    request: header({ cluster: text }),
    response: nothing,
  },
  GET_SYSTEM_TOPIC_LIST_FROM_NS: {
    code: 304,
    doc: 'Cluster names, broker names, and one broker to ask for its system topics.',
    servedBy,
    request: nothing,
    response: nothing,
  },
  GET_UNIT_TOPIC_LIST: {
    code: 311,
    doc: 'Topics marked as of a unit.',
    servedBy,
    request: nothing,
    response: nothing,
  },
  GET_HAS_UNIT_SUB_TOPIC_LIST: {
    code: 312,
    doc: 'Topics with a subscription of a unit.',
    servedBy,
    request: nothing,
    response: nothing,
  },
  GET_HAS_UNIT_SUB_UNUNIT_TOPIC_LIST: {
    code: 313,
    doc: 'Topics with a subscription of a unit that are of none themselves.',
    servedBy,
    request: nothing,
    response: nothing,
  },
  UPDATE_NAMESRV_CONFIG: {
    code: 318,
    doc: 'Changes settings of the name server.',
    servedBy,
    request: nothing,
    response: nothing,
  },
  GET_NAMESRV_CONFIG: {
    code: 319,
    doc: 'All settings of the name server.',
    servedBy,
    request: nothing,
    response: nothing,
  },
  QUERY_DATA_VERSION: {
    code: 322,
    doc: 'Asks whether the topics of a broker are known in this version; keeps it alive.',
    servedBy,
    request: header(broker),
    response: header({ changed: optional(flag) }),
  },
  ADD_WRITE_PERM_OF_BROKER: {
    code: 327,
    doc: 'Makes every topic of a broker readable and writable in routes.',
    servedBy,
    request: header({ brokerName: text }),
    response: header({ addTopicCount: int }),
  },
  GET_BROKER_MEMBER_GROUP: {
    code: 901,
    doc: 'The addresses of the brokers of one name.',
    servedBy,
    request: header({ clusterName: text, brokerName: text }),
    response: nothing,
  },
  BROKER_HEARTBEAT: {
    code: 904,
    doc: 'Keeps a broker alive; nothing happens for an unknown one.',
    servedBy,
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
} as const satisfies RequestTable;
