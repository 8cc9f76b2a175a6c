/** What operators and tools ask about topics. */
import { type brokerRequests, Failure, printJson } from '../../protocol/mod.ts';
import type { Handlers } from '../../remoting/mod.ts';
import type { BrokerConfig } from '../config.ts';
import type { Consumers } from '../groups/consumers.ts';
import {
  isRecord,
  type JsonRecord,
  recordsIn,
  requireJson,
  requireText,
} from '../metadata/json-body.ts';
import type { ConsumerOffsets } from '../offsets/consumer-offsets.ts';
import { changeAttributes, parseAttributes } from './attributes.ts';
import { isSystemTopic, problemOfTopicName, systemTopics } from './names.ts';
import { predefinedTopics } from './predefined.ts';
import type { Topic } from './topic.ts';
import { readTopicConfig, type TopicConfig } from './topic-config.ts';
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
  readonly offsets: ConsumerOffsets;
  readonly consumers: Consumers;
  /** Gives up the queues of a topic that is deleted, and whatever else was kept for it. */
  readonly forgetTopic: (topic: Topic) => void;
}

/** A topic that an operator wants; attributes are changes, with their signs. */
interface Wish extends Omit<TopicConfig, 'attributes'> {
  readonly changes: Readonly<Record<string, string>>;
}

const QUEUES_MAX = 65_536;
const PERMISSIONS_MAX = 15;

export function topicHandlers(parts: TopicParts): Pick<Handlers<typeof brokerRequests>, Names> {
  const { config, topics, offsets, consumers } = parts;
  return {
    UPDATE_AND_CREATE_TOPIC: ({ header }) => {
      const { topic, attributes = '', topicFilterType, topicSysFlag = 0, ...rest } = header;
      const wish: Wish = {
        topicName: topic,
        readQueueNums: rest.readQueueNums,
        writeQueueNums: rest.writeQueueNums,
        perm: rest.perm,
        order: rest.order,
        topicSysFlag,
        topicFilterType: topicFilterType === 'MULTI_TAG' ? 'MULTI_TAG' : 'SINGLE_TAG',
        changes: parseAttributes(attributes),
      };
      topics.put(configFor(parts, wish));
      return {};
    },

    UPDATE_AND_CREATE_TOPIC_LIST: ({ body }) => {
      const wishes = recordsIn(requireJson(body, 'topics')['topicConfigList']).map(readWish);
      // All are looked at before the first is made.
      topics.putAll(wishes.map((wish) => configFor(parts, wish)));
      return {};
    },

    DELETE_TOPIC_IN_BROKER: ({ header: { topic } }) => {
      const found = topics.find(topic);
      if (config.validateSystemTopicWhenUpdateTopic && isOwn(config, topic)) {
        throw new Failure('InvalidParameter', `The topic[${topic}] is conflict with system topic.`);
      }
      if (found === undefined) return {};
      topics.remove(topic);
      parts.forgetTopic(found);
      return {};
    },

    GET_ALL_TOPIC_CONFIG: () => {
      const { dataVersion, topicConfigTable } = topics.toJson();
      const body = printJson({
        dataVersion: { ...dataVersion },
        mappingDataVersion: { counter: 0, stateVersion: 0, timestamp: 0 },
        topicConfigTable: Object.fromEntries(
          Object.entries(topicConfigTable).map(([name, topic]) => [name, { ...topic }]),
        ),
        topicQueueMappingDetailMap: {},
        topicQueueMappingInfoMap: {},
      });
      return { header: { totalTopicNum: topics.size }, body: Buffer.from(body) };
    },

    GET_TOPIC_CONFIG: ({ header: { topic } }) => {
      const found = topics.find(topic);
      if (found === undefined) {
        throw new Failure('TopicNotFound', `No topic in this broker. topic: ${topic}`);
      }
      return { body: Buffer.from(printJson({ ...found.config })) };
    },

    QUERY_TOPIC_CONSUME_BY_WHO: ({ header: { topic } }) => {
      const groups = new Set([...consumers.groupsOf(topic), ...offsets.groupsOf(topic)]);
      return { body: Buffer.from(printJson({ groupList: [...groups] })) };
    },

    GET_SYSTEM_TOPIC_LIST_FROM_BROKER: () => {
      const own = predefinedTopics(config).map(({ topicName }) => topicName);
      const topicList = [...new Set([...systemTopics, ...own])];
      return { body: Buffer.from(printJson({ topicList })) };
    },
  };
}

/** The topic as it will be; throws when it may not be like that. */
function configFor({ config, topics }: TopicParts, wish: Wish): TopicConfig {
  const { changes, ...rest } = wish;
  const { topicName } = wish;
  const problem = problemOfTopicName(topicName);
  if (problem !== undefined) throw new Failure('InvalidParameter', problem);
  if (config.validateSystemTopicWhenUpdateTopic && isSystemTopic(topicName)) {
    throw new Failure('InvalidParameter', `The topic[${topicName}] is conflict with system topic.`);
  }
  requireNumbers(wish);
  const current = topics.find(topicName);
  const changed = changeAttributes(
    current?.config.attributes ?? {},
    changes,
    current === undefined,
  );
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

function readWish(entry: JsonRecord): Wish {
  const { attributes: _, ...rest } = readTopicConfig(
    requireText(entry, 'topicName', 'topic'),
    entry,
  );
  const given = isRecord(entry['attributes']) ? entry['attributes'] : {};
  const changes = Object.entries(given).map(([name, value]) => [name, String(value)] as const);
  return { ...rest, changes: Object.fromEntries(changes) };
}

/** Whether the broker needs the topic. */
function isOwn(config: BrokerConfig, topic: string): boolean {
  return isSystemTopic(topic) || predefinedTopics(config).some((own) => own.topicName === topic);
}
