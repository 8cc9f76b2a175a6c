/**
 * `ClusterAccess` over the remoting protocol.
 *
 * Bounds: `CONNECTIONS_MAX` connections, and `CALLS_AT_ONCE` calls to one broker while its topics
 * are read; every call ends after two seconds at the latest, of a silent process sooner (`patience.ts`).
 */
import {
  DirectAdmin,
  Failure,
  isOwnGroup,
  newGroupConfig,
  RemoteRefusal,
  topicKind,
} from '../../client/mod.ts';
import { NetworkError, type Runtime } from '../../runtime/mod.ts';
import { brokerFactsOf, groupSettingsOf, topicSettingsOf, withSettings } from './answers.ts';
import type {
  BrokerFacts,
  ChangeAnswer,
  ClusterAccess,
  Copied,
  CopyRoute,
  Found,
  GroupSettings,
  Refused,
  RoutedBroker,
  Settings,
  TopicContents,
  TopicOfCluster,
  TopicSettings,
} from './cluster-access.ts';
import { type CommittedOffsets, contentsOf, offsetsByTopic } from './contents.ts';
import { copyGroups, copyTopics } from './copying.ts';
import { Patience } from './patience.ts';
import { topicWish } from './topic-wish.ts';

const CONNECTIONS_MAX = 256;
const CALLS_AT_ONCE = 8;
const TIMEOUTS = { connectTimeoutMs: 1000, callTimeoutMs: 2000 };

type Signal = AbortSignal | undefined;

interface Limits {
  readonly signal: Signal;
  readonly timeoutMs: number;
}

class LiveAccess implements ClusterAccess {
  readonly #admin: DirectAdmin;
  readonly #patience = new Patience();

  constructor(runtime: Runtime) {
    this.#admin = DirectAdmin.start(runtime, { ...TIMEOUTS, connectionsMax: CONNECTIONS_MAX });
  }

