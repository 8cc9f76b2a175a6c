/**
 * Sends, the whole of it: every check in RocketMQ's order with its codes, topics that come into
 * being, retries and dead letters, batches. Takes its time; what is plain and frequent takes the
 * way of `fast-send.ts` and never gets here.
 */
import {
  type brokerRequests,
  deadLetterTopic,
  Failure,
  formatProperties,
  isOneway,
  isOpenToProducers,
  isRetryTopic,
  PERMISSION,
  parseProperties,
  requireTopicName,
  retryTopic,
  SYS_FLAG,
} from '../../protocol/mod.ts';
import { type Answer, type Handlers, NO_ANSWER } from '../../remoting/mod.ts';
import { DiskError, formatAddress } from '../../runtime/mod.ts';
import { createForGroup, createForSend } from '../topics/auto-create.ts';
import type { Topic } from '../topics/topic.ts';
import { requirePutOk } from './append-failures.ts';
import { requireAvailable, STRIPPED } from './features.ts';
import { sendBatch } from './send-batch.ts';
import {
  type Destination,
  fillRequest,
  type SendName,
  type SendRequest,
  type SlowSendParts,
  takeUniqueKey,
} from './send-request.ts';

type Table = typeof brokerRequests;

const FAQ = '\nSee https://rocketmq.apache.org/docs/bestPractice/06FAQ for further details.';
/** Flags of a topic that is created by a client in unit mode. */
const UNIT = 1;
const UNIT_SUBSCRIPTION = 2;

export function sendHandlers(parts: SlowSendParts): Pick<Handlers<Table>, SendName> {
  return {
    SEND_MESSAGE: (request) => send(parts, request),
    SEND_MESSAGE_V2: (request) => send(parts, request),
    SEND_BATCH_MESSAGE: (request) => send(parts, request),
  };
}

/** Stores the message of the request; its answer comes when it is safe. */
function send(
  parts: SlowSendParts,
  request: SendRequest,
): Answer<Table, SendName> | Promise<Answer<Table, SendName>> {
  const topic = requireTopic(parts, request);
  if (!topic.isSaved) return sendLater(parts, request);
  const isBatch = request.header.batch === true || request.name === 'SEND_BATCH_MESSAGE';
  if ((request.header.sysFlag & SYS_FLAG.transactionMask) !== 0) {
    throw new Failure(
      'IllegalMessage',
      `Cannot store the message: ${isBatch ? 'a batch cannot be' : 'this version has no'} transactional`,
    );
  }
  if (isBatch) sendBatch(parts, request, { topic, queueId: queueOf(parts, request, topic) });
  else {
    const destination = destinationOf(parts, request, topic);
    if (!destination.topic.isSaved) return sendLater(parts, request);
    sendOne(parts, request, destination);
  }
  return NO_ANSWER;
}

/** A message must not outlive its topic: first the disk has that. */
async function sendLater(
  parts: SlowSendParts,
  request: SendRequest,
): Promise<Answer<Table, SendName>> {
  try {
    await parts.metadata.saved();
  } catch (error) {
    if (!(error instanceof DiskError)) throw error;
    const remark = `service not available now: the topic cannot be saved: ${error.message}`;
    throw new Failure('ServiceNotAvailable', remark, { cause: error });
  }
  return send(parts, request);
}

function sendOne(parts: SlowSendParts, request: SendRequest, destination: Destination): void {
  const { intake } = parts;
  const { header, body, command, connection } = request;
  if (body.length === 0) {
    throw new Failure('IllegalMessage', 'Cannot store the message: it has no body');
  }
  const { input } = intake;
  fillRequest(parts, request, destination);
  input.flag = header.flag;
  input.body = body;
  input.bodyStart = 0;
  input.bodyEnd = body.length;
  input.extraProperties = parts.extraProperties;
  input.extraIsWalked = false;
  requirePutOk(intake.append(destination.topic), parts.config);
  takeUniqueKey(parts);
  if (isOneway(command)) return;
  intake.acknowledge(connection, command.opaque, command.serialization === 'ROCKETMQ');
}

