/**
 * What operators ask one process of a cluster at its address, with no name server in between: for
 * those who know every process by other means, and want to know what each of them says.
 *
 * Bound: `connectionsMax` connections; of those that carry no call, the one used longest ago is
 * closed first.
 */
import {
  type SubscriptionGroupConfig as AnsweredGroup,
  clusterInfo,
  consumerOffsetTable,
  kvTable,
  subscriptionGroupConfig,
  subscriptionGroupList,
  subscriptionGroupTable,
  topicConfig,
  topicConfigTable,
  topicList,
  topicStatsTable,
} from '../protocol/bodies/mod.ts';
import { brokerRequests, nameServerRequests, responseCodes } from '../protocol/mod.ts';
import {
  type CallOptions,
  RemotingClient,
  type Reply,
  type TypedRequest,
  type TypedRow,
} from '../remoting/mod.ts';
import type { Runtime } from '../runtime/mod.ts';
import {
  type ClusterInfo,
  clusterInfoOf,
  type QueueStatus,
  queueStatuses,
  type TopicConfig,
  type TopicDetails,
  topicDetails,
} from './admin-answers.ts';
import { type CommittedOffset, committedOffsets } from './direct-answers.ts';
import { parseSettings, printSettings } from './settings.ts';
import { type AttributeChanges, topicHeader } from './topic-header.ts';

const { TOPIC_NOT_EXIST } = responseCodes;

export interface DirectAdminOptions {
  readonly connectTimeoutMs: number;
  readonly callTimeoutMs: number;
  readonly connectionsMax: number;
}

/** A consumer group as a broker keeps it, every setting of it. */
export type GroupConfig = AnsweredGroup;

/** A topic as it is to be; attributes that are not named stay. */
export interface TopicWish extends Omit<TopicConfig, 'attributes'> {
  readonly attributes: AttributeChanges;
}

export class DirectAdmin implements AsyncDisposable {
  readonly #remoting: RemotingClient;
  readonly #connectionsMax: number;
  /** Calls on their way by address, the address used longest ago first. */
  readonly #calls = new Map<string, number>();

  private constructor(runtime: Runtime, { connectionsMax, ...timeouts }: DirectAdminOptions) {
    this.#remoting = new RemotingClient(runtime, timeouts);
    this.#connectionsMax = connectionsMax;
  }

  static start(runtime: Runtime, options: DirectAdminOptions): DirectAdmin {
    return new DirectAdmin(runtime, options);
  }

