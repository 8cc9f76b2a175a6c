export type {
  BrokerFacts,
  ChangeAnswer,
  ClusterAccess,
  Copied,
  CopyRoute,
  Found,
  GroupSettings,
  QueueContents,
  Refused,
  RoutedBroker,
  Settings,
  TopicContents,
  TopicOfCluster,
  TopicSettings,
} from './cluster-access.ts';
export { liveAccess } from './live-access.ts';
export { readersOf, unreadBy } from './unread.ts';
