/** How far groups have come: offsets, statistics about them, what was acknowledged. */
import {
  type BodyOf,
  beanTableOf,
  body,
  bool,
  listOf,
  maybe,
  numberTableOf,
  real,
  tableOf,
  text,
  whole,
} from '../body.ts';
import { dataVersion, messageQueue, subscriptionData } from './blocks.ts';

/** Clients need its keys as objects: encode `legacy`. */
export const resetOffsets = body({ offsetTable: beanTableOf(messageQueue, whole) });
export type ResetOffsets = BodyOf<typeof resetOffsets>;

/** The same for clients in C++. */
export const resetOffsetsForCpp = body({
  offsetTable: listOf(body({ brokerName: text, offset: whole, queueId: whole, topic: text })),
});
export type ResetOffsetsForCpp = BodyOf<typeof resetOffsetsForCpp>;

/** From one client: `messageQueueTable`; from a broker: `consumerTable`. Encode `legacy`. */
export const consumerStatus = body({
  consumerTable: maybe(tableOf(beanTableOf(messageQueue, whole))),
  messageQueueTable: maybe(beanTableOf(messageQueue, whole)),
});
export type ConsumerStatus = BodyOf<typeof consumerStatus>;

/** Tools need its keys as objects: encode `legacy`. */
export const consumeStats = body({
  consumeTps: real,
  offsetTable: beanTableOf(
    messageQueue,
    body({
      brokerOffset: whole,
      consumerOffset: whole,
      lastTimestamp: whole,
      pullOffset: maybe(whole),
    }),
  ),
});
export type ConsumeStats = BodyOf<typeof consumeStats>;

export const consumeStatsList = body({
  brokerAddr: text,
  consumeStatsList: listOf(tableOf(listOf(consumeStats))),
  totalDiff: whole,
  totalInflightDiff: maybe(whole),
});
export type ConsumeStatsList = BodyOf<typeof consumeStatsList>;

/** By `topic@group`, then queue. `groupTopicMap` is written by brokers and read by nobody. */
export const consumerOffsetTable = body({
  dataVersion,
  groupTopicMap: maybe(tableOf(listOf(text))),
  offsetTable: tableOf(numberTableOf(whole)),
});
export type ConsumerOffsetTable = BodyOf<typeof consumerOffsetTable>;

/** By delay level. */
export const delayOffsetTable = body({ dataVersion, offsetTable: numberTableOf(whole) });
export type DelayOffsetTable = BodyOf<typeof delayOffsetTable>;

export const timerMetrics = body({
  dataVersion,
  timingCount: tableOf(body({ count: whole, timeStamp: whole })),
});
export type TimerMetrics = BodyOf<typeof timerMetrics>;

export const consumeTimeSpans = body({
  consumeTimeSpanSet: listOf(
    body({
      consumeTimeStamp: whole,
      consumeTimeStampStr: maybe(text),
      delayTime: whole,
      maxTimeStamp: whole,
      maxTimeStampStr: maybe(text),
      messageQueue,
      minTimeStamp: whole,
      minTimeStampStr: maybe(text),
    }),
  ),
});
export type ConsumeTimeSpans = BodyOf<typeof consumeTimeSpans>;

/** By queue; `Long.MAX_VALUE` stands for no correction. */
export const correctionOffsets = body({ correctionOffsets: numberTableOf(whole) });
export type CorrectionOffsets = BodyOf<typeof correctionOffsets>;

export const subscriptionAnswer = body({
  group: text,
  subscriptionData: maybe(subscriptionData),
  topic: text,
});
export type SubscriptionAnswer = BodyOf<typeof subscriptionAnswer>;

/** Several acknowledgements of popped messages, as one set of bits a handle. */
export const batchAck = body({
  acks: listOf(
    body({
      /** Base64 of bytes whose bit i, lowest first, is the offset `so` + i. */
      b: text,
      c: text,
      it: whole,
      pt: whole,
      q: whole,
      r: text,
      rq: whole,
      so: whole,
      t: text,
    }),
  ),
  brokerName: text,
});
export type BatchAck = BodyOf<typeof batchAck>;

export const groupForbidden = body({ group: text, readable: maybe(bool), topic: text });
export type GroupForbidden = BodyOf<typeof groupForbidden>;
