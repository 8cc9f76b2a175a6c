/** The topics that every broker has from its start (`TopicConfigManager`). */

import { PERMISSION } from '../../protocol/mod.ts';
import type { BrokerConfig } from '../config.ts';
import { DEFAULT_TOPIC } from './names.ts';
import { type TopicConfig, topicConfig } from './topic-config.ts';

/** Queues of the topic that delayed messages wait in: one a delay level. */
const DELAY_LEVELS = 18;
const { inherit, read, write } = PERMISSION;
const all = read | write | inherit;

export function predefinedTopics(config: BrokerConfig): TopicConfig[] {
  const { brokerClusterName: cluster, brokerName: broker } = config;
  const optional = [
    config.autoCreateTopicEnable && topicConfig(DEFAULT_TOPIC, config.defaultTopicQueueNums, all),
    config.traceTopicEnable && topicConfig(config.msgTraceTopicName, 1),
    config.timerWheelEnable && topicConfig('rmq_sys_wheel_timer', 1),
  ];
  return [
    topicConfig('SELF_TEST_TOPIC', 1),
    topicConfig('BenchmarkTest', 1024),
    topicConfig(cluster, 16, config.clusterTopicEnable ? all : inherit),
    topicConfig(broker, 1, config.brokerTopicEnable ? all : inherit),
    topicConfig('OFFSET_MOVED_EVENT', 1),
    topicConfig('SCHEDULE_TOPIC_XXXX', DELAY_LEVELS),
    topicConfig(replyTopicOf(cluster), 1),
    topicConfig(`rmq_sys_REVIVE_LOG_${cluster}`, config.reviveQueueNum),
    topicConfig(`rmq_sys_SYNC_BROKER_MEMBER_${broker}`, 1, inherit),
    topicConfig('RMQ_SYS_TRANS_HALF_TOPIC', 1),
    topicConfig('RMQ_SYS_TRANS_OP_HALF_TOPIC', 1),
    ...optional.filter((topic) => topic !== false),
  ];
}

/** Where replies of request-reply are stored. */
export function replyTopicOf(cluster: string): string {
  return `${cluster}_REPLY_TOPIC`;
}
