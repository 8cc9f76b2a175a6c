/**
 * What operators do to a running cluster: look at it, make and remove topics, change settings.
 * Every method asks the cluster anew; nothing is remembered between calls.
 */
import {
  clusterInfo,
  consumeStats,
  kvTable,
  topicConfig,
  topicList,
  topicStatsTable,
} from '../protocol/bodies/mod.ts';
import {
  brokerRequests,
  Failure,
  nameServerRequests,
  PERMISSION,
  requireGroupName,
  requireTopicName,
  responseCodes,
} from '../protocol/mod.ts';
import type { Runtime } from '../runtime/mod.ts';
import {
  type BrokerStatus,
  type ClusterInfo,
  type ConsumerProgress,
  clusterInfoOf,
  compareQueues,
  type QueueStatus,
  queueProgress,
  queueStatuses,
  type TopicConfig,
  topicDetails,
} from './admin-answers.ts';
import type { ClientOptions } from './options.ts';
import { MASTER_ID, mastersOf, type TopicRoute } from './route.ts';
import { Session } from './session.ts';
import { parseSettings, printSettings } from './settings.ts';
import { type AttributeChanges, topicHeader } from './topic-header.ts';

const TIMEOUT_MS = 5000;
const { TOPIC_NOT_EXIST, CONSUMER_NOT_ONLINE } = responseCodes;
const QUEUES = 8;

/** A topic to be made or changed. */
export interface TopicRequest {
  readonly topic: string;
  /** On every master of the cluster. */
  readonly cluster?: string;
  /** On this broker alone, by name or as `host:port`. */
  readonly broker?: string;
  readonly readQueues?: number;
  readonly writeQueues?: number;
  /** 2 write, 4 read, 6 both. */
  readonly perm?: number;
  readonly order?: boolean;
  /** Such as `message.type`: an undefined value removes the attribute. */
  readonly attributes?: AttributeChanges;
}

export class Admin implements AsyncDisposable {
  readonly #session: Session;

  private constructor(runtime: Runtime, options: ClientOptions) {
    this.#session = new Session(runtime, { requestTimeoutMs: TIMEOUT_MS, ...options });
  }

  /** Throws a `Failure` when an option is wrong. Connections are made when first needed. */
  static start(runtime: Runtime, options: ClientOptions): Admin {
    return new Admin(runtime, options);
  }

  /** Clusters and the addresses of their brokers, as a name server knows them. */
  async clusterInfo(): Promise<ClusterInfo> {
    const { GET_BROKER_CLUSTER_INFO } = nameServerRequests;
    const request = { header: {}, what: 'list the clusters' };
    const { body } = await this.#session.nameServers.request(GET_BROKER_CLUSTER_INFO, request);
    return clusterInfoOf(clusterInfo.decode(body));
  }

  /** Every broker process with what it says of itself, sorted by cluster, name and id. */
  async brokers(): Promise<BrokerStatus[]> {
    const { brokers } = await this.clusterInfo();
    const members = [...brokers.values()].flatMap(({ cluster, brokerName, addresses }) =>
      Array.from(addresses, ([brokerId, address]) => ({ cluster, brokerName, brokerId, address })),
    );
    const statuses = members.map((member) =>
      this.runtimeInfo(member.address).then(
        (runtimeInfo) => ({ ...member, runtimeInfo }),
        (error: Error) => ({ ...member, runtimeInfo: undefined, error }),
      ),
    );
    return (await Promise.all(statuses)).toSorted(
      (left, right) =>
        left.cluster.localeCompare(right.cluster) ||
        left.brokerName.localeCompare(right.brokerName) ||
        left.brokerId - right.brokerId,
    );
  }

