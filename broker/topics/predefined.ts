/** The topics that every broker has from its start (`TopicConfigManager`). */

import type { TopicConfig } from '../../protocol/bodies/mod.ts';
import {
  AUTO_CREATE_TOPIC,
  BENCHMARK_TOPIC,
  HALF_TOPIC,
  OFFSET_MOVED_TOPIC,
  OPERATION_HALF_TOPIC,
  PERMISSION,
  replyTopic,
  reviveTopic,
  SCHEDULE_TOPIC,
  SELF_TEST_TOPIC,
  syncMemberTopic,
  systemTopics,
  TIMER_TOPIC,
} from '../../protocol/mod.ts';
import type { BrokerConfig } from '../config.ts';
import { newTopic } from './topic-config.ts';

/** Queues of the topic that delayed messages wait in: one a delay level. */
const DELAY_LEVELS = 18;
const { inherit, read, write } = PERMISSION;
const all = read | write | inherit;

export function predefinedTopics(config: BrokerConfig): TopicConfig[] {
  const { brokerClusterName: cluster, brokerName: broker } = config;
  const optional = [
    config.autoCreateTopicEnable && newTopic(AUTO_CREATE_TOPIC, config.defaultTopicQueueNums, all),
    config.traceTopicEnable && newTopic(config.msgTraceTopicName, 1),
    config.timerWheelEnable && newTopic(TIMER_TOPIC, 1),
  ];
  return [
    newTopic(SELF_TEST_TOPIC, 1),
    newTopic(BENCHMARK_TOPIC, 1024),
    newTopic(cluster, 16, config.clusterTopicEnable ? all : inherit),
    newTopic(broker, 1, config.brokerTopicEnable ? all : inherit),
    newTopic(OFFSET_MOVED_TOPIC, 1),
    newTopic(SCHEDULE_TOPIC, DELAY_LEVELS),
    newTopic(replyTopic(cluster), 1),
    newTopic(reviveTopic(cluster), config.reviveQueueNum),
    newTopic(syncMemberTopic(broker), 1, inherit),
    newTopic(HALF_TOPIC, 1),
    newTopic(OPERATION_HALF_TOPIC, 1),
    ...optional.filter((topic) => topic !== false),
  ];
}

/** Topics that are the broker's own: those above, and those it makes when it needs them. */
export function ownTopics(config: BrokerConfig): string[] {
  const predefined = predefinedTopics(config).map(({ topicName }) => topicName);
  return [...new Set([...predefined, ...systemTopics])];
}
