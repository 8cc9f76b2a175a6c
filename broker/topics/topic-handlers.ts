/** What operators and tools ask about topics. */
import {
  groupList,
  type TopicConfig,
  topicConfig,
  topicConfigList,
  topicConfigTable,
  topicList,
} from '../../protocol/bodies/mod.ts';
import {
  type brokerRequests,
  Failure,
  isSystemTopic,
  requireTopicName,
} from '../../protocol/mod.ts';
import type { Handlers } from '../../remoting/mod.ts';
import type { BrokerConfig } from '../config.ts';
import type { Consumers } from '../groups/consumers.ts';
import { noVersion } from '../metadata/data-version.ts';
import type { SavedTables } from '../metadata/metadata.ts';
import type { ConsumerOffsets } from '../offsets/consumer-offsets.ts';
import { type Attributes, changeAttributes, parseAttributes } from './attributes.ts';
import { ownTopics, predefinedTopics } from './predefined.ts';
import type { Topic } from './topic.ts';
import type { Topics } from './topics.ts';

type Names =
  | 'UPDATE_AND_CREATE_TOPIC'
  | 'UPDATE_AND_CREATE_TOPIC_LIST'
  | 'DELETE_TOPIC_IN_BROKER'
  | 'GET_ALL_TOPIC_CONFIG'
  | 'GET_TOPIC_CONFIG'
  | 'QUERY_TOPIC_CONSUME_BY_WHO'
  | 'GET_SYSTEM_TOPIC_LIST_FROM_BROKER';

export interface TopicParts {
  readonly config: BrokerConfig;
  readonly topics: Topics;
  readonly metadata: SavedTables;
  readonly offsets: ConsumerOffsets;
  readonly consumers: Consumers;
  /** Gives up the queues of a topic that is deleted, and whatever else was kept for it. */
  readonly forgetTopic: (topic: Topic) => void;
}

/** A topic that an operator wants; attributes are changes, with their signs. */
interface Wish extends Omit<TopicConfig, 'attributes'> {
  readonly changes: Attributes;
}

const QUEUES_MAX = 65_536;
const PERMISSIONS_MAX = 15;

export function topicHandlers(parts: TopicParts): Pick<Handlers<typeof brokerRequests>, Names> {
  return { ...changes(parts), ...questions(parts) };
}

function changes(parts: TopicParts) {
  const { config, topics } = parts;
  /** The answer, when the disk has it. */
  const done = () => parts.metadata.saved().then(() => ({}));
  return {
    UPDATE_AND_CREATE_TOPIC: ({ header }) => {
      const { topic, attributes = '', topicFilterType, topicSysFlag = 0 } = header;
      const wish: Wish = {
        topicName: topic,
        readQueueNums: header.readQueueNums,
        writeQueueNums: header.writeQueueNums,
        perm: header.perm,
        order: header.order,
        topicSysFlag,
        topicFilterType: topicFilterType === 'MULTI_TAG' ? 'MULTI_TAG' : 'SINGLE_TAG',
        changes: parseAttributes(attributes),
      };
      topics.put(configFor(parts, wish));
      return done();
    },

    UPDATE_AND_CREATE_TOPIC_LIST: ({ body }) => {
      const wishes = topicConfigList.decode(body).topicConfigList;
      // All are looked at before the first is made.
      topics.putAll(
        wishes.map(({ attributes, ...wish }) => configFor(parts, { ...wish, changes: attributes })),
      );
      return done();
    },

    DELETE_TOPIC_IN_BROKER: ({ header: { topic } }) => {
      const found = topics.find(topic);
      requireNoSystemTopic(config, topic);
      if (found !== undefined) {
        topics.remove(topic);
        parts.forgetTopic(found);
      }
      return done();
    },
  } satisfies Partial<Handlers<typeof brokerRequests>>;
}

function questions({ config, topics, offsets, consumers }: TopicParts) {
  return {
    GET_ALL_TOPIC_CONFIG: () => ({
      header: { totalTopicNum: topics.size },
      body: topicConfigTable.encode({
        ...topics.toBody(),
        mappingDataVersion: noVersion,
        topicQueueMappingDetailMap: new Map(),
        topicQueueMappingInfoMap: new Map(),
      }),
    }),

    GET_TOPIC_CONFIG: ({ header: { topic } }) => {
      const found = topics.find(topic);
      if (found !== undefined) return { body: topicConfig.encode(found.config) };
      throw new Failure('TopicNotFound', `No topic in this broker. topic: ${topic}`);
    },

    QUERY_TOPIC_CONSUME_BY_WHO: ({ header: { topic } }) => {
      const groups = new Set([...consumers.groupsOf(topic), ...offsets.groupsOf(topic)]);
      return { body: groupList.encode({ groupList: [...groups] }) };
    },

    GET_SYSTEM_TOPIC_LIST_FROM_BROKER: () => ({
      body: topicList.encode({ topicList: ownTopics(config) }),
    }),
  } satisfies Partial<Handlers<typeof brokerRequests>>;
}

/** The topic as it will be; throws when it may not be like that. */
function configFor({ config, topics }: TopicParts, wish: Wish): TopicConfig {
  const { changes: wanted, ...rest } = wish;
  const { topicName } = wish;
  requireTopicName(topicName);
  requireNoSystemTopic(config, topicName);
  requireNumbers(wish);
  const current = topics.find(topicName)?.config.attributes;
  const changed = changeAttributes(current ?? new Map(), wanted, current === undefined);
  if ('attributes' in changed) return { ...rest, attributes: changed.attributes };
  throw new Failure('InternalError', `Cannot set topic ${topicName}: ${changed.problem}`);
}

function requireNumbers({ topicName, readQueueNums, writeQueueNums, perm }: Wish): void {
  for (const [name, value, max] of [
    ['readQueueNums', readQueueNums, QUEUES_MAX],
    ['writeQueueNums', writeQueueNums, QUEUES_MAX],
    ['perm', perm, PERMISSIONS_MAX],
  ] as const) {
    if (value >= 0 && value <= max) continue;
    throw new Failure(
      'InvalidParameter',
      `Cannot set topic ${topicName}: ${name} is ${value}, expected 0 to ${max}`,
    );
  }
}

/** A topic of the cluster's or the broker's name is the broker's own, as in TopicConfigManager. */
function requireNoSystemTopic(config: BrokerConfig, topic: string): void {
  if (!config.validateSystemTopicWhenUpdateTopic) return;
  const isOwn = predefinedTopics(config).some(({ topicName }) => topicName === topic);
  if (!isOwn && !isSystemTopic(topic)) return;
  throw new Failure('InvalidParameter', `The topic[${topic}] is conflict with system topic.`);
}
