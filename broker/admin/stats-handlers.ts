/** How far queues and groups are: what tools show as topic status and consumer progress. */
import {
  type ConsumeStats,
  consumeStats,
  consumeStatsList,
  consumeTimeSpans,
  topicStatsTable,
} from '../../protocol/bodies/mod.ts';
import { type brokerRequests, Failure } from '../../protocol/mod.ts';
import type { Handlers } from '../../remoting/mod.ts';
import type { ConsumeQueue, MessageStore } from '../../store/mod.ts';
import type { BrokerConfig } from '../config.ts';
import type { Consumers } from '../groups/consumers.ts';
import type { SubscriptionGroups } from '../groups/subscription-groups.ts';
import type { ConsumerOffsets } from '../offsets/consumer-offsets.ts';
import type { Topic } from '../topics/topic.ts';
import type { Topics } from '../topics/topics.ts';
import type { Statistics } from './statistics.ts';

type Names =
  | 'GET_TOPIC_STATS_INFO'
  | 'GET_CONSUME_STATS'
  | 'GET_BROKER_CONSUME_STATS'
  | 'QUERY_CONSUME_TIME_SPAN';

export interface StatsParts {
  readonly config: BrokerConfig;
  readonly topics: Topics;
  readonly groups: SubscriptionGroups;
  readonly consumers: Consumers;
  readonly offsets: ConsumerOffsets;
  readonly store: Pick<MessageStore, 'storeTimeOf'>;
  readonly wallMs: () => number;
  readonly statistics: Statistics;
  /** `host:port` of this broker. */
  readonly address: string;
}

/** How far a group is in one queue. */
interface Progress {
  readonly brokerOffset: number;
  readonly consumerOffset: number;
  readonly pullOffset: number;
  readonly lastTimestamp: number;
}

export function statsHandlers(parts: StatsParts): Pick<Handlers<typeof brokerRequests>, Names> {
  const { topics, groups, store, statistics, address } = parts;
  return {
    GET_TOPIC_STATS_INFO: ({ header: { topic } }) => {
      const queues = queuesOf(requireTopic(topics, topic)).map((queue) => {
        const { minOffset, maxOffset } = queue;
        const lastUpdateTimestamp = store.storeTimeOf(queue, maxOffset - 1) ?? 0;
        return [keyOf(parts, queue), { minOffset, maxOffset, lastUpdateTimestamp }] as const;
      });
      const topicPutTps = statistics.rate('TOPIC_PUT_NUMS', topic, 'minute')?.perSecond ?? 0;
      return { body: topicStatsTable.encode({ offsetTable: new Map(queues), topicPutTps }) };
    },

    GET_CONSUME_STATS: ({ header: { consumerGroup, topic, topicList } }) => {
      const listed = topicList?.split(';').filter((name) => name.trim() !== '');
      const one = topic === undefined ? undefined : [topic];
      const progress = progressOf(parts, consumerGroup, listed ?? one, listed !== undefined);
      return { body: consumeStats.encode(statsOf(parts, consumerGroup, [...progress])) };
    },

    GET_BROKER_CONSUME_STATS: () => {
      const progress = [...groups.names()]
        .map((group) => [group, [...progressOf(parts, group)]] as const)
        .filter(([, queues]) => queues.length > 0);
      const all = progress.flatMap(([, queues]) => queues.map(([, queue]) => queue));
      const sum = (value: (queue: Progress) => number): number =>
        all.reduce((total, queue) => total + value(queue), 0);
      return {
        body: consumeStatsList.encode({
          brokerAddr: address,
          consumeStatsList: progress.map(
            ([group, queues]) => new Map([[group, [statsOf(parts, group, queues)]]]),
          ),
          totalDiff: sum(({ brokerOffset, consumerOffset }) => brokerOffset - consumerOffset),
          totalInflightDiff: sum(({ pullOffset, consumerOffset }) => pullOffset - consumerOffset),
        }),
      };
    },

    QUERY_CONSUME_TIME_SPAN: ({ header: { topic, group } }) => {
      const found = requireTopic(topics, topic);
      const consumeTimeSpanSet = queuesOf(found).map((queue) => timeSpan(parts, queue, group));
      return { body: consumeTimeSpans.encode({ consumeTimeSpanSet }) };
    },
  };
}

