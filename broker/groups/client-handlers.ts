/** Clients come, stay and go: heartbeats, members of groups, locks for consuming in order. */
import {
  type ConsumerData,
  checkClientRequest,
  consumerIdList,
  heartbeatData,
  lockAnswer,
  lockRequest,
} from '../../protocol/bodies/mod.ts';
import { type brokerRequests, Failure, PERMISSION, retryTopic } from '../../protocol/mod.ts';
import type { Handlers, ServerConnection } from '../../remoting/mod.ts';
import type { Clock, Timer } from '../../runtime/mod.ts';
import type { BrokerConfig } from '../config.ts';
import { isTagType } from '../pulling/subscription.ts';
import { newTopic } from '../topics/topic-config.ts';
import type { Topics } from '../topics/topics.ts';
import type { Consumers, Member } from './consumers.ts';
import { joiningOf } from './heartbeat.ts';
import type { Producers } from './producers.ts';
import type { QueueLocks } from './queue-locks.ts';
import type { SubscriptionGroups } from './subscription-groups.ts';

export interface ClientParts {
  readonly clock: Clock;
  readonly config: BrokerConfig;
  readonly topics: Topics;
  readonly groups: SubscriptionGroups;
  readonly consumers: Consumers;
  readonly producers: Producers;
  readonly locks: QueueLocks;
}

type Names =
  | 'HEART_BEAT'
  | 'UNREGISTER_CLIENT'
  | 'GET_CONSUMER_LIST_BY_GROUP'
  | 'CHECK_CLIENT_CONFIG'
  | 'LOCK_BATCH_MQ'
  | 'UNLOCK_BATCH_MQ';

const SCAN_MS = 10_000;
/** Topics of clients in unit mode. */
const UNIT_SUBSCRIPTION = 2;

export function clientHandlers(parts: ClientParts): Pick<Handlers<typeof brokerRequests>, Names> {
  const { consumers, producers, locks } = parts;
  return {
    HEART_BEAT: ({ body, command, connection }) => {
      const heartbeat = heartbeatData.decode(body);
      const { clientID: clientId, heartbeatFingerprint: fingerprint } = heartbeat;
      if (clientId === '') throw new Failure('MalformedRequest', 'The heartbeat has no clientID');
      const { language, version } = command;
      const seenMs = parts.clock.monotonicMs();
      const member: Member = { clientId, connection, language, version, seenMs };
      for (const { groupName } of heartbeat.producerDataSet) producers.join(groupName, member);
      const how = { fingerprint, isBrief: heartbeat.withoutSub };
      const isKnown = heartbeat.consumerDataSet.map((data) => join(parts, data, member, how));
      // Whoever may not leave its subscriptions out must send them all next time.
      const mustSendAll = fingerprint === 0 || isKnown.includes(false);
      return { header: { IS_SUPPORT_HEART_BEAT_V2: true, IS_SUB_CHANGE: mustSendAll } };
    },

    UNREGISTER_CLIENT: ({ header: { producerGroup, consumerGroup }, connection }) => {
      if (producerGroup !== undefined) producers.leave(producerGroup, connection);
      if (consumerGroup !== undefined) consumers.leave(consumerGroup, connection);
      return {};
    },

    GET_CONSUMER_LIST_BY_GROUP: ({ header: { consumerGroup } }) => {
      const members = consumers.find(consumerGroup)?.members.values() ?? [];
      const ids = [...members].map(({ clientId }) => clientId);
      if (ids.length > 0) return { body: consumerIdList.encode({ consumerIdList: ids }) };
      throw new Failure('InternalError', `no consumer for this group, ${consumerGroup}`);
    },

    CHECK_CLIENT_CONFIG: ({ body }) => {
      const type = checkClientRequest.decode(body).subscriptionData?.expressionType;
      if (isTagType(type)) return {};
      throw new Failure(
        'InternalError',
        `The broker does not support consumer to filter message by ${type}`,
      );
    },

    LOCK_BATCH_MQ: ({ body }) => {
      const { consumerGroup, clientId, mqSet } = lockRequest.decode(body);
      const lockOKMQSet = locks.lock(consumerGroup, mqSet, clientId);
      return { body: lockAnswer.encode({ lockOKMQSet }) };
    },

    UNLOCK_BATCH_MQ: ({ body }) => {
      const { consumerGroup, clientId, mqSet } = lockRequest.decode(body);
      locks.unlock(consumerGroup, mqSet, clientId);
      return {};
    },
  };
}

/** Closes the connections of clients that are silent for long; their peers share the queues. */
export function watchClients(parts: ClientParts): Timer {
  const { clock, config, consumers, producers, locks } = parts;
  return clock.every(SCAN_MS, () => {
    const sinceMs = clock.monotonicMs() - config.channelExpiredTimeout;
    const silent = [...consumers.silentSince(sinceMs), ...producers.silentSince(sinceMs)];
    for (const { connection } of silent) {
      disconnect(parts, connection);
      connection.close();
    }
    locks.dropExpired();
  });
}

export function disconnect({ consumers, producers }: ClientParts, gone: ServerConnection): void {
  consumers.disconnect(gone);
  producers.disconnect(gone);
}

/** Takes one consumer of a heartbeat in; false when it has left out what is not known here. */
function join(
  parts: ClientParts,
  consumer: ConsumerData,
  member: Member,
  { fingerprint, isBrief }: { readonly fingerprint: number; readonly isBrief: boolean },
): boolean {
  const { consumers, groups, topics } = parts;
  const config = groups.find(consumer.groupName);
  // A group that is unknown and may not come into being is passed over, as RocketMQ does.
  if (config === undefined) return true;
  const { connection } = member;
  const known = consumers.find(consumer.groupName)?.fingerprints.get(connection);
  if (isBrief && known !== fingerprint) return false;
  consumers.join(joiningOf(consumer, isBrief), member);
  consumers.find(consumer.groupName)?.fingerprints.set(connection, fingerprint);
  const retries = retryTopic(consumer.groupName);
  if (topics.find(retries) === undefined && config.retryQueueNums > 0) {
    const { read, write } = PERMISSION;
    const topicSysFlag = consumer.unitMode ? UNIT_SUBSCRIPTION : 0;
    topics.create(
      { ...newTopic(retries, config.retryQueueNums, read | write), topicSysFlag },
      'soon',
    );
  }
  return true;
}