  /** What the broker at `address` says of itself, by RocketMQ's names. */
  async runtimeInfo(address: string): Promise<Map<string, string>> {
    const { GET_BROKER_RUNTIME_INFO } = brokerRequests;
    const request = { header: {}, what: 'read the state of a broker' };
    const { body } = await this.#session.remoting.request(
      address,
      GET_BROKER_RUNTIME_INFO,
      request,
    );
    return new Map(kvTable.decode(body).table);
  }

  /** The names of all topics, sorted. */
  async topics(): Promise<string[]> {
    const { GET_ALL_TOPIC_LIST_FROM_NAMESERVER } = nameServerRequests;
    const request = { header: {}, what: 'list the topics' };
    const { nameServers } = this.#session;
    const { body } = await nameServers.request(GET_ALL_TOPIC_LIST_FROM_NAMESERVER, request);
    return topicList.decode(body).topicList.toSorted();
  }

  /** Where a topic is; undefined when no broker has it. */
  async findRoute(topic: string): Promise<TopicRoute | undefined> {
    return this.#session.nameServers.findRoute(topic);
  }

  /** Makes a topic or changes it; returns the addresses of the brokers that have it now. */
  async putTopic(request: TopicRequest): Promise<string[]> {
    requireTopicName(request.topic);
    const addresses = await this.#targets(request);
    const { readQueues = QUEUES, writeQueues = QUEUES, order = false } = request;
    const { perm = PERMISSION.read | PERMISSION.write, attributes = {} } = request;
    for (const address of addresses) {
      await this.#session.remoting.request(address, brokerRequests.UPDATE_AND_CREATE_TOPIC, {
        header: topicHeader({
          topic: request.topic,
          readQueues,
          writeQueues,
          perm,
          order,
          attributes,
        }),
        what: `make topic "${request.topic}"`,
      });
    }
    return addresses;
  }

  /**
   * Removes a topic and its messages from the brokers of a cluster, of all without one, and from
   * the name servers; returns the addresses of the brokers.
   */
  async deleteTopic(topic: string, cluster?: string): Promise<string[]> {
    requireTopicName(topic);
    const addresses = await this.#masters(cluster);
    for (const address of addresses) {
      const what = `delete topic "${topic}"`;
      const { remoting } = this.#session;
      await remoting.request(address, brokerRequests.DELETE_TOPIC_IN_BROKER, {
        header: { topic },
        what,
      });
    }
    await this.#session.nameServers.requestAll(nameServerRequests.DELETE_TOPIC_IN_NAMESRV, {
      header: { topic, clusterName: cluster },
      what: `delete topic "${topic}" from the routes`,
    });
    return addresses;
  }

  /** The offsets of every queue of a topic, sorted. */
  async topicStatus(topic: string): Promise<QueueStatus[]> {
    const route = await this.#requireRoute(topic);
    const answers = await Promise.all(
      mastersOf(route.brokers).map((address) =>
        this.#session.remoting.request(address, brokerRequests.GET_TOPIC_STATS_INFO, {
          header: { topic },
          what: `read the state of topic "${topic}"`,
        }),
      ),
    );
    return answers
      .flatMap(({ body }) => queueStatuses(topicStatsTable.decode(body)))
      .toSorted(compareQueues);
  }

  /** How a broker has a topic; undefined when it does not have it. */
  async findTopicConfig(address: string, topic: string): Promise<TopicConfig | undefined> {
    const { body, code } = await this.#session.remoting.request(
      address,
      brokerRequests.GET_TOPIC_CONFIG,
      { header: { topic }, outcomes: [TOPIC_NOT_EXIST], what: `read topic "${topic}"` },
    );
    if (code === TOPIC_NOT_EXIST) return undefined;
    return topicDetails(topicConfig.decode(body));
  }

  /** How far a group has consumed a topic, or all it has offsets for. */
  async consumerProgress(group: string, topic?: string): Promise<ConsumerProgress> {
    requireGroupName(group);
    const route = topic === undefined ? undefined : await this.#requireRoute(topic);
    const addresses = route ? mastersOf(route.brokers) : await this.#masters();
    const answers = await Promise.all(
      addresses.map((address) =>
        this.#session.remoting.request(address, brokerRequests.GET_CONSUME_STATS, {
          header: { consumerGroup: group, topic },
          outcomes: [CONSUMER_NOT_ONLINE],
          what: `read the progress of group "${group}"`,
        }),
      ),
    );
    const parts = answers
      .filter(({ code }) => code !== CONSUMER_NOT_ONLINE)
      .map(({ body }) => consumeStats.decode(body));
    return {
      tps: parts.reduce((sum, { consumeTps }) => sum + consumeTps, 0),
      queues: parts.flatMap(queueProgress).toSorted(compareQueues),
    };
  }

  /** The settings of the broker at `address`. */
  async brokerConfig(address: string): Promise<Map<string, string>> {
    const { GET_BROKER_CONFIG } = brokerRequests;
    const request = { header: {}, what: 'read the settings of a broker' };
    const { body } = await this.#session.remoting.request(address, GET_BROKER_CONFIG, request);
    return parseSettings(body);
  }

  /** Changes settings of the broker at `address`: all of them or none. */
  async updateBrokerConfig(
    address: string,
    changes: Readonly<Record<string, string>>,
  ): Promise<void> {
    await this.#session.remoting.request(address, brokerRequests.UPDATE_BROKER_CONFIG, {
      header: {},
      body: printSettings(changes),
      what: 'change settings of a broker',
    });
  }

  /** The settings of every name server, by its address. */
  async nameServerConfig(): Promise<Map<string, Map<string, string>>> {
    const { addresses } = this.#session.nameServers;
    const request = { header: {}, what: 'read the settings of the name servers' };
    const { GET_NAMESRV_CONFIG } = nameServerRequests;
    const replies = await this.#session.nameServers.requestAll(GET_NAMESRV_CONFIG, request);
    return new Map(
      addresses.map((address, place) => {
        return [address, parseSettings(replies[place]?.body ?? Buffer.alloc(0))] as const;
      }),
    );
  }

  /** Changes settings of every name server. */
  async updateNameServerConfig(changes: Readonly<Record<string, string>>): Promise<void> {
    await this.#session.nameServers.requestAll(nameServerRequests.UPDATE_NAMESRV_CONFIG, {
      header: {},
      body: printSettings(changes),
      what: 'change settings of the name servers',
    });
  }

  async close(): Promise<void> {
    await this.#session.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #targets({ topic, cluster, broker }: TopicRequest): Promise<string[]> {
    if (broker === undefined) return this.#masters(cluster);
    if (broker.includes(':')) return [broker];
    const { brokers } = await this.clusterInfo();
    const address = brokers.get(broker)?.addresses.get(MASTER_ID);
    if (address !== undefined) return [address];
    const known = [...brokers.keys()].join(', ') || 'none';
    throw new Failure(
      'BrokerNotFound',
      `Cannot make topic "${topic}": broker "${broker}" has no master; brokers are: ${known}`,
    );
  }

  /** The masters of a cluster, of all without one. */
  async #masters(cluster?: string): Promise<string[]> {
    const { brokers, clusters } = await this.clusterInfo();
    const all = [...brokers.values()];
    const chosen = cluster === undefined ? all : all.filter((broker) => broker.cluster === cluster);
    const addresses = mastersOf(chosen);
    if (addresses.length > 0) return addresses;
    const where = cluster === undefined ? 'no cluster' : `cluster "${cluster}"`;
    const known = [...clusters.keys()].join(', ') || 'none';
    const message = `Cannot find a master: ${where} has none now; clusters are: ${known}`;
    throw new Failure('BrokerNotFound', message);
  }

  async #requireRoute(topic: string): Promise<TopicRoute> {
    const route = await this.findRoute(topic);
    if (route !== undefined) return route;
    throw new Failure('TopicNotFound', `Cannot find topic "${topic}": no broker has it`);
  }
}
