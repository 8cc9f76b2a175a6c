/**
 * Pulls: every check in RocketMQ's order with its codes, then the messages, or a place to wait for
 * them.
 */
import type { SubscriptionGroupConfig } from '../../protocol/bodies/mod.ts';
import {
  type brokerRequests,
  Failure,
  isOneway,
  PERMISSION,
  PULL_FLAG,
} from '../../protocol/mod.ts';
import { type Answer, type Handlers, NO_ANSWER, type Request } from '../../remoting/mod.ts';
import { type Clock, formatAddress } from '../../runtime/mod.ts';
import type { BrokerConfig } from '../config.ts';
import type { Consumers } from '../groups/consumers.ts';
import type { SubscriptionGroups } from '../groups/subscription-groups.ts';
import type { ConsumerOffsets } from '../offsets/consumer-offsets.ts';
import type { Topic } from '../topics/topic.ts';
import type { Topics } from '../topics/topics.ts';
import { ActivePull, type PullParts } from './active-pull.ts';
import { filterOf, isTagType, type Subscription, tagSubscription } from './subscription.ts';

type Table = typeof brokerRequests;
type PullName = 'PULL_MESSAGE' | 'LITE_PULL_MESSAGE';
type PullRequest = Request<Table, PullName>;

const FAQ = '\nSee https://rocketmq.apache.org/docs/bestPractice/06FAQ for further details.';

export interface PullHandlerParts extends PullParts {
  readonly clock: Clock;
  readonly config: BrokerConfig;
  readonly topics: Topics;
  readonly groups: SubscriptionGroups;
  readonly consumers: Consumers;
  readonly offsets: ConsumerOffsets;
}

export function pullHandlers(parts: PullHandlerParts): Pick<Handlers<Table>, PullName> {
  return {
    PULL_MESSAGE: (request) => pull(parts, request),
    LITE_PULL_MESSAGE: (request) => pull(parts, request),
  };
}

function pull(parts: PullHandlerParts, request: PullRequest): Answer<Table, PullName> {
  const { header, command, connection } = request;
  const group = requireGroup(parts, request);
  const topic = requireTopic(parts, request);
  const subscription = requireSubscription(parts, header);
  const { config, clock } = parts;

  if ((header.sysFlag & PULL_FLAG.commitOffset) !== 0 && header.commitOffset >= 0) {
    parts.offsets.commit(topic.name, group.groupName, header.queueId, header.commitOffset);
  }
  if (isOneway(command)) return NO_ANSWER;
  const maySuspend = (header.sysFlag & PULL_FLAG.suspend) !== 0 && header.suspendTimeoutMillis > 0;
  const waitMs = config.longPollingEnable
    ? header.suspendTimeoutMillis
    : config.shortPollingTimeMills;
  const active = new ActivePull(parts, {
    connection,
    opaque: command.opaque,
    isBinary: command.serialization === 'ROCKETMQ',
    topic,
    group: group.groupName,
    groupSysFlag: group.groupSysFlag,
    queue: topic.stored.queue(header.queueId),
    offset: header.queueOffset,
    messagesMax: header.maxMsgNums,
    bytesMax: header.maxMsgBytes ?? Number.MAX_SAFE_INTEGER,
    matches: filterOf(subscription),
    deadlineMs: maySuspend ? clock.monotonicMs() + waitMs : 0,
  });
  active.start(maySuspend);
  return NO_ANSWER;
}

function requireGroup(
  { config, groups }: PullHandlerParts,
  { name, header }: PullRequest,
): SubscriptionGroupConfig {
  if ((config.brokerPermission & PERMISSION.read) === 0) {
    throw new Failure(
      'NoPermission',
      `the broker[${config.brokerIP1}] pulling message is forbidden`,
    );
  }
  if (name === 'LITE_PULL_MESSAGE' && !config.litePullMessageEnable) {
    throw new Failure(
      'NoPermission',
      `the broker[${config.brokerIP1}] for lite pull consumer is forbidden`,
    );
  }
  const group = groups.find(header.consumerGroup);
  if (group === undefined) {
    const remark = `subscription group [${header.consumerGroup}] does not exist, ${FAQ}`;
    throw new Failure('GroupNotFound', remark);
  }
  if (!group.consumeEnable) {
    throw new Failure('NoPermission', `subscription group no permission, ${group.groupName}`);
  }
  return group;
}

function requireTopic({ topics }: PullHandlerParts, { header, connection }: PullRequest): Topic {
  const topic = topics.find(header.topic);
  if (topic === undefined) {
    throw new Failure(
      'TopicNotFound',
      `topic[${header.topic}] not exist, apply first please!${FAQ}`,
    );
  }
  if (!topic.may(PERMISSION.read)) {
    throw new Failure('NoPermission', `the topic[${header.topic}] pulling message is forbidden`);
  }
  const { readQueueNums } = topic.config;
  if (header.queueId < 0 || header.queueId >= readQueueNums) {
    const remark = `queueId[${header.queueId}] is illegal, topic:[${topic.name}] topicConfig.readQueueNums:[${readQueueNums}] consumer:[${formatAddress(connection.remote)}]`;
    throw new Failure('InvalidParameter', remark);
  }
  if (!topic.isSupported) {
    throw new Failure(
      'InternalError',
      `Cannot read topic ${topic.name}: it has attributes ${JSON.stringify(topic.config.attributes)}, which this version does not support`,
    );
  }
  return topic;
}

/** From the request itself, or from the heartbeats of the group. */
function requireSubscription(parts: PullHandlerParts, header: PullRequest['header']): Subscription {
  const { consumerGroup, topic, subVersion, expressionType } = header;
  if ((header.sysFlag & PULL_FLAG.subscription) !== 0) {
    if (!isTagType(expressionType)) throw notFilterable(expressionType);
    const stated = tagSubscription(topic, header.subscription, subVersion);
    if (stated !== undefined) return stated;
    throw new Failure('SubscriptionUnparsable', `parse the consumer's subscription failed`);
  }
  const group = parts.consumers.find(consumerGroup);
  if (group === undefined) {
    const remark = `the consumer's group info not exist${FAQ}`;
    throw new Failure('SubscriptionNotFound', remark);
  }
  const isBroadcast = group.messageModel === 'BROADCASTING';
  if (isBroadcast && parts.groups.peek(consumerGroup)?.consumeBroadcastEnable === false) {
    throw new Failure(
      'NoPermission',
      `the consumer group[${consumerGroup}] can not consume by broadcast way`,
    );
  }
  if (!parts.groups.mayRead(consumerGroup, topic)) {
    throw new Failure(
      'NoPermission',
      `the consumer group[${consumerGroup}] is forbidden for topic[${topic}]`,
    );
  }
  const subscription = group.subscriptions.get(topic);
  if (subscription === undefined) {
    throw new Failure('SubscriptionNotFound', `the consumer's subscription not exist${FAQ}`);
  }
  if (subscription.version < subVersion) {
    throw new Failure('SubscriptionNotLatest', `the consumer's subscription not latest`);
  }
  return subscription;
}

function notFilterable(expressionType: string | undefined): Failure {
  return new Failure(
    'InternalError',
    `The broker does not support consumer to filter message by ${expressionType}`,
  );
}
