/**
 * What the reconcilers ask of running brokers and name servers, each by `host:port` of its pod.
 *
 * Invariant: an answer that cannot be had (no connection, too late, stopped) is `undefined`, which
 * means unknown and never "bad"; nothing here throws for it. A process that answers with a refusal
 * says so: `{ refused }`. Every question has a short time-out and ends with its signal.
 */
export interface ClusterAccess extends AsyncDisposable {
  /** Who a broker is and how full its log. */
  brokerFacts(address: string, signal?: AbortSignal): Promise<BrokerFacts | undefined>;
  brokerConfig(address: string, signal?: AbortSignal): Promise<Settings | undefined>;
  /** All of the changes are made, or none. */
  updateBrokerConfig(
    address: string,
    changes: Settings,
    signal?: AbortSignal,
  ): Promise<ChangeAnswer | undefined>;

  /** The brokers a name server knows, by broker name. */
  routedBrokers(
    nameServer: string,
    signal?: AbortSignal,
  ): Promise<readonly RoutedBroker[] | undefined>;
  nameServerConfig(nameServer: string, signal?: AbortSignal): Promise<Settings | undefined>;
  updateNameServerConfig(
    nameServer: string,
    changes: Settings,
    signal?: AbortSignal,
  ): Promise<ChangeAnswer | undefined>;
  /** Takes a topic out of the routes of one cluster. */
  forgetTopic(
    nameServer: string,
    topic: TopicOfCluster,
    signal?: AbortSignal,
  ): Promise<ChangeAnswer | undefined>;

  /** The topics of users on a broker: without its own, without retries and dead letters. */
  topics(address: string, signal?: AbortSignal): Promise<readonly TopicSettings[] | undefined>;
  findTopic(address: string, topic: string, signal?: AbortSignal): Promise<Found<TopicSettings>>;
  putTopic(
    address: string,
    topic: TopicSettings,
    signal?: AbortSignal,
  ): Promise<ChangeAnswer | undefined>;
  /** Removes a topic with its messages; done when there is none. */
  removeTopic(
    address: string,
    topic: string,
    signal?: AbortSignal,
  ): Promise<ChangeAnswer | undefined>;
  /** The queues of one topic, and how far each group has consumed it. */
  findTopicContents(
    address: string,
    topic: string,
    signal?: AbortSignal,
  ): Promise<Found<TopicContents>>;

  /** The consumer groups of users on a broker. */
  groups(address: string, signal?: AbortSignal): Promise<readonly GroupSettings[] | undefined>;
  findGroup(address: string, group: string, signal?: AbortSignal): Promise<Found<GroupSettings>>;
  /** Makes a group or changes it; what `GroupSettings` does not name stays as it is. */
  putGroup(
    address: string,
    group: GroupSettings,
    signal?: AbortSignal,
  ): Promise<ChangeAnswer | undefined>;
  /** Removes a group with its offsets; done when there is none. */
  removeGroup(
    address: string,
    group: string,
    signal?: AbortSignal,
  ): Promise<ChangeAnswer | undefined>;

  /** Everything stored on a broker: the proof that it is empty, or what is on it. */
  contents(address: string, signal?: AbortSignal): Promise<readonly TopicContents[] | undefined>;
  /**
   * Makes the consumer groups and then the topics of users on `to` that `from` has, and reads them
   * back. Ordered topics (FIFO, `order`) stay where they are. May be repeated.
   */
  copyMetadata(route: CopyRoute, signal?: AbortSignal): Promise<Copied | Refused | undefined>;
}

export type Settings = Readonly<Record<string, string>>;

/** A process answered, and this is why it did not do it. */
export interface Refused {
  readonly refused: string;
}

export type ChangeAnswer = 'done' | Refused;

/** `'none'`: the process answered that it has no such thing; undefined: unknown. */
export type Found<T> = T | 'none' | undefined;

export interface BrokerFacts {
  readonly brokerName: string;
  readonly clusterName: string;
  /** 0: the master. */
  readonly brokerId: number;
  /** The wire protocol's version, such as `V5_3_3`. */
  readonly version: string;
  /** Offsets of the log, in bytes. */
  readonly offsetMin: number;
  readonly offsetMax: number;
  /** False while the store refuses messages, as on a full disk. */
  readonly isWritable: boolean;
  /** Share of the volume that is used, 0 to 1; undefined when the broker cannot tell. */
  readonly diskUsed: number | undefined;
  readonly bootTimestamp: number;
}

export interface RoutedBroker {
  readonly brokerName: string;
  readonly clusterName: string;
  /** `host:port` by broker id. */
  readonly addresses: ReadonlyMap<number, string>;
}

export interface TopicOfCluster {
  readonly topic: string;
  readonly clusterName: string;
}

export interface TopicSettings {
  readonly topic: string;
  readonly readQueues: number;
  readonly writeQueues: number;
  /** 2 write, 4 read, 6 both. */
  readonly perm: number;
  readonly order: boolean;
  /** Such as `message.type`. */
  readonly attributes: Readonly<Record<string, string>>;
}

export interface GroupSettings {
  readonly group: string;
  readonly consumeEnabled: boolean;
  readonly consumeBroadcast: boolean;
  readonly consumeOrderly: boolean;
  readonly retryTimesMax: number;
  readonly retryQueues: number;
}

export interface TopicContents {
  readonly topic: string;
  readonly kind: 'user' | 'retry' | 'deadLetter' | 'system';
  readonly queues: readonly QueueContents[];
}

export interface QueueContents {
  readonly queueId: number;
  /** Messages `[offsetMin, offsetMax)` are there. */
  readonly offsetMin: number;
  readonly offsetMax: number;
  /** The next message of each group that has consumed the topic on this broker. */
  readonly consumerOffsets: ReadonlyMap<string, number>;
}

export interface CopyRoute {
  readonly from: string;
  readonly to: string;
  /** Topics that are somebody else's to make. */
  readonly exceptTopics?: readonly string[];
}

export interface Copied {
  readonly topics: number;
  readonly groups: number;
}
