/** The topics that every broker has from its start (`TopicConfigManager`). */

import type { TopicConfig } from '../../protocol/bodies/mod.ts';
import {
  AUTO_CREATE_TOPIC,
  PERMISSION,
  replyTopic,
  reviveTopic,
  syncMemberTopic,
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
    config.timerWheelEnable && newTopic('rmq_sys_wheel_timer', 1),
  ];
  return [
    newTopic('SELF_TEST_TOPIC', 1),
    newTopic('BenchmarkTest', 1024),
    newTopic(cluster, 16, config.clusterTopicEnable ? all : inherit),
    newTopic(broker, 1, config.brokerTopicEnable ? all : inherit),
    newTopic('OFFSET_MOVED_EVENT', 1),
    newTopic('SCHEDULE_TOPIC_XXXX', DELAY_LEVELS),
    newTopic(replyTopic(cluster), 1),
    newTopic(reviveTopic(cluster), config.reviveQueueNum),
    newTopic(syncMemberTopic(broker), 1, inherit),
    newTopic('RMQ_SYS_TRANS_HALF_TOPIC', 1),
    newTopic('RMQ_SYS_TRANS_OP_HALF_TOPIC', 1),
    ...optional.filter((topic) => topic !== false),
  ];
}

/** Topics that are the broker's own: those above, and those it makes when it needs them. */
export function ownTopics(config: BrokerConfig): string[] {
  const others = [
    AUTO_CREATE_TOPIC,
    'RMQ_SYS_TRACE_TOPIC',
    'TRANS_CHECK_MAX_TIME_TOPIC',
    'CHECKPOINT_TOPIC',
  ];
  return [...new Set([...predefinedTopics(config).map(({ topicName }) => topicName), ...others])];
}