  /** What a broker says of itself, by RocketMQ's names. */
  async runtimeInfo(broker: string, limits: CallOptions): Promise<ReadonlyMap<string, string>> {
    const { GET_BROKER_RUNTIME_INFO } = brokerRequests;
    const request = { header: {}, what: 'read the state of a broker', ...limits };
    return kvTable.decode((await this.#ask(broker, GET_BROKER_RUNTIME_INFO, request)).body).table;
  }

  async brokerConfig(broker: string, limits: CallOptions): Promise<Map<string, string>> {
    const request = { header: {}, what: 'read the settings of a broker', ...limits };
    return parseSettings((await this.#ask(broker, brokerRequests.GET_BROKER_CONFIG, request)).body);
  }

  /** All of the changes are made or none. */
  async updateBrokerConfig(
    broker: string,
    changes: Readonly<Record<string, string>>,
    limits: CallOptions,
  ): Promise<void> {
    const body = printSettings(changes);
    const request = { header: {}, body, what: 'change settings of a broker', ...limits };
    await this.#ask(broker, brokerRequests.UPDATE_BROKER_CONFIG, request);
  }

  /** The brokers a name server knows. */
  async clusterInfo(nameServer: string, limits: CallOptions): Promise<ClusterInfo> {
    const { GET_BROKER_CLUSTER_INFO } = nameServerRequests;
    const request = { header: {}, what: 'list the clusters', ...limits };
    const { body } = await this.#ask(nameServer, GET_BROKER_CLUSTER_INFO, request);
    return clusterInfoOf(clusterInfo.decode(body));
  }

  async nameServerConfig(nameServer: string, limits: CallOptions): Promise<Map<string, string>> {
    const { GET_NAMESRV_CONFIG } = nameServerRequests;
    const request = { header: {}, what: 'read the settings of a name server', ...limits };
    return parseSettings((await this.#ask(nameServer, GET_NAMESRV_CONFIG, request)).body);
  }

  async updateNameServerConfig(
    nameServer: string,
    changes: Readonly<Record<string, string>>,
    limits: CallOptions,
  ): Promise<void> {
    const body = printSettings(changes);
    const request = { header: {}, body, what: 'change settings of a name server', ...limits };
    await this.#ask(nameServer, nameServerRequests.UPDATE_NAMESRV_CONFIG, request);
  }

  /** Takes a topic out of the routes of a cluster. */
  async deleteRoute(
    nameServer: string,
    { topic, clusterName }: { readonly topic: string; readonly clusterName: string },
    limits: CallOptions,
  ): Promise<void> {
    const what = `delete topic "${topic}" from the routes`;
    const request = { header: { topic, clusterName }, what, ...limits };
    await this.#ask(nameServer, nameServerRequests.DELETE_TOPIC_IN_NAMESRV, request);
  }

  /** Every topic of a broker, its own among them. */
  async topicConfigs(broker: string, limits: CallOptions): Promise<TopicDetails[]> {
    const request = { header: {}, what: 'list the topics of a broker', ...limits };
    const { body } = await this.#ask(broker, brokerRequests.GET_ALL_TOPIC_CONFIG, request);
    const { topicConfigTable: topics } = topicConfigTable.decode(body);
    return Array.from(topics, ([topicName, config]) => topicDetails({ ...config, topicName }));
  }

  /** How a broker has a topic; undefined when it does not have it. */
  async findTopic(
    broker: string,
    topic: string,
    limits: CallOptions,
  ): Promise<TopicDetails | undefined> {
    const { code, body } = await this.#ask(broker, brokerRequests.GET_TOPIC_CONFIG, {
      header: { topic },
      outcomes: [TOPIC_NOT_EXIST],
      what: `read topic "${topic}"`,
      ...limits,
    });
    return code === TOPIC_NOT_EXIST ? undefined : topicDetails(topicConfig.decode(body));
  }

  /** The names of the topics that a broker has for itself. */
  async ownTopics(broker: string, limits: CallOptions): Promise<readonly string[]> {
    const { GET_SYSTEM_TOPIC_LIST_FROM_BROKER } = brokerRequests;
    const request = { header: {}, what: 'list the own topics of a broker', ...limits };
    const { body } = await this.#ask(broker, GET_SYSTEM_TOPIC_LIST_FROM_BROKER, request);
    return topicList.decode(body).topicList;
  }

  async putTopic(broker: string, wish: TopicWish, limits: CallOptions): Promise<void> {
    const request = { header: topicHeader(wish), what: `make topic "${wish.topic}"`, ...limits };
    await this.#ask(broker, brokerRequests.UPDATE_AND_CREATE_TOPIC, request);
  }

  /** Removes a topic with its messages; it may be missing. */
  async deleteTopic(broker: string, topic: string, limits: CallOptions): Promise<void> {
    const request = { header: { topic }, what: `delete topic "${topic}"`, ...limits };
    await this.#ask(broker, brokerRequests.DELETE_TOPIC_IN_BROKER, request);
  }

  /** The offsets of the queues a broker has of a topic; undefined when it has none. */
  async findTopicStatus(
    broker: string,
    topic: string,
    limits: CallOptions,
  ): Promise<QueueStatus[] | undefined> {
    const { code, body } = await this.#ask(broker, brokerRequests.GET_TOPIC_STATS_INFO, {
      header: { topic },
      outcomes: [TOPIC_NOT_EXIST],
      what: `read the state of topic "${topic}"`,
      ...limits,
    });
    return code === TOPIC_NOT_EXIST ? undefined : queueStatuses(topicStatsTable.decode(body));
  }

  /** How far every group has come in every topic of a broker. */
  async consumerOffsets(broker: string, limits: CallOptions): Promise<CommittedOffset[]> {
    const request = { header: {}, what: 'read the offsets of a broker', ...limits };
    const { body } = await this.#ask(broker, brokerRequests.GET_ALL_CONSUMER_OFFSET, request);
    return committedOffsets(consumerOffsetTable.decode(body));
  }

  /** Every consumer group of a broker, its own among them. */
  async groupConfigs(broker: string, limits: CallOptions): Promise<GroupConfig[]> {
    const { GET_ALL_SUBSCRIPTIONGROUP_CONFIG } = brokerRequests;
    const request = { header: {}, what: 'list the groups of a broker', ...limits };
    const { body } = await this.#ask(broker, GET_ALL_SUBSCRIPTIONGROUP_CONFIG, request);
    const { subscriptionGroupTable: groups } = subscriptionGroupTable.decode(body);
    return Array.from(groups, ([groupName, config]) => ({ ...config, groupName }));
  }

  /** Makes groups or changes them, all or none. */
  async putGroups(
    broker: string,
    groups: readonly GroupConfig[],
    limits: CallOptions,
  ): Promise<void> {
    const { UPDATE_AND_CREATE_SUBSCRIPTIONGROUP_LIST } = brokerRequests;
    const body = subscriptionGroupList.encode({ groupConfigList: groups });
    const request = { header: {}, body, what: 'make consumer groups', ...limits };
    await this.#ask(broker, UPDATE_AND_CREATE_SUBSCRIPTIONGROUP_LIST, request);
  }

  /** Removes a group with its offsets; it may be missing. */
  async deleteGroup(broker: string, group: string, limits: CallOptions): Promise<void> {
    const header = { groupName: group, cleanOffset: true };
    const request = { header, what: `delete group "${group}"`, ...limits };
    await this.#ask(broker, brokerRequests.DELETE_SUBSCRIPTIONGROUP, request);
  }

  /** Addresses with a connection. */
  get connected(): string[] {
    return this.#remoting.connected;
  }

  async close(): Promise<void> {
    await this.#remoting.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #ask<Q, A>(
    address: string,
    row: TypedRow<Q, A>,
    request: TypedRequest<Q>,
  ): Promise<Reply<A>> {
    this.#began(address);
    try {
      return await this.#remoting.request(address, row, request);
    } finally {
      const calls = this.#calls.get(address) ?? 1;
      this.#calls.set(address, calls - 1);
    }
  }

  #began(address: string): void {
    const calls = this.#calls.get(address) ?? 0;
    this.#calls.delete(address);
    this.#calls.set(address, calls + 1);
    for (const [other, busy] of this.#calls) {
      if (this.#calls.size <= this.#connectionsMax) return;
      if (busy > 0) continue;
      this.#calls.delete(other);
      this.#remoting.disconnect(other);
    }
  }
}

/** A group with every setting at its default. */
export function newGroupConfig(group: string): GroupConfig {
  return { ...subscriptionGroupConfig.fallback(), groupName: group };
}