/** The checks every send must pass; the topic, made now if that is how it comes into being. */
function requireTopic(parts: SlowSendParts, { header, connection }: SendRequest): Topic {
  const { admission, config, topics } = parts;
  admission.require();
  const known = topics.find(header.topic);
  const mayWrite = (config.brokerPermission & PERMISSION.write) !== 0;
  if (!mayWrite && known?.config.order === true) {
    throw new Failure(
      'NoPermission',
      `the broker[${config.brokerIP1}] sending message is forbidden`,
    );
  }
  requireTopicName(header.topic);
  if (!isOpenToProducers(header.topic)) {
    throw new Failure('NoPermission', `Sending message to topic[${header.topic}] is forbidden.`);
  }
  const topic = known ?? createTopic(parts, header);
  if (topic === undefined) {
    const remark = `topic[${header.topic}] not exist, apply first please!${FAQ}`;
    throw new Failure('TopicNotFound', remark);
  }
  if (header.queueId >= topic.queuesMax) {
    const remark = `request queueId[${header.queueId}] is illegal, topic ${topic.name} has ${topic.queuesMax} queues, Producer: ${formatAddress(connection.remote)}`;
    throw new Failure('InvalidParameter', remark);
  }
  if (!topic.isSupported) {
    const remark = `Cannot store the message: topic ${topic.name} has attributes ${JSON.stringify(topic.config.attributes)}, which this version does not support`;
    throw new Failure('IllegalMessage', remark);
  }
  return topic;
}

function createTopic(
  { config, topics }: SlowSendParts,
  header: SendRequest['header'],
): Topic | undefined {
  const isRetry = isRetryTopic(header.topic);
  const unitFlag = isRetry ? UNIT_SUBSCRIPTION : UNIT;
  const topicSysFlag = header.unitMode === true ? unitFlag : 0;
  const wish = {
    topic: header.topic,
    defaultTopic: header.defaultTopic,
    queues: header.defaultTopicQueueNums,
    topicSysFlag,
  };
  const created = createForSend(topics, wish, config.autoCreateTopicEnable);
  return created ?? (isRetry ? createForGroup(topics, header.topic, 1) : undefined);
}

/** Follows a message of a retry topic to the dead letters when it has been tried enough. */
function destinationOf(parts: SlowSendParts, request: SendRequest, topic: Topic): Destination {
  const { header } = request;
  const properties = parseProperties(header.properties ?? '');
  const queueId = queueOf(parts, request, topic);
  if (isRetryTopic(topic.name) && isDead(parts, header, groupOf(topic))) {
    // A dead letter is not delayed, whatever its sender wished for the retry.
    const kept = new Map([...properties].filter(([name]) => name !== 'DELAY'));
    requireAvailable(kept);
    const name = deadLetterTopic(groupOf(topic));
    const stored = Buffer.from(formatProperties(kept));
    return { topic: createForGroup(parts.topics, name, 1), queueId: 0, properties: stored };
  }
  requireAvailable(properties);
  return { topic, queueId, properties: storedProperties(header.properties ?? '', properties) };
}

/** Whose retries the topic holds. */
function groupOf({ name }: Topic): string {
  return name.slice(retryTopic('').length);
}

function isDead(parts: SlowSendParts, header: SendRequest['header'], group: string): boolean {
  const config = parts.groups.find(group);
  if (config === undefined) {
    throw new Failure('GroupNotFound', `subscription group not exist, ${group}${FAQ}`);
  }
  const timesMax = header.maxReconsumeTimes ?? config.retryMaxTimes;
  return (header.reconsumeTimes ?? 0) > timesMax || parts.locks.holds(group);
}

/** As sent, byte for byte, but for what is never stored. */
function storedProperties(raw: string, properties: Map<string, string>): Buffer {
  if (!properties.delete(STRIPPED)) return Buffer.from(raw);
  return Buffer.from(formatProperties(properties));
}

function queueOf({ random }: SlowSendParts, { header }: SendRequest, topic: Topic): number {
  if (header.queueId >= 0) return header.queueId;
  return random.below(Math.max(1, topic.config.writeQueueNums));
}
