/** What a server asks a client, on the client's own connection. */
import { flag, group, int, long, optional, text, topic } from '../fields.ts';
import { header } from '../header.ts';
import { addressed, nothing, topicAddressed } from './addressed.ts';
import type { RequestTable } from './row.ts';

const servedBy = ['client'] as const;

/** Asked of a broker by tools, and passed on to the client with the same fields. */
export const relayedRequests = {
  GET_CONSUMER_RUNNING_INFO: {
    code: 307,
    doc: 'How a consumer is doing: queues, rates, subscriptions, on request its threads.',
    servedBy: ['broker', 'fast', 'client'],
    actions: ['get'],
    request: header({
      consumerGroup: group,
      clientId: text,
      jstackEnable: optional(flag),
      ...addressed,
    }),
    response: nothing,
  },
  CONSUME_MESSAGE_DIRECTLY: {
    code: 309,
    doc: 'Makes a consumer consume one message now and tells the result.',
    servedBy: ['broker', 'fast', 'client'],
    actions: ['sub'],
    request: header({
      consumerGroup: group,
      clientId: optional(text),
      msgId: optional(text),
      brokerName: optional(text),
      topic: optional(topic),
      topicSysFlag: optional(int),
      groupSysFlag: optional(int),
      ...topicAddressed,
    }),
    response: nothing,
  },
} as const satisfies RequestTable;

export const clientRequests = {
  ...relayedRequests,
  CHECK_TRANSACTION_STATE: {
    code: 39,
    doc: 'Asks a producer how a transaction ended; it says so with END_TRANSACTION.',
    servedBy,
    oneway: true,
    request: header({
      topic: optional(topic),
      tranStateTableOffset: long,
      commitLogOffset: long,
      msgId: optional(text),
      transactionId: optional(text),
      offsetMsgId: optional(text),
      ...addressed,
    }),
    response: nothing,
  },
  NOTIFY_CONSUMER_IDS_CHANGED: {
    code: 40,
    doc: 'The members of a group, or what it consumes, have changed: share the queues anew.',
    servedBy,
    oneway: true,
    request: header({ consumerGroup: group, ...addressed }),
    response: nothing,
  },
  RESET_CONSUMER_CLIENT_OFFSET: {
    code: 220,
    doc: 'Makes consumers of a group go on from other offsets.',
    servedBy,
    oneway: true,
    request: header({
      group,
      topic,
      timestamp: long,
      isForce: optional(flag),
      queueId: optional(int),
      offset: optional(long),
      ...topicAddressed,
    }),
    response: nothing,
  },
  GET_CONSUMER_STATUS_FROM_CLIENT: {
    code: 221,
    doc: 'How far a consumer has come in the queues of a topic.',
    servedBy,
    request: header({ topic, group, clientAddr: optional(text), ...topicAddressed }),
    response: nothing,
  },
  PUSH_REPLY_MESSAGE_TO_CLIENT: {
    code: 326,
    doc: 'The reply to a request that a producer has sent as a message.',
    servedBy,
    request: header({
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
      bornHost: text,
      storeHost: text,
      storeTimestamp: long,
      ...topicAddressed,
    }),
    response: nothing,
  },
} as const satisfies RequestTable;