/** The queues of a topic, whether or not something was ever sent to them. */
function queuesOf({ queuesMax, stored }: Topic): ConsumeQueue[] {
  return Array.from({ length: queuesMax }, (_, queueId) => stored.queue(queueId));
}

type ProgressParts = Pick<StatsParts, 'topics' | 'consumers' | 'offsets' | 'store'>;

/** How far a group is, queue by queue: of the topics it has offsets for and still subscribes to. */
export function* progressOf(
  parts: ProgressParts,
  group: string,
  wanted = parts.offsets.topicsOf(group),
  isListed = false,
): Generator<readonly [ConsumeQueue, Progress]> {
  const subscriptions = parts.consumers.find(group)?.subscriptions;
  for (const name of wanted) {
    const topic = parts.topics.find(name);
    const isDropped =
      subscriptions !== undefined && subscriptions.size > 0 && !subscriptions.has(name);
    if (topic === undefined || (isDropped && !isListed)) continue;
    for (const queue of queuesOf(topic)) yield [queue, progressIn(parts, queue, group)];
  }
}

function progressIn(
  { offsets, store }: ProgressParts,
  queue: ConsumeQueue,
  group: string,
): Progress {
  const { topic, queueId, maxOffset } = queue;
  const consumerOffset = Math.max(0, offsets.find(topic.name, group, queueId) ?? 0);
  const pulled = offsets.findPulled(topic.name, group, queueId) ?? 0;
  return {
    brokerOffset: maxOffset,
    consumerOffset,
    pullOffset: Math.max(consumerOffset, pulled),
    lastTimestamp: store.storeTimeOf(queue, consumerOffset - 1) ?? 0,
  };
}

function statsOf(
  parts: StatsParts,
  group: string,
  progress: readonly (readonly [ConsumeQueue, Progress])[],
): ConsumeStats {
  const topics = new Set(progress.map(([{ topic }]) => topic.name));
  const rates = [...topics].map((topic) => deliveryRate(parts, topic, group));
  return {
    consumeTps: rates.reduce((total, rate) => total + rate, 0),
    offsetTable: new Map(progress.map(([queue, its]) => [keyOf(parts, queue), its])),
  };
}

function deliveryRate({ statistics }: StatsParts, topic: string, group: string): number {
  return statistics.rate('GROUP_GET_NUMS', `${topic}@${group}`, 'minute')?.perSecond ?? 0;
}

function timeSpan(
  { config, offsets, store, wallMs }: StatsParts,
  queue: ConsumeQueue,
  group: string,
) {
  const consumed = offsets.find(queue.topic.name, group, queue.queueId) ?? 0;
  const minTimeStamp = store.storeTimeOf(queue, queue.minOffset) ?? 0;
  const consumeTimeStamp = store.storeTimeOf(queue, consumed - 1) ?? minTimeStamp;
  const maxTimeStamp = store.storeTimeOf(queue, queue.maxOffset - 1) ?? 0;
  // Behind by the age of the first message that is not consumed.
  const next = store.storeTimeOf(queue, consumed);
  return {
    messageQueue: keyOf({ config }, queue),
    minTimeStamp,
    maxTimeStamp,
    consumeTimeStamp,
    delayTime: next === undefined ? 0 : wallMs() - next,
  };
}

function keyOf({ config }: { readonly config: BrokerConfig }, { topic, queueId }: ConsumeQueue) {
  return { brokerName: config.brokerName, queueId, topic: topic.name };
}

function requireTopic(topics: Topics, name: string): Topic {
  const topic = topics.find(name);
  if (topic !== undefined) return topic;
  throw new Failure('TopicNotFound', `topic[${name}] not exist`);
}
