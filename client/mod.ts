export { Failure } from '../protocol/mod.ts';
export { RemoteRefusal } from '../remoting/mod.ts';
export { Admin, type TopicRequest } from './admin.ts';
export type {
  BrokerStatus,
  ClusterInfo,
  ConsumerProgress,
  QueueProgress,
  QueueStatus,
  TopicConfig,
  TopicDetails,
} from './admin-answers.ts';
export { Consumer, type ConsumerOptions } from './consumer.ts';
export {
  DirectAdmin,
  type GroupConfig,
  newGroupConfig,
  type TopicWish,
} from './direct-admin.ts';
export { type CommittedOffset, isOwnGroup, topicKind } from './direct-answers.ts';
export {
  type MessageQueue,
  type OutgoingMessage,
  type ReceivedMessage,
  type SendResult,
  type SendStatus,
  showQueue,
} from './message.ts';
export { type KeyQuery, MessageSearch } from './message-search.ts';
export type { ClientOptions } from './options.ts';
export { Producer, type ProducerOptions, type SendOptions } from './producer.ts';
export type { StartFrom } from './queue-consumer.ts';
export { Reader, type ReaderOptions } from './reader.ts';
export type { BrokerRoute, QueueRoute, TopicRoute } from './route.ts';
