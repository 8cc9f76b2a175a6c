/** What operators and tools ask about consumer groups and the clients in them. */
import {
  type ConnectionInfo,
  consumerConnection,
  groupForbidden,
  producerConnection,
  producerTable,
  type SubscriptionData,
  type SubscriptionGroupConfig,
  subscriptionAnswer,
  subscriptionGroupConfig,
  subscriptionGroupList,
  subscriptionGroupTable,
  topicList,
} from '../../protocol/bodies/mod.ts';
import {
  type brokerRequests,
  Failure,
  languageName,
  requireGroupName,
} from '../../protocol/mod.ts';
import type { Handlers } from '../../remoting/mod.ts';
import { formatAddress } from '../../runtime/mod.ts';
import type { SavedTables } from '../metadata/metadata.ts';
import type { ConsumerOffsets } from '../offsets/consumer-offsets.ts';
import type { Subscription } from '../pulling/subscription.ts';
import type { Consumers, Member } from './consumers.ts';
import type { Producers } from './producers.ts';
import type { SubscriptionGroups } from './subscription-groups.ts';

type Names =
  | 'UPDATE_AND_CREATE_SUBSCRIPTIONGROUP'
  | 'UPDATE_AND_CREATE_SUBSCRIPTIONGROUP_LIST'
  | 'GET_ALL_SUBSCRIPTIONGROUP_CONFIG'
  | 'GET_SUBSCRIPTIONGROUP_CONFIG'
  | 'DELETE_SUBSCRIPTIONGROUP'
  | 'UPDATE_AND_GET_GROUP_FORBIDDEN'
  | 'GET_CONSUMER_CONNECTION_LIST'
  | 'GET_PRODUCER_CONNECTION_LIST'
  | 'GET_ALL_PRODUCER_INFO'
  | 'QUERY_TOPICS_BY_CONSUMER'
  | 'QUERY_SUBSCRIPTION_BY_CONSUMER';

export interface GroupParts {
  readonly groups: SubscriptionGroups;
  readonly metadata: SavedTables;
  readonly consumers: Consumers;
  readonly producers: Producers;
  readonly offsets: ConsumerOffsets;
  /** `host:port` of this broker. */
  readonly address: string;
  readonly wallMs: () => number;
  readonly forgetGroup: (group: string) => void;
}

export function groupHandlers(parts: GroupParts): Pick<Handlers<typeof brokerRequests>, Names> {
  return { ...settingHandlers(parts), ...connectionHandlers(parts), ...topicHandlers(parts) };
}

function settingHandlers({ groups, offsets, forgetGroup, metadata }: GroupParts) {
  /** The answer, when the disk has it. */
  const done = () => metadata.saved().then(() => ({}));
  return {
    UPDATE_AND_CREATE_SUBSCRIPTIONGROUP: ({ body }) => {
      groups.put(named(subscriptionGroupConfig.decode(body)));
      return done();
    },

    UPDATE_AND_CREATE_SUBSCRIPTIONGROUP_LIST: ({ body }) => {
      // All are looked at before the first is made.
      const list = subscriptionGroupList.decode(body).groupConfigList.map(named);
      for (const config of list) groups.put(config);
      return done();
    },

    GET_ALL_SUBSCRIPTIONGROUP_CONFIG: () => ({
      header: { totalGroupNum: groups.size },
      body: subscriptionGroupTable.encode(groups.toBody()),
    }),

    GET_SUBSCRIPTIONGROUP_CONFIG: ({ header: { group } }) => {
      const found = groups.find(group);
      if (found === undefined) {
        throw new Failure('GroupNotFound', `No group in this broker. group: ${group}`);
      }
      return { body: subscriptionGroupConfig.encode(found) };
    },

    DELETE_SUBSCRIPTIONGROUP: ({ header: { groupName, cleanOffset } }) => {
      groups.remove(groupName);
      if (cleanOffset === true) offsets.forgetGroup(groupName);
      else offsets.forgetPulls(groupName);
      forgetGroup(groupName);
      return done();
    },

    UPDATE_AND_GET_GROUP_FORBIDDEN: async ({ header: { group, topic, readable } }) => {
      if (readable !== undefined) {
        groups.setReadable(group, topic, readable);
        await metadata.saved();
      }
      const answer = { group, topic, readable: groups.mayRead(group, topic) };
      return { body: groupForbidden.encode(answer) };
    },
  } satisfies Partial<Handlers<typeof brokerRequests>>;
}

function connectionHandlers({ consumers, producers, wallMs }: GroupParts) {
  return {
    GET_CONSUMER_CONNECTION_LIST: ({ header: { consumerGroup } }) => {
      const group = consumers.find(consumerGroup);
      if (group === undefined) {
        throw new Failure('ConsumerNotOnline', `the consumer group[${consumerGroup}] not online`);
      }
      const table = [...group.subscriptions].map(([topic, it]) => [topic, shown(it)] as const);
      const answer = {
        connectionSet: [...group.members.values()].map(connectionOf),
        consumeFromWhere: group.consumeFromWhere,
        consumeType: group.consumeType,
        messageModel: group.messageModel,
        subscriptionTable: new Map(table),
      };
      return { body: consumerConnection.encode(answer) };
    },

    GET_PRODUCER_CONNECTION_LIST: ({ header: { producerGroup } }) => {
      const members = producers.find(producerGroup);
      if (members === undefined) {
        throw new Failure('InternalError', `the producer group[${producerGroup}] not exist`);
      }
      return { body: producerConnection.encode({ connectionSet: members.map(connectionOf) }) };
    },

    GET_ALL_PRODUCER_INFO: () => {
      const data = [...producers.all()].map(([group, members]) => {
        const infos = members.map(({ clientId, connection, language, version }) => ({
          clientId,
          language: languageName(language),
          lastUpdateTimestamp: wallMs(),
          remoteIP: formatAddress(connection.remote),
          version,
        }));
        return [group, infos] as const;
      });
      return { body: producerTable.encode({ data: new Map(data) }) };
    },
  } satisfies Partial<Handlers<typeof brokerRequests>>;
}

function topicHandlers({ consumers, offsets, address }: GroupParts) {
  return {
    QUERY_TOPICS_BY_CONSUMER: ({ header: { group } }) => {
      const answer = { brokerAddr: address, topicList: offsets.topicsOf(group) };
      return { body: topicList.encode(answer) };
    },

    QUERY_SUBSCRIPTION_BY_CONSUMER: ({ header: { group, topic = '' } }) => {
      const subscription = consumers.find(group)?.subscriptions.get(topic);
      const answer = { group, topic, subscriptionData: subscription && shown(subscription) };
      return { body: subscriptionAnswer.encode(answer) };
    },
  } satisfies Partial<Handlers<typeof brokerRequests>>;
}

function named(config: SubscriptionGroupConfig): SubscriptionGroupConfig {
  requireGroupName(config.groupName);
  return config;
}

function connectionOf({ clientId, connection, language, version }: Member): ConnectionInfo {
  const clientAddr = formatAddress(connection.remote);
  return { clientAddr, clientId, language: languageName(language), version };
}

function shown(subscription: Subscription): SubscriptionData {
  const { topic, expression, expressionType, version, tags, codes } = subscription;
  return {
    classFilterMode: false,
    codeSet: [...codes],
    expressionType,
    subString: expression,
    subVersion: version,
    tagsSet: tags,
    topic,
  };
}