  brokerFacts(address: string, signal?: AbortSignal): Promise<BrokerFacts | undefined> {
    return this.#look(address, signal, async (limits) => {
      const config = await this.#admin.brokerConfig(address, limits);
      return brokerFactsOf(config, await this.#admin.runtimeInfo(address, limits));
    });
  }

  brokerConfig(address: string, signal?: AbortSignal): Promise<Settings | undefined> {
    return this.#look(address, signal, async (limits) =>
      Object.fromEntries(await this.#admin.brokerConfig(address, limits)),
    );
  }

  updateBrokerConfig(
    address: string,
    changes: Settings,
    signal?: AbortSignal,
  ): Promise<ChangeAnswer | undefined> {
    return change(signal, () => this.#admin.updateBrokerConfig(address, changes, { signal }));
  }

  routedBrokers(
    nameServer: string,
    signal?: AbortSignal,
  ): Promise<readonly RoutedBroker[] | undefined> {
    return this.#look(nameServer, signal, async (limits) => {
      const { brokers } = await this.#admin.clusterInfo(nameServer, limits);
      return Array.from(brokers.values(), ({ brokerName, cluster, addresses }) => {
        return { brokerName, clusterName: cluster, addresses };
      });
    });
  }

  nameServerConfig(nameServer: string, signal?: AbortSignal): Promise<Settings | undefined> {
    return this.#look(nameServer, signal, async (limits) =>
      Object.fromEntries(await this.#admin.nameServerConfig(nameServer, limits)),
    );
  }

  updateNameServerConfig(
    nameServer: string,
    changes: Settings,
    signal?: AbortSignal,
  ): Promise<ChangeAnswer | undefined> {
    return change(signal, () =>
      this.#admin.updateNameServerConfig(nameServer, changes, { signal }),
    );
  }

  forgetTopic(
    nameServer: string,
    topic: TopicOfCluster,
    signal?: AbortSignal,
  ): Promise<ChangeAnswer | undefined> {
    return change(signal, () => this.#admin.deleteRoute(nameServer, topic, { signal }));
  }

  topics(address: string, signal?: AbortSignal): Promise<readonly TopicSettings[] | undefined> {
    return ask(signal, () => this.#userTopics(address, signal));
  }

  findTopic(address: string, topic: string, signal?: AbortSignal): Promise<Found<TopicSettings>> {
    return ask(signal, async () => {
      const found = await this.#admin.findTopic(address, topic, { signal });
      return found === undefined ? 'none' : topicSettingsOf(found);
    });
  }

  putTopic(
    address: string,
    topic: TopicSettings,
    signal?: AbortSignal,
  ): Promise<ChangeAnswer | undefined> {
    return change(signal, async () => {
      const before = await this.#admin.findTopic(address, topic.topic, { signal });
      await this.#admin.putTopic(address, topicWish(topic, before), { signal });
    });
  }

  removeTopic(
    address: string,
    topic: string,
    signal?: AbortSignal,
  ): Promise<ChangeAnswer | undefined> {
    return change(signal, () => this.#admin.deleteTopic(address, topic, { signal }));
  }

  findTopicContents(
    address: string,
    topic: string,
    signal?: AbortSignal,
  ): Promise<Found<TopicContents>> {
    return ask(signal, async () => {
      const own = await this.#admin.ownTopics(address, { signal });
      const offsets = offsetsByTopic(await this.#admin.consumerOffsets(address, { signal }));
      return (await this.#contentsOf(address, { topic, own, offsets }, signal)) ?? 'none';
    });
  }

  groups(address: string, signal?: AbortSignal): Promise<readonly GroupSettings[] | undefined> {
    return ask(signal, async () => {
      const groups = await this.#admin.groupConfigs(address, { signal });
      return groups.filter(({ groupName }) => !isOwnGroup(groupName)).map(groupSettingsOf);
    });
  }

  findGroup(address: string, group: string, signal?: AbortSignal): Promise<Found<GroupSettings>> {
    return ask(signal, async () => {
      const groups = await this.#admin.groupConfigs(address, { signal });
      const found = groups.find(({ groupName }) => groupName === group);
      return found === undefined ? 'none' : groupSettingsOf(found);
    });
  }

  putGroup(
    address: string,
    group: GroupSettings,
    signal?: AbortSignal,
  ): Promise<ChangeAnswer | undefined> {
    return change(signal, async () => {
      const groups = await this.#admin.groupConfigs(address, { signal });
      const before = groups.find(({ groupName }) => groupName === group.group);
      const after = withSettings(before ?? newGroupConfig(group.group), group);
      await this.#admin.putGroups(address, [after], { signal });
    });
  }

  removeGroup(
    address: string,
    group: string,
    signal?: AbortSignal,
  ): Promise<ChangeAnswer | undefined> {
    return change(signal, () => this.#admin.deleteGroup(address, group, { signal }));
  }

  contents(address: string, signal?: AbortSignal): Promise<readonly TopicContents[] | undefined> {
    return ask(signal, async () => {
      const own = await this.#admin.ownTopics(address, { signal });
      const offsets = offsetsByTopic(await this.#admin.consumerOffsets(address, { signal }));
      const topics = await this.#admin.topicConfigs(address, { signal });
      const contents: TopicContents[] = [];
      for (let from = 0; from < topics.length; from += CALLS_AT_ONCE) {
        const some = topics.slice(from, from + CALLS_AT_ONCE).map(({ topic }) => {
          return this.#contentsOf(address, { topic, own, offsets }, signal);
        });
        for (const found of await Promise.all(some)) if (found) contents.push(found);
      }
      return contents;
    });
  }

  copyMetadata(
    { from, to, exceptTopics = [] }: CopyRoute,
    signal?: AbortSignal,
  ): Promise<Copied | Refused | undefined> {
    return ask(signal, async () => {
      try {
        // Groups first: the first route of a topic makes its consumers share the queues anew.
        const groups = await copyGroups(this.#admin, { from, to }, signal);
        const topics = await this.#userTopics(from, signal);
        const chosen = topics.filter(({ topic }) => !exceptTopics.includes(topic));
        return { groups, topics: await copyTopics(this.#admin, { to, topics: chosen }, signal) };
      } catch (error) {
        if (error instanceof RemoteRefusal) return { refused: error.message };
        throw error;
      }
    });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#admin.close();
  }

  /** What every look at a cluster asks. */
  async #look<T>(
    address: string,
    signal: Signal,
    question: (limits: Limits) => Promise<T>,
  ): Promise<T | undefined> {
    const timeoutMs = this.#patience.ofMs(address);
    const answer = await ask(signal, () => question({ signal, timeoutMs }));
    if (answer !== undefined) this.#patience.answered(address);
    else if (signal?.aborted !== true) this.#patience.wasSilent(address);
    return answer;
  }

  async #userTopics(address: string, signal: Signal): Promise<TopicSettings[]> {
    const own = await this.#admin.ownTopics(address, { signal });
    const topics = await this.#admin.topicConfigs(address, { signal });
    return topics.filter(({ topic }) => topicKind(topic, own) === 'user').map(topicSettingsOf);
  }

  async #contentsOf(
    address: string,
    asked: {
      readonly topic: string;
      readonly own: readonly string[];
      readonly offsets: CommittedOffsets;
    },
    signal: Signal,
  ): Promise<TopicContents | undefined> {
    const { topic, own, offsets } = asked;
    const queues = await this.#admin.findTopicStatus(address, topic, { signal });
    if (queues === undefined) return undefined;
    return contentsOf({ topic, kind: topicKind(topic, own), queues }, offsets);
  }
}

/** Access to running processes; close it by disposing of it. */
export function liveAccess(runtime: Runtime): ClusterAccess {
  return new LiveAccess(runtime);
}

/** What `question` says; undefined when it cannot be had. Bugs go on. */
async function ask<T>(signal: Signal, question: () => Promise<T>): Promise<T | undefined> {
  try {
    return await question();
  } catch (error) {
    if (signal?.aborted === true || isUnknown(error)) return undefined;
    throw error;
  }
}

function change(signal: Signal, make: () => Promise<void>): Promise<ChangeAnswer | undefined> {
  return ask(signal, async () => {
    try {
      await make();
      return 'done';
    } catch (error) {
      if (error instanceof RemoteRefusal) return { refused: error.remark || error.message };
      throw error;
    }
  });
}

/** No connection, no answer in time, an answer that says no, or one that cannot be read. */
function isUnknown(error: unknown): boolean {
  return (
    error instanceof NetworkError || error instanceof RemoteRefusal || error instanceof Failure
  );
}
