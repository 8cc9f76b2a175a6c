/** Topics: their settings, their statistics, lists of names. */
import {
  type BodyOf,
  beanTableOf,
  body,
  bool,
  listOf,
  maybe,
  oneOf,
  orElse,
  real,
  tableOf,
  text,
  whole,
} from '../body.ts';
import { dataVersion, messageQueue, subscriptionData } from './blocks.ts';
import { topicQueueMappingDetail, topicQueueMappingInfo } from './route.ts';

const config = {
  attributes: tableOf(text),
  order: bool,
  perm: orElse(6, whole),
  readQueueNums: orElse(16, whole),
  topicFilterType: oneOf(['SINGLE_TAG', 'MULTI_TAG']),
  topicName: text,
  topicSysFlag: whole,
  writeQueueNums: orElse(16, whole),
};

/** In requests the names of attributes have a `+` or `-` before them; stored ones do not. */
export const topicConfig = body(config);
export type TopicConfig = BodyOf<typeof topicConfig>;

export const topicConfigAndQueueMapping = body({
  ...config,
  mappingDetail: maybe(topicQueueMappingDetail),
});
export type TopicConfigAndQueueMapping = BodyOf<typeof topicConfigAndQueueMapping>;

/** The table of topics as brokers announce it, and hand it to their replicas. */
export const topicConfigTable = body({
  dataVersion,
  mappingDataVersion: maybe(dataVersion),
  topicConfigTable: tableOf(topicConfig),
  topicQueueMappingDetailMap: maybe(tableOf(topicQueueMappingDetail)),
  topicQueueMappingInfoMap: maybe(tableOf(topicQueueMappingInfo)),
});
export type TopicConfigTable = BodyOf<typeof topicConfigTable>;

export const topicConfigList = body({ topicConfigList: listOf(topicConfig) });
export type TopicConfigList = BodyOf<typeof topicConfigList>;

export const topicList = body({ brokerAddr: maybe(text), topicList: listOf(text) });
export type TopicList = BodyOf<typeof topicList>;

/** Clients need its keys as objects: encode `legacy`. */
export const topicStatsTable = body({
  offsetTable: beanTableOf(
    messageQueue,
    body({ lastUpdateTimestamp: whole, maxOffset: whole, minOffset: whole }),
  ),
  topicPutTps: real,
});
export type TopicStatsTable = BodyOf<typeof topicStatsTable>;

export const consumeQueueAnswer = body({
  filterData: maybe(text),
  maxQueueIndex: whole,
  minQueueIndex: whole,
  queueData: listOf(
    body({
      bitMap: maybe(text),
      eval: bool,
      extendDataJson: maybe(text),
      msg: maybe(text),
      physicOffset: whole,
      physicSize: whole,
      tagsCode: whole,
    }),
  ),
  subscriptionData: maybe(subscriptionData),
});
export type ConsumeQueueAnswer = BodyOf<typeof consumeQueueAnswer>;
