/**
 * Which brokers there are and which topics they have: everything a name server knows, as a state
 * machine without clock, network or disk. Time is passed in; what is to be done outside is returned.
 *
 * Kept in memory only: brokers tell it again every 30 s, to each name server on its own, and name
 * servers never talk to each other. So every rule must come to the same state in whatever order the
 * registrations of different brokers arrive.
 *
 * Invariants: a broker name is in a cluster exactly as long as it has an address, an address has at
 * most one id in its group, and a topic has a queue entry only of broker names that are known.
 */
import {
  type DataVersion,
  isSameVersion,
  type QueueData,
  type TopicQueueMappingInfo,
} from '../protocol/bodies/mod.ts';
import { PERMISSION } from '../protocol/mod.ts';
import { type LiveBroker, LiveBrokers } from './live-brokers.ts';

export const MASTER_ID = 0;
/** How long a broker stays without a sign of life when it does not say itself. */
const TIMEOUT_MS = 120_000;

/** One broker process. */
export interface BrokerIdentity {
  readonly cluster: string;
  readonly brokerName: string;
  readonly brokerAddr: string;
  readonly brokerId: number;
}

/** What a broker says of a topic, as far as routes need it. */
export type TopicQueues = Omit<QueueData, 'brokerName'>;

/** What a broker says about itself and its topics. */
export interface BrokerRegistration extends BrokerIdentity {
  readonly haServerAddr: string;
  readonly zoneName: string | undefined;
  readonly timeoutMs: number | undefined;
  /** Undefined from brokers older than the feature: then it is off and there is no prime slave. */
  readonly enableActingMaster: boolean | undefined;
  readonly dataVersion: DataVersion;
  readonly topics: ReadonlyMap<string, TopicQueues>;
  readonly mappings: readonly TopicQueueMappingInfo[];
  readonly filterServers: readonly string[];
  /** What it came by: closing it takes the broker out at once. */
  readonly channel: object | undefined;
}

/** All brokers of one name: a master and its slaves. */
export interface BrokerGroup {
  readonly brokerName: string;
  cluster: string;
  readonly addresses: Map<number, string>;
  enableActingMaster: boolean;
  zoneName: string | undefined;
}

/** The least id of a group has changed: its members may want to know. */
export interface MinIdChange {
  readonly group: BrokerGroup;
  /** Absent when a broker came. */
  readonly offlineAddr?: string;
  readonly haServerAddr?: string;
}

export type RegisterOutcome =
  | { readonly kind: 'registered'; readonly master?: Master; readonly minIdChange?: MinIdChange }
  /** An older life of a master whose newer one is registered. */
  | { readonly kind: 'stale' }
  /** A single topic, before all of them were told once. */
  | { readonly kind: 'refused' };

interface Master {
  readonly masterAddr: string;
  readonly haServerAddr: string;
}

export interface RouteRules {
  /** A registration is all there is: topics of the broker that it lacks are removed. */
  readonly deleteTopicWithBrokerRegistration: boolean;
}

export class Routes {
  readonly live = new LiveBrokers();
  /** Topic → broker name → its queues. */
  readonly topics = new Map<string, Map<string, QueueData>>();
  readonly groups = new Map<string, BrokerGroup>();
  readonly clusters = new Map<string, Set<string>>();
  /** Topic → broker name → the logical queues it hosts, as long as the topic has queues there. */
  readonly mappings = new Map<string, Map<string, TopicQueueMappingInfo>>();

  readonly #rules: RouteRules;

  constructor(rules: RouteRules) {
    this.#rules = rules;
  }

  register(registration: BrokerRegistration, nowMs: number): RegisterOutcome {
    const { cluster, brokerName, brokerAddr, brokerId, dataVersion } = registration;
    const known = this.groups.get(brokerName);
    if (known !== undefined && this.#isStale(known, registration)) {
      this.live.remove(cluster, brokerAddr);
      return { kind: 'stale' };
    }
    const hasAddress = known?.addresses.has(brokerId) === true;
    if (!hasAddress && registration.topics.size === 1) return { kind: 'refused' };

    this.#leaveFormerName(registration);
    const group = this.#join(registration);
    const idMin = minId(group);
    this.#takeTopics(registration, group, takePlace(group, registration));
    this.live.put({
      cluster,
      brokerName,
      brokerAddr,
      dataVersion,
      haServerAddr: registration.haServerAddr,
      filterServers: registration.filterServers,
      channel: registration.channel,
      timeoutMs: registration.timeoutMs ?? TIMEOUT_MS,
      lastSeenMs: nowMs,
    });
    const master = brokerId === MASTER_ID ? undefined : this.#findMaster(group, cluster);
    const { haServerAddr } = registration;
    return {
      kind: 'registered',
      ...(master && { master }),
      ...(brokerId < idMin && { minIdChange: { group, haServerAddr } }),
    };
  }

