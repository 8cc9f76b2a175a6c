/** What clients say about themselves, and what brokers tell about clients. */
import {
  type BodyOf,
  beanTableOf,
  body,
  bool,
  listOf,
  maybe,
  oneOf,
  real,
  tableOf,
  text,
  whole,
} from '../body.ts';
import {
  consumeFromWheres,
  consumeTypes,
  messageModels,
  messageQueue,
  subscriptionData,
} from './blocks.ts';

export const consumerData = body({
  consumeFromWhere: consumeFromWheres,
  consumeType: consumeTypes,
  groupName: text,
  messageModel: messageModels,
  subscriptionDataSet: listOf(subscriptionData),
  unitMode: bool,
});
export type ConsumerData = BodyOf<typeof consumerData>;

/** With a fingerprint and `withoutSub` the subscriptions are those of the last full one. */
export const heartbeatData = body({
  clientID: text,
  consumerDataSet: listOf(consumerData),
  heartbeatFingerprint: whole,
  producerDataSet: listOf(body({ groupName: text })),
  withoutSub: bool,
});
export type HeartbeatData = BodyOf<typeof heartbeatData>;

/** Also the request to unlock. */
export const lockRequest = body({
  clientId: text,
  consumerGroup: text,
  mqSet: listOf(messageQueue),
  onlyThisBroker: bool,
});
export type LockRequest = BodyOf<typeof lockRequest>;

export const lockAnswer = body({ lockOKMQSet: listOf(messageQueue) });
export type LockAnswer = BodyOf<typeof lockAnswer>;

export const checkClientRequest = body({
  clientId: text,
  group: text,
  namespace: maybe(text),
  subscriptionData: maybe(subscriptionData),
});
export type CheckClientRequest = BodyOf<typeof checkClientRequest>;

export const assignmentRequest = body({
  clientId: text,
  consumerGroup: text,
  messageModel: messageModels,
  strategyName: text,
  topic: text,
});
export type AssignmentRequest = BodyOf<typeof assignmentRequest>;

export const requestModes = oneOf(['PULL', 'POP']);

/** No list: keep what you have. An empty list: drop all. */
export const assignmentAnswer = body({
  messageQueueAssignments: maybe(listOf(body({ messageQueue, mode: requestModes }))),
});
export type AssignmentAnswer = BodyOf<typeof assignmentAnswer>;

export const requestModeSetting = body({
  consumerGroup: text,
  mode: requestModes,
  popShareQueueNum: whole,
  topic: text,
});
export type RequestModeSetting = BodyOf<typeof requestModeSetting>;

export const requestModeTable = body({
  messageRequestModeMap: tableOf(tableOf(requestModeSetting)),
});
export type RequestModeTable = BodyOf<typeof requestModeTable>;

export const consumerIdList = body({ consumerIdList: listOf(text) });
export type ConsumerIdList = BodyOf<typeof consumerIdList>;

export const connection = body({
  clientAddr: text,
  clientId: text,
  /** A `LanguageName`. */
  language: text,
  version: whole,
});
export type ConnectionInfo = BodyOf<typeof connection>;

export const consumerConnection = body({
  connectionSet: listOf(connection),
  consumeFromWhere: maybe(consumeFromWheres),
  consumeType: maybe(consumeTypes),
  messageModel: maybe(oneOf(['BROADCASTING', 'CLUSTERING'])),
  subscriptionTable: tableOf(subscriptionData),
});
export type ConsumerConnection = BodyOf<typeof consumerConnection>;

export const producerConnection = body({ connectionSet: listOf(connection) });
export type ProducerConnection = BodyOf<typeof producerConnection>;

export const producerTable = body({
  data: tableOf(
    listOf(
      body({
        clientId: text,
        language: text,
        lastUpdateTimestamp: whole,
        remoteIP: text,
        version: whole,
      }),
    ),
  ),
});
export type ProducerTable = BodyOf<typeof producerTable>;

export const consumeResult = body({
  autoCommit: bool,
  consumeResult: oneOf([
    'CR_SUCCESS',
    'CR_LATER',
    'CR_ROLLBACK',
    'CR_COMMIT',
    'CR_THROW_EXCEPTION',
    'CR_RETURN_NULL',
  ]),
  order: bool,
  remark: maybe(text),
  spentTimeMills: whole,
});
export type ConsumeResult = BodyOf<typeof consumeResult>;

const processQueue = body({
  cachedMsgCount: whole,
  cachedMsgMaxOffset: whole,
  cachedMsgMinOffset: whole,
  cachedMsgSizeInMiB: whole,
  commitOffset: whole,
  droped: bool,
  lastConsumeTimestamp: whole,
  lastLockTimestamp: whole,
  lastPullTimestamp: whole,
  locked: bool,
  transactionMsgCount: whole,
  transactionMsgMaxOffset: whole,
  transactionMsgMinOffset: whole,
  tryUnlockTimes: whole,
});

/** Tools need its keys as objects: encode `legacy`. */
export const consumerRunningInfo = body({
  jstack: maybe(text),
  mqPopTable: beanTableOf(
    messageQueue,
    body({ droped: bool, lastPopTimestamp: whole, waitAckCount: whole }),
  ),
  mqTable: beanTableOf(messageQueue, processQueue),
  properties: tableOf(text),
  statusTable: tableOf(
    body({
      consumeFailedMsgs: whole,
      consumeFailedTPS: real,
      consumeOKTPS: real,
      consumeRT: real,
      pullRT: real,
      pullTPS: real,
    }),
  ),
  subscriptionSet: listOf(subscriptionData),
  userConsumerInfo: tableOf(text),
});
export type ConsumerRunningInfo = BodyOf<typeof consumerRunningInfo>;
