/** What tools are told, and how it follows from answers. */
import type {
  ConsumeStats,
  ClusterInfo as RawClusterInfo,
  TopicConfig as RawTopicConfig,
  TopicStatsTable,
} from '../protocol/bodies/mod.ts';
import type { MessageQueue } from './message.ts';
import { type BrokerRoute, brokerOf } from './route.ts';

export interface ClusterInfo {
  /** Broker names by cluster. */
  readonly clusters: ReadonlyMap<string, readonly string[]>;
  /** By broker name. */
  readonly brokers: ReadonlyMap<string, BrokerRoute>;
}

/** One broker process. */
export interface BrokerStatus {
  readonly cluster: string;
  readonly brokerName: string;
  readonly brokerId: number;
  readonly address: string;
  /** What it says of itself, by RocketMQ's names; undefined when it does not answer. */
  readonly runtimeInfo: ReadonlyMap<string, string> | undefined;
  /** Why it did not answer. */
  readonly error?: Error;
}

export interface QueueStatus extends MessageQueue {
  readonly offsetMin: number;
  readonly offsetMax: number;
  /** 0: never. */
  readonly lastUpdateTimestamp: number;
}

export interface QueueProgress extends MessageQueue {
  readonly brokerOffset: number;
  readonly consumerOffset: number;
  readonly pullOffset: number;
  readonly lastTimestamp: number;
}

export interface ConsumerProgress {
  readonly tps: number;
  readonly queues: readonly QueueProgress[];
}

export interface TopicConfig {
  readonly topic: string;
  readonly readQueues: number;
  readonly writeQueues: number;
  readonly perm: number;
  readonly order: boolean;
}

export interface TopicDetails extends TopicConfig {
  /** Such as `message.type`. */
  readonly attributes: ReadonlyMap<string, string>;
}

export function clusterInfoOf({ clusterAddrTable, brokerAddrTable }: RawClusterInfo): ClusterInfo {
  const brokers = [...brokerAddrTable].map(([name, data]) => [name, brokerOf(data)] as const);
  return { clusters: clusterAddrTable, brokers: new Map(brokers) };
}

export function queueStatuses({ offsetTable }: TopicStatsTable): QueueStatus[] {
  return [...offsetTable].map(([queue, { minOffset, maxOffset, lastUpdateTimestamp }]) => {
    return { ...queue, offsetMin: minOffset, offsetMax: maxOffset, lastUpdateTimestamp };
  });
}

export function queueProgress({ offsetTable }: ConsumeStats): QueueProgress[] {
  return [...offsetTable].map(([queue, entry]) => {
    const { brokerOffset, consumerOffset, lastTimestamp, pullOffset = consumerOffset } = entry;
    return { ...queue, brokerOffset, consumerOffset, pullOffset, lastTimestamp };
  });
}

export function topicDetails(config: RawTopicConfig): TopicDetails {
  const { topicName, readQueueNums, writeQueueNums, perm, order, attributes } = config;
  const queues = { readQueues: readQueueNums, writeQueues: writeQueueNums };
  return { topic: topicName, ...queues, perm, order, attributes };
}

/** By topic, broker and id. */
export function compareQueues<
  T extends { readonly brokerName: string; readonly topic: string; readonly queueId: number },
>(left: T, right: T): number {
  return (
    left.topic.localeCompare(right.topic) ||
    left.brokerName.localeCompare(right.brokerName) ||
    left.queueId - right.queueId
  );
}