  /** Takes brokers out; returns the groups whose least id went. */
  unregister(brokers: readonly BrokerIdentity[]): MinIdChange[] {
    const gone = new Set<string>();
    const reduced = new Set<string>();
    const changes = new Map<string, MinIdChange>();
    for (const { cluster, brokerName, brokerAddr, brokerId } of brokers) {
      this.live.remove(cluster, brokerAddr);
      const group = this.groups.get(brokerName);
      if (group === undefined) continue;
      const wasMin = brokerId === minId(group);
      for (const [id, address] of group.addresses) {
        if (address === brokerAddr) group.addresses.delete(id);
      }
      if (group.addresses.size === 0) {
        this.#dropGroup(brokerName);
        gone.add(brokerName);
        reduced.delete(brokerName);
        changes.delete(brokerName);
      } else {
        reduced.add(brokerName);
        if (wasMin) changes.set(brokerName, { group, offlineAddr: brokerAddr });
      }
    }
    this.#dropQueues(gone, reduced);
    return [...changes.values()];
  }

  /** Brokers whose time is up at `nowMs`, and what they came by. */
  expired(nowMs: number): { readonly broker: BrokerIdentity; readonly channel?: object }[] {
    return this.live.expired(nowMs).map((broker) => ({
      broker: this.#identityOf(broker),
      ...(broker.channel && { channel: broker.channel }),
    }));
  }

  /** The brokers that registered through `channel`. */
  registeredBy(channel: object): BrokerIdentity[] {
    return this.live.of(channel).map((broker) => this.#identityOf(broker));
  }

  /** Sets or clears the write bit of all queues of a broker; returns how many topics it touched. */
  setWritable(brokerName: string, writable: boolean): number {
    let touched = 0;
    for (const queues of this.topics.values()) {
      const data = queues.get(brokerName);
      if (data === undefined) continue;
      const perm = writable ? PERMISSION.read | PERMISSION.write : data.perm & ~PERMISSION.write;
      queues.set(brokerName, { ...data, perm });
      touched++;
    }
    return touched;
  }

  /** Adds or replaces queues of one topic; nothing happens when one of the brokers is unknown. */
  registerTopic(topic: string, queueDatas: readonly QueueData[]): void {
    if (queueDatas.length === 0) return;
    if (queueDatas.some(({ brokerName }) => !this.groups.has(brokerName))) return;
    for (const data of queueDatas) this.#setQueues(topic, data);
  }

  /** Takes a topic out of the routes of a cluster, of all without one. */
  deleteTopic(topic: string, cluster?: string): void {
    if (cluster === undefined) {
      this.topics.delete(topic);
      this.mappings.delete(topic);
      return;
    }
    for (const brokerName of this.clusters.get(cluster) ?? []) this.#dropTopic(topic, brokerName);
  }

  /** A life of the same id with a newer state, which must not be overwritten by an older one. */
  #isStale(group: BrokerGroup, { cluster, brokerId, brokerAddr, dataVersion }: BrokerRegistration) {
    const holder = group.addresses.get(brokerId);
    if (holder === undefined || holder === brokerAddr) return false;
    const entry = this.live.find(cluster, holder);
    return entry !== undefined && entry.dataVersion.stateVersion > dataVersion.stateVersion;
  }

