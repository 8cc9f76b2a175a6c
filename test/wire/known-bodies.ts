/** Which bodies requests and their answers have, of those that are JSON. */
import * as bodies from '../../protocol/bodies/mod.ts';

/** A codec whatever its value is: read it and write it again. */
export interface AnyBody {
  decode(bytes: Buffer): unknown;
  encode(value: never, form?: 'legacy' | 'strict'): Buffer;
}

export const requestBodies: Readonly<Record<string, AnyBody>> = {
  REGISTER_BROKER: bodies.registration,
  QUERY_DATA_VERSION: bodies.dataVersion,
  HEART_BEAT: bodies.heartbeatData,
  CHECK_CLIENT_CONFIG: bodies.checkClientRequest,
  LOCK_BATCH_MQ: bodies.lockRequest,
  UNLOCK_BATCH_MQ: bodies.lockRequest,
  QUERY_ASSIGNMENT: bodies.assignmentRequest,
  SET_MESSAGE_REQUEST_MODE: bodies.requestModeSetting,
  UPDATE_AND_CREATE_SUBSCRIPTIONGROUP: bodies.subscriptionGroupConfig,
  UPDATE_AND_CREATE_STATIC_TOPIC: bodies.topicQueueMappingDetail,
  NOTIFY_BROKER_ROLE_CHANGED: bodies.syncStateSet,
  CONTROLLER_ALTER_SYNC_STATE_SET: bodies.syncStateSet,
  CONTROLLER_GET_SYNC_STATE_DATA: bodies.brokerNames,
  AUTH_CREATE_USER: bodies.userInfo,
  AUTH_UPDATE_USER: bodies.userInfo,
  AUTH_CREATE_ACL: bodies.aclInfo,
  AUTH_UPDATE_ACL: bodies.aclInfo,
};

export const answerBodies: Readonly<Record<string, AnyBody>> = {
  REGISTER_BROKER: bodies.kvTable,
  GET_ROUTEINFO_BY_TOPIC: bodies.topicRouteData,
  GET_BROKER_CLUSTER_INFO: bodies.clusterInfo,
  GET_ALL_TOPIC_LIST_FROM_NAMESERVER: bodies.topicList,
  GET_BROKER_MEMBER_GROUP: bodies.brokerMemberGroupAnswer,
  QUERY_DATA_VERSION: bodies.dataVersion,
  GET_CONSUMER_LIST_BY_GROUP: bodies.consumerIdList,
  LOCK_BATCH_MQ: bodies.lockAnswer,
  QUERY_ASSIGNMENT: bodies.assignmentAnswer,
  GET_ALL_TOPIC_CONFIG: bodies.topicConfigTable,
  GET_TOPIC_CONFIG: bodies.topicConfigAndQueueMapping,
  GET_TOPIC_STATS_INFO: bodies.topicStatsTable,
  GET_SYSTEM_TOPIC_LIST_FROM_BROKER: bodies.topicList,
  QUERY_TOPIC_CONSUME_BY_WHO: bodies.groupList,
  QUERY_CONSUME_QUEUE: bodies.consumeQueueAnswer,
  GET_ALL_SUBSCRIPTIONGROUP_CONFIG: bodies.subscriptionGroupTable,
  GET_SUBSCRIPTIONGROUP_CONFIG: bodies.subscriptionGroupConfig,
  GET_CONSUMER_CONNECTION_LIST: bodies.consumerConnection,
  GET_PRODUCER_CONNECTION_LIST: bodies.producerConnection,
  GET_ALL_PRODUCER_INFO: bodies.producerTable,
  GET_CONSUME_STATS: bodies.consumeStats,
  GET_BROKER_CONSUME_STATS: bodies.consumeStatsList,
  INVOKE_BROKER_TO_RESET_OFFSET: bodies.resetOffsets,
  GET_CONSUMER_RUNNING_INFO: bodies.consumerRunningInfo,
  GET_BROKER_RUNTIME_INFO: bodies.kvTable,
  VIEW_BROKER_STATS_DATA: bodies.brokerStats,
  GET_ALL_CONSUMER_OFFSET: bodies.consumerOffsetTable,
  GET_ALL_DELAY_OFFSET: bodies.delayOffsetTable,
  GET_ALL_MESSAGE_REQUEST_MODE: bodies.requestModeTable,
  GET_TIMER_METRICS: bodies.timerMetrics,
  GET_BROKER_HA_STATUS: bodies.haRuntimeInfo,
  GET_BROKER_EPOCH_CACHE: bodies.epochCache,
  CONTROLLER_ALTER_SYNC_STATE_SET: bodies.syncStateSet,
  CONTROLLER_ELECT_MASTER: bodies.electMasterAnswer,
  CONTROLLER_REGISTER_BROKER: bodies.syncStateSet,
  CONTROLLER_GET_REPLICA_INFO: bodies.syncStateSet,
  CONTROLLER_GET_SYNC_STATE_DATA: bodies.brokerReplicas,
  AUTH_GET_USER: bodies.userInfo,
  AUTH_LIST_USER: bodies.userList,
  AUTH_GET_ACL: bodies.aclInfo,
  AUTH_LIST_ACL: bodies.aclList,
};

/** Requests whose body, or whose answer's body, is stored messages back to back. */
export const recordBodies: ReadonlySet<string> = new Set([
  'PULL_MESSAGE',
  'LITE_PULL_MESSAGE',
  'POP_MESSAGE',
  'QUERY_MESSAGE',
  'VIEW_MESSAGE_BY_ID',
  'CHECK_TRANSACTION_STATE',
]);

/** Bodies that are neither: what the user sent, settings as properties, positions of the timer. */
export const plainBodies: ReadonlySet<string> = new Set([
  'SEND_MESSAGE_V2',
  'SEND_REPLY_MESSAGE_V2',
  'PUSH_REPLY_MESSAGE_TO_CLIENT',
  'UPDATE_BROKER_CONFIG',
  'GET_BROKER_CONFIG',
  'UPDATE_NAMESRV_CONFIG',
  'GET_NAMESRV_CONFIG',
  'UPDATE_CONTROLLER_CONFIG',
  'GET_CONTROLLER_CONFIG',
  'GET_TIMER_CHECK_POINT',
  'GET_COLD_DATA_FLOW_CTR_INFO',
]);
