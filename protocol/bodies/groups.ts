/** Consumer groups and their settings. */
import {
  type BodyOf,
  body,
  bool,
  listOf,
  maybe,
  oneOf,
  orElse,
  tableOf,
  text,
  whole,
} from '../body.ts';
import { dataVersion } from './blocks.ts';

const retryPolicy = body({
  customizedRetryPolicy: maybe(body({ next: listOf(whole) })),
  exponentialRetryPolicy: maybe(
    body({
      initial: orElse(5000, whole),
      max: orElse(7_200_000, whole),
      multiplier: orElse(2, whole),
    }),
  ),
  type: oneOf(['CUSTOMIZED', 'EXPONENTIAL']),
});

/** What is missing has Java's default: a group with only a name is an ordinary one. */
export const subscriptionGroupConfig = body({
  attributes: tableOf(text),
  brokerId: whole,
  consumeBroadcastEnable: orElse(true, bool),
  consumeEnable: orElse(true, bool),
  consumeFromMinEnable: orElse(true, bool),
  consumeMessageOrderly: bool,
  consumeTimeoutMinute: orElse(15, whole),
  groupName: text,
  groupRetryPolicy: retryPolicy,
  groupSysFlag: whole,
  notifyConsumerIdsChangedEnable: orElse(true, bool),
  retryMaxTimes: orElse(16, whole),
  retryQueueNums: orElse(1, whole),
  subscriptionDataSet: maybe(
    listOf(body({ expression: text, expressionType: text, topic: text, version: whole })),
  ),
  whichBrokerWhenConsumeSlowly: orElse(1, whole),
});
export type SubscriptionGroupConfig = BodyOf<typeof subscriptionGroupConfig>;

export const subscriptionGroupTable = body({
  dataVersion,
  /** By group and topic: bits of what is forbidden. */
  forbiddenTable: tableOf(tableOf(whole)),
  subscriptionGroupTable: tableOf(subscriptionGroupConfig),
});
export type SubscriptionGroupTable = BodyOf<typeof subscriptionGroupTable>;

export const subscriptionGroupList = body({ groupConfigList: listOf(subscriptionGroupConfig) });
export type SubscriptionGroupList = BodyOf<typeof subscriptionGroupList>;

export const groupList = body({ groupList: listOf(text) });
export type GroupList = BodyOf<typeof groupList>;