  /** An address that has taken another name: under its old one nobody would ever miss it. */
  #leaveFormerName(registration: BrokerRegistration): void {
    const former = this.live.find(registration.cluster, registration.brokerAddr)?.brokerName;
    if (former === undefined || former === registration.brokerName) return;
    this.unregister([{ ...registration, brokerName: former }]);
  }

  #join({ cluster, brokerName, enableActingMaster, zoneName }: BrokerRegistration): BrokerGroup {
    const names = this.clusters.get(cluster) ?? new Set();
    this.clusters.set(cluster, names.add(brokerName));
    const group: BrokerGroup = this.groups.get(brokerName) ?? {
      brokerName,
      cluster,
      addresses: new Map(),
      enableActingMaster: false,
      zoneName: undefined,
    };
    this.groups.set(brokerName, group);
    group.enableActingMaster = enableActingMaster === true;
    group.zoneName = zoneName;
    return group;
  }

  /** Only a master tells topics, or the slave with the least id of a group that has none. */
  #takeTopics(registration: BrokerRegistration, group: BrokerGroup, isFirst: boolean): void {
    const { brokerName, brokerId } = registration;
    const isMaster = brokerId === MASTER_ID;
    if (!isMaster && !isPrimeSlave(registration, group)) return;

    const isNews = isFirst || this.#isNewVersion(registration);
    this.#dropMissing(registration);
    const mask = !isMaster && group.enableActingMaster ? ~PERMISSION.write : ~0;
    for (const [topic, queues] of registration.topics) {
      if (!isNews && this.topics.get(topic)?.has(brokerName) === true) continue;
      const { readQueueNums, writeQueueNums, topicSysFlag } = queues;
      const perm = queues.perm & mask;
      this.#setQueues(topic, { brokerName, perm, readQueueNums, writeQueueNums, topicSysFlag });
    }
    if (isNews) this.#takeMappings(registration.mappings);
  }

  #isNewVersion({ cluster, brokerAddr, dataVersion }: BrokerRegistration): boolean {
    const before = this.live.find(cluster, brokerAddr)?.dataVersion;
    return before === undefined || !isSameVersion(before, dataVersion);
  }

  #takeMappings(mappings: readonly TopicQueueMappingInfo[]): void {
    for (const info of mappings) {
      // Without queues nobody is told of it, and nobody would take it out again.
      if (!this.topics.has(info.topic)) continue;
      const byBroker = this.mappings.get(info.topic) ?? new Map<string, TopicQueueMappingInfo>();
      this.mappings.set(info.topic, byBroker.set(info.bname, info));
    }
  }

  #dropMissing({ brokerName, topics, mappings }: BrokerRegistration): void {
    if (!this.#rules.deleteTopicWithBrokerRegistration || mappings.length > 0) return;
    for (const topic of this.topics.keys()) {
      if (!topics.has(topic)) this.#dropTopic(topic, brokerName);
    }
  }

  #setQueues(topic: string, data: QueueData): void {
    const queues = this.topics.get(topic) ?? new Map<string, QueueData>();
    this.topics.set(topic, queues.set(data.brokerName, data));
  }

  #dropTopic(topic: string, brokerName: string): void {
    const queues = this.topics.get(topic);
    if (queues?.delete(brokerName) !== true) return;
    const mappings = this.mappings.get(topic);
    mappings?.delete(brokerName);
    if (mappings?.size === 0 || queues.size === 0) this.mappings.delete(topic);
    if (queues.size === 0) this.topics.delete(topic);
  }

  #dropGroup(brokerName: string): void {
    this.groups.delete(brokerName);
    for (const [cluster, names] of this.clusters) {
      if (names.delete(brokerName) && names.size === 0) this.clusters.delete(cluster);
    }
  }

  #dropQueues(gone: ReadonlySet<string>, reduced: ReadonlySet<string>): void {
    if (gone.size === 0 && reduced.size === 0) return;
    for (const topic of this.topics.keys()) {
      for (const brokerName of gone) this.#dropTopic(topic, brokerName);
      const queues = this.topics.get(topic);
      if (queues === undefined) continue;
      for (const brokerName of reduced) this.#wipeWithoutMaster(queues, brokerName);
    }
  }

  /** Slaves that act for a lost master take no writes. */
  #wipeWithoutMaster(queues: Map<string, QueueData>, brokerName: string): void {
    const group = this.groups.get(brokerName);
    const data = queues.get(brokerName);
    if (group?.enableActingMaster !== true || data === undefined) return;
    if (minId(group) === MASTER_ID) return;
    queues.set(brokerName, { ...data, perm: data.perm & ~PERMISSION.write });
  }

  #findMaster(group: BrokerGroup, cluster: string): Master | undefined {
    const masterAddr = group.addresses.get(MASTER_ID);
    const entry = masterAddr === undefined ? undefined : this.live.find(cluster, masterAddr);
    if (masterAddr === undefined || entry === undefined) return undefined;
    return { masterAddr, haServerAddr: entry.haServerAddr };
  }

  /** With the id under which the group knows the address, -1 when it does not. */
  #identityOf({ cluster, brokerName, brokerAddr }: LiveBroker): BrokerIdentity {
    for (const [brokerId, address] of this.groups.get(brokerName)?.addresses ?? []) {
      if (address === brokerAddr) return { cluster, brokerName, brokerAddr, brokerId };
    }
    return { cluster, brokerName, brokerAddr, brokerId: -1 };
  }
}

/** The least id of a group; 0, RocketMQ's "nobody is below", when it is empty. */
export function minId({ addresses }: BrokerGroup): number {
  return addresses.size === 0 ? MASTER_ID : Math.min(...addresses.keys());
}

/** Puts a broker under its id; returns whether nobody was there. */
function takePlace({ addresses }: BrokerGroup, { brokerAddr, brokerId }: BrokerIdentity): boolean {
  for (const [id, address] of addresses) {
    // A slave that became master, or the other way round, has left its old place.
    if (address === brokerAddr && id !== brokerId) addresses.delete(id);
  }
  const isFree = !addresses.has(brokerId);
  addresses.set(brokerId, brokerAddr);
  return isFree;
}

/** Of a group without master, the slave that speaks for it. */
function isPrimeSlave(
  { brokerId, enableActingMaster }: BrokerRegistration,
  group: BrokerGroup,
): boolean {
  return enableActingMaster !== undefined && brokerId === minId(group);
}
