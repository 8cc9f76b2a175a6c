/** Where topics are: what name servers answer. */
import {
  type BodyOf,
  body,
  bool,
  listOf,
  maybe,
  numberTableOf,
  tableOf,
  text,
  whole,
} from '../body.ts';

/** One broker group of a route; id 0 is the master. */
export const brokerData = body({
  brokerAddrs: numberTableOf(text),
  brokerName: text,
  cluster: text,
  enableActingMaster: bool,
  zoneName: maybe(text),
});
export type BrokerData = BodyOf<typeof brokerData>;

/** The queues that a broker group has of a topic. `PERMISSION` has the bits of `perm`. */
export const queueData = body({
  brokerName: text,
  perm: whole,
  readQueueNums: whole,
  topicSysFlag: whole,
  writeQueueNums: whole,
});
export type QueueData = BodyOf<typeof queueData>;

const topicQueueMapping = {
  bname: text,
  currIdMap: numberTableOf(whole),
  dirty: bool,
  epoch: whole,
  scope: maybe(text),
  topic: text,
  totalQueues: whole,
};

/** Which queues of a static topic a broker has. */
export const topicQueueMappingInfo = body(topicQueueMapping);
export type TopicQueueMappingInfo = BodyOf<typeof topicQueueMappingInfo>;

const logicQueueMappingItem = body({
  bname: text,
  endOffset: whole,
  gen: whole,
  logicOffset: whole,
  queueId: whole,
  startOffset: whole,
  timeOfEnd: whole,
  timeOfStart: whole,
});

export const topicQueueMappingDetail = body({
  ...topicQueueMapping,
  hostedQueues: numberTableOf(listOf(logicQueueMappingItem)),
});
export type TopicQueueMappingDetail = BodyOf<typeof topicQueueMappingDetail>;

/** Encode `strict` for clients of version 401 and up, or who ask for it; `legacy` for others. */
export const topicRouteData = body({
  brokerDatas: listOf(brokerData),
  filterServerTable: tableOf(listOf(text)),
  orderTopicConf: maybe(text),
  queueDatas: listOf(queueData),
  topicQueueMappingByBroker: maybe(tableOf(topicQueueMappingInfo)),
});
export type TopicRouteData = BodyOf<typeof topicRouteData>;

/** From this version on a client reads standard JSON, and gets `strict` routes. */
export const STANDARD_JSON_VERSION = 401;

export const clusterInfo = body({
  brokerAddrTable: tableOf(brokerData),
  clusterAddrTable: tableOf(listOf(text)),
});
export type ClusterInfo = BodyOf<typeof clusterInfo>;

export const brokerMemberGroup = body({
  brokerAddrs: numberTableOf(text),
  brokerName: text,
  cluster: text,
});
export type BrokerMemberGroup = BodyOf<typeof brokerMemberGroup>;

export const brokerMemberGroupAnswer = body({ brokerMemberGroup: maybe(brokerMemberGroup) });
export type BrokerMemberGroupAnswer = BodyOf<typeof brokerMemberGroupAnswer>;
