/** What producers and consumers ask a broker: sending, pulling, looking up messages. */
import { flag, group, int, keyed, long, optional, text, topic } from '../fields.ts';
import { header } from '../header.ts';
import { addressed, nothing, topicAddressed } from './addressed.ts';
import type { RequestTable } from './row.ts';

/** Every broker port, and the proxy by forwarding. */
const anywhere = ['broker', 'fast', 'proxy'] as const;
const pulling = ['broker', 'proxy'] as const;

/** A producer's group is no resource: whoever may publish to the topic may send. */
const message = {
  producerGroup: text,
  topic,
  defaultTopic: text,
  defaultTopicQueueNums: int,
  queueId: int,
  sysFlag: int,
  bornTimestamp: long,
  flag: int,
  properties: optional(text),
  reconsumeTimes: optional(int),
  unitMode: optional(flag),
  maxReconsumeTimes: optional(int),
  batch: optional(flag),
};

const sendV1 = header({ ...message, ...topicAddressed });

/** The same in one-letter keys. */
const sendV2 = header({
  producerGroup: keyed('a', message.producerGroup),
  topic: keyed('b', message.topic),
  defaultTopic: keyed('c', message.defaultTopic),
  defaultTopicQueueNums: keyed('d', message.defaultTopicQueueNums),
  queueId: keyed('e', message.queueId),
  sysFlag: keyed('f', message.sysFlag),
  bornTimestamp: keyed('g', message.bornTimestamp),
  flag: keyed('h', message.flag),
  properties: keyed('i', message.properties),
  reconsumeTimes: keyed('j', message.reconsumeTimes),
  unitMode: keyed('k', message.unitMode),
  maxReconsumeTimes: keyed('l', message.maxReconsumeTimes),
  batch: keyed('m', message.batch),
  ...topicAddressed,
  bname: keyed('n', optional(text)),
});

/** The client needs the first three, whenever the message was stored. */
const sent = header({
  msgId: text,
  queueId: int,
  queueOffset: long,
  transactionId: optional(text),
  batchUniqId: optional(text),
  recallHandle: optional(text),
  MSG_REGION: optional(text),
  TRACE_ON: optional(text),
});

const pull = header({
  consumerGroup: group,
  topic,
  queueId: int,
  queueOffset: long,
  maxMsgNums: int,
  sysFlag: int,
  commitOffset: long,
  suspendTimeoutMillis: long,
  subscription: optional(text),
  subVersion: long,
  expressionType: optional(text),
  maxMsgBytes: optional(int),
  requestSource: optional(int),
  proxyFrowardClientId: optional(text),
  ...topicAddressed,
});

/** The client needs the first four, whether or not there are messages. */
const pulled = header({
  suggestWhichBrokerId: long,
  nextBeginOffset: long,
  minOffset: long,
  maxOffset: long,
  offsetDelta: optional(long),
  topicSysFlag: optional(int),
  groupSysFlag: optional(int),
  forbiddenType: optional(int),
});

export const messagingRequests = {
  SEND_MESSAGE: {
    code: 10,
    doc: 'Stores one message.',
    servedBy: anywhere,
    actions: ['pub'],
    request: sendV1,
    response: sent,
  },
  PULL_MESSAGE: {
    code: 11,
    doc: 'Reads messages of one queue; may wait until there are some.',
    servedBy: pulling,
    actions: ['sub'],
    request: pull,
    response: pulled,
  },
  QUERY_MESSAGE: {
    code: 12,
    doc: 'Finds messages by a key or by their unique key.',
    servedBy: ['broker', 'fast'],
    actions: ['sub', 'get'],
    request: header({
      topic,
      key: text,
      maxNum: int,
      beginTimestamp: long,
      endTimestamp: long,
      _UNIQUE_KEY_QUERY: optional(flag),
      ...topicAddressed,
    }),
    response: header({ indexLastUpdateTimestamp: long, indexLastUpdatePhyoffset: long }),
  },
  VIEW_MESSAGE_BY_ID: {
    code: 33,
    doc: 'The one message at an offset of the commit log.',
    servedBy: ['broker', 'fast'],
    actions: ['sub', 'get'],
    request: header({ topic: optional(topic), offset: long }),
    response: nothing,
  },
  CONSUMER_SEND_MSG_BACK: {
    code: 36,
    doc: 'Hands a message back to be consumed again later, or to the dead letters.',
    servedBy: anywhere,
    actions: ['sub'],
    request: header({
      offset: long,
      group,
      delayLevel: int,
      originMsgId: optional(text),
      originTopic: optional(text),
      unitMode: optional(flag),
      maxReconsumeTimes: optional(int),
      ...addressed,
    }),
    response: nothing,
  },
  END_TRANSACTION: {
    code: 37,
    doc: 'Commits or rolls back a half message.',
    servedBy: anywhere,
    actions: ['pub'],
    oneway: true,
    request: header({
      topic: optional(topic),
      producerGroup: text,
      tranStateTableOffset: long,
      commitLogOffset: long,
      commitOrRollback: int,
      fromTransactionCheck: optional(flag),
      msgId: text,
      transactionId: optional(text),
      ...addressed,
    }),
    response: nothing,
  },
  SEND_MESSAGE_V2: {
    code: 310,
    doc: 'Stores one message; the header in one-letter keys.',
    servedBy: anywhere,
    actions: ['pub'],
    request: sendV2,
    response: sent,
  },
  SEND_BATCH_MESSAGE: {
    code: 320,
    doc: 'Stores several messages of one queue.',
    servedBy: anywhere,
    actions: ['pub'],
    request: sendV2,
    response: sent,
  },
  SEND_REPLY_MESSAGE: {
    code: 324,
    doc: 'Hands a reply to the client that waits for it.',
    servedBy: ['broker', 'fast'],
    actions: ['pub'],
    request: sendV1,
    response: sent,
  },
  SEND_REPLY_MESSAGE_V2: {
    code: 325,
    doc: 'Hands a reply to the client that waits for it; the header in one-letter keys.',
    servedBy: ['broker', 'fast'],
    actions: ['pub'],
    request: sendV2,
    response: sent,
  },
  LITE_PULL_MESSAGE: {
    code: 361,
    doc: 'As PULL_MESSAGE, for consumers that assign their queues themselves.',
    servedBy: pulling,
    actions: ['sub'],
    request: pull,
    response: pulled,
  },
  RECALL_MESSAGE: {
    code: 370,
    doc: 'Takes back a message that has not been delivered yet.',
    servedBy: anywhere,
    actions: ['pub'],
    request: header({
      producerGroup: optional(text),
      topic,
      recallHandle: text,
      ...topicAddressed,
    }),
    response: header({ msgId: text, MSG_REGION: optional(text) }),
  },
} as const satisfies RequestTable;
