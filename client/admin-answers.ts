/** What tools are told, and how it is read from answers. */
import { type Json, parseLenient } from '../protocol/mod.ts';
import { integer, membersOf, text } from './json.ts';
import type { MessageQueue } from './message.ts';
import { type BrokerRoute, decodeBroker } from './route.ts';

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

export function decodeClusterInfo(content: Json): ClusterInfo {
  const members = membersOf(content, 'cluster info');
  const clusters = Object.entries(membersOf(members['clusterAddrTable'] ?? {}, 'clusters'));
  const brokers = Object.entries(membersOf(members['brokerAddrTable'] ?? {}, 'brokers'));
  return {
    clusters: new Map(
      clusters.map(([name, names]) => [name, Array.isArray(names) ? names.map(String) : []]),
    ),
    brokers: new Map(brokers.map(([name, broker]) => [name, decodeBroker(broker ?? null)])),
  };
}

/** A body such as `{"table":{key: value}}`. */
export function decodeTable(content: Json): Map<string, string> {
  const table = Object.entries(membersOf(membersOf(content, 'body')['table'] ?? {}, 'table'));
  return new Map(table.map(([key, value]) => [key, text(value, key)]));
}

export function decodeTopicStats(content: Json): QueueStatus[] {
  return byQueue(content).map(([queue, entry]) => ({
    ...queue,
    offsetMin: integer(entry['minOffset'], 'minOffset'),
    offsetMax: integer(entry['maxOffset'], 'maxOffset'),
    lastUpdateTimestamp: integer(entry['lastUpdateTimestamp'], 'lastUpdateTimestamp'),
  }));
}

export function decodeConsumeStats(content: Json): ConsumerProgress {
  const tps = membersOf(content, 'body')['consumeTps'];
  return {
    tps: typeof tps === 'number' ? tps : 0,
    queues: byQueue(content).map(([queue, entry]) => ({
      ...queue,
      brokerOffset: integer(entry['brokerOffset'], 'brokerOffset'),
      consumerOffset: integer(entry['consumerOffset'], 'consumerOffset'),
      pullOffset: integer(entry['pullOffset'] ?? entry['consumerOffset'], 'pullOffset'),
      lastTimestamp: integer(entry['lastTimestamp'], 'lastTimestamp'),
    })),
  };
}

/** The entries of an `offsetTable`, whose keys are queues, written as objects. */
function byQueue(content: Json) {
  const table = membersOf(membersOf(content, 'body')['offsetTable'] ?? {}, 'offsetTable');
  return Object.entries(table).map(([key, entry]) => {
    const queue = membersOf(parseLenient(key), 'queue');
    const named = {
      topic: text(queue['topic'], 'topic'),
      brokerName: text(queue['brokerName'], 'brokerName'),
      queueId: integer(queue['queueId'], 'queueId'),
    };
    return [named, membersOf(entry, 'offsetTable')] as const;
  });
}
