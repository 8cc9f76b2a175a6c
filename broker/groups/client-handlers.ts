/** Clients come, stay and go: heartbeats, members of groups, locks for consuming in order. */
import { type brokerRequests, Failure, PERMISSION, printJson } from '../../protocol/mod.ts';
import type { Handlers, ServerConnection } from '../../remoting/mod.ts';
import type { Clock, Timer } from '../../runtime/mod.ts';
import type { BrokerConfig } from '../config.ts';
import {
  isRecord,
  type JsonRecord,
  recordsIn,
  requireJson,
  requireText,
  textOr,
} from '../metadata/json-body.ts';
import { isTagType } from '../pulling/subscription.ts';
import { retryTopicOf } from '../topics/names.ts';
import { topicConfig } from '../topics/topic-config.ts';
import type { Topics } from '../topics/topics.ts';
import type { Consumers, Member } from './consumers.ts';
import { type ConsumerHeartbeat, readHeartbeat } from './heartbeat.ts';
import type { Producers } from './producers.ts';
import type { LockedQueue, QueueLocks } from './queue-locks.ts';
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
      const { clientId, consumers: joining, producerGroups, ...rest } = readHeartbeat(body);
      const { language, version } = command;
      const seenMs = parts.clock.monotonicMs();
      const member: Member = { clientId, connection, language, version, seenMs };
      for (const group of producerGroups) producers.join(group, member);
      const isKnown = joining.map((consumer) => join(parts, consumer, member, rest));
      // Whoever may not leave its subscriptions out must send them all next time.
      const mustSendAll = rest.fingerprint === 0 || isKnown.includes(false);
      return { header: { IS_SUPPORT_HEART_BEAT_V2: true, IS_SUB_CHANGE: mustSendAll } };
    },

    UNREGISTER_CLIENT: ({ header: { producerGroup, consumerGroup }, connection }) => {
      if (producerGroup !== undefined) producers.leave(producerGroup, connection);
      if (consumerGroup !== undefined) consumers.leave(consumerGroup, connection);
      return {};
    },

    GET_CONSUMER_LIST_BY_GROUP: ({ header: { consumerGroup } }) => {
      const members = consumers.find(consumerGroup)?.members.values() ?? [];
      const consumerIdList = [...members].map(({ clientId }) => clientId);
      if (consumerIdList.length > 0) return { body: Buffer.from(printJson({ consumerIdList })) };
      throw new Failure('InternalError', `no consumer for this group, ${consumerGroup}`);
    },

    CHECK_CLIENT_CONFIG: ({ body }) => {
      const { subscriptionData } = requireJson(body, 'client configuration');
      const type = isRecord(subscriptionData) ? textOr(subscriptionData['expressionType'], '') : '';
      if (isTagType(type)) return {};
      throw new Failure(
        'InternalError',
        `The broker does not support consumer to filter message by ${type}`,
      );
    },

    LOCK_BATCH_MQ: ({ body }) => {
      const { group, clientId, queues } = readQueues(body);
      const lockOKMQSet = locks.lock(group, queues, clientId).map((queue) => ({ ...queue }));
      return { body: Buffer.from(printJson({ lockOKMQSet })) };
    },

    UNLOCK_BATCH_MQ: ({ body }) => {
      const { group, clientId, queues } = readQueues(body);
      locks.unlock(group, queues, clientId);
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
  consumer: ConsumerHeartbeat,
  member: Member,
  { fingerprint, isBrief }: { readonly fingerprint: number; readonly isBrief: boolean },
): boolean {
  const { consumers, groups, topics } = parts;
  const config = groups.find(consumer.group);
  // A group that is unknown and may not come into being is passed over, as RocketMQ does.
  if (config === undefined) return true;
  const { connection } = member;
  const known = consumers.find(consumer.group)?.fingerprints.get(connection);
  if (isBrief && known !== fingerprint) return false;
  consumers.join(consumer, member);
  consumers.find(consumer.group)?.fingerprints.set(connection, fingerprint);
  const retryTopic = retryTopicOf(consumer.group);
  if (topics.find(retryTopic) === undefined && config.retryQueueNums > 0) {
    const { read, write } = PERMISSION;
    const topicSysFlag = consumer.isUnit ? UNIT_SUBSCRIPTION : 0;
    topics.create({
      ...topicConfig(retryTopic, config.retryQueueNums, read | write),
      topicSysFlag,
    });
  }
  return true;
}

function readQueues(body: Buffer): {
  readonly group: string;
  readonly clientId: string;
  readonly queues: LockedQueue[];
} {
  const request = requireJson(body, 'queues to lock');
  return {
    group: requireText(request, 'consumerGroup', 'queues to lock'),
    clientId: requireText(request, 'clientId', 'queues to lock'),
    queues: recordsIn(request['mqSet']).map(readQueue),
  };
}

function readQueue(entry: JsonRecord): LockedQueue {
  return {
    brokerName: textOr(entry['brokerName'], ''),
    queueId: Number(entry['queueId'] ?? 0),
    topic: textOr(entry['topic'], ''),
  };
}
