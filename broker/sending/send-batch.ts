/**
 * A batch: several messages of one queue in one request. Each is stored as a record of its own,
 * with its own properties followed by the batch's, one behind the other with nothing in between.
 */
import {
  type BatchItem,
  decodeBatch,
  Failure,
  isOneway,
  isRetryTopic,
  PROPERTIES_BYTES_MAX,
  PROPERTY,
  parseProperties,
} from '../../protocol/mod.ts';
import { type LogOffset, STAGED_BYTES_MAX } from '../../store/mod.ts';
import type { Topic } from '../topics/topic.ts';
import { requirePutOk } from './append-failures.ts';
import { requireAvailable } from './features.ts';
import {
  fillRequest,
  type SendRequest,
  type SlowSendParts,
  TOPIC_BYTES_MAX,
  takeUniqueKey,
} from './send-request.ts';

const VALUE_END = 2;
/** Of a record without topic, properties and body, with two IPv6 addresses and a unique key. */
const RECORD_BYTES_MAX = 256;

export function sendBatch(
  parts: SlowSendParts,
  request: SendRequest,
  { topic, queueId }: { readonly topic: Topic; readonly queueId: number },
): void {
  const { intake, config } = parts;
  const { body, command, connection } = request;
  requireBatchTopic(topic);
  if (body.length > config.maxMessageSize) {
    throw new Failure(
      'InternalError',
      `Cannot store the batch: it has ${body.length} bytes, maxMessageSize is ${config.maxMessageSize}`,
    );
  }
  const shared = closed(Buffer.from(request.header.properties ?? ''));
  requireAvailable(parseProperties(shared));
  const extra = Buffer.concat([shared, parts.extraProperties]);
  const items = decodeBatch(body);
  if (items.length === 0) {
    throw new Failure('IllegalMessage', 'Cannot store the batch: it is empty');
  }
  // Before the first is stored, so that a batch is taken as a whole or not at all.
  for (const item of items) requireStorable(item, extra);

  const bytes = items.reduce((sum, item) => sum + recordBytesMax(item, extra, topic), 0);
  if (bytes > STAGED_BYTES_MAX) {
    throw new Failure(
      'IllegalMessage',
      `Cannot store the batch: with all properties it has ${bytes} bytes, limit is ${STAGED_BYTES_MAX}`,
    );
  }

  fillRequest(parts, request, { topic, queueId, properties: Buffer.alloc(0) });
  intake.beginBatch(bytes);
  const { input, output } = intake;
  const ids: string[] = [];
  let firstOffset = 0;
  let firstLogOffset: LogOffset | undefined;
  for (const item of items) {
    input.flag = item.flag;
    input.body = item.body;
    input.bodyStart = 0;
    input.bodyEnd = item.body.length;
    input.properties = item.properties;
    input.propertiesEnd = item.properties.length;
    input.extraProperties = extra;
    input.extraIsWalked = true;
    const status = intake.append(topic);
    if (status !== 'stored' && firstLogOffset !== undefined) intake.takeBack(firstLogOffset);
    requirePutOk(status, config);
    takeUniqueKey(parts);
    if (firstLogOffset === undefined) firstOffset = output.queueOffset;
    firstLogOffset ??= output.logOffset;
    ids.push(parts.answer.messageId(output.logOffset));
  }
  if (isOneway(command)) return;
  const fields = parts.answer.batchFields({
    ids,
    queueId,
    firstOffset,
    key: parseProperties(shared).get(PROPERTY.UNIQUE_KEY),
  });
  intake.acknowledge(connection, command.opaque, command.serialization === 'ROCKETMQ', { fields });
}

function requireBatchTopic(topic: Topic): void {
  if (isRetryTopic(topic.name)) {
    throw new Failure('IllegalMessage', `batch request does not support retry group ${topic.name}`);
  }
  if (topic.bytes.length > TOPIC_BYTES_MAX) {
    throw new Failure('IllegalMessage', `message topic length too long ${topic.bytes.length}`);
  }
}

function requireStorable({ body, properties }: BatchItem, extra: Buffer): void {
  if (body.length === 0) {
    throw new Failure('IllegalMessage', 'Cannot store the batch: a message of it has no body');
  }
  if (properties.length + 1 + extra.length > PROPERTIES_BYTES_MAX) {
    throw new Failure(
      'IllegalMessage',
      `Cannot store the batch: properties of a message have ${properties.length + extra.length} bytes, limit is ${PROPERTIES_BYTES_MAX}`,
    );
  }
  requireAvailable(parseProperties(properties));
}

/** No record of the item is longer. */
function recordBytesMax({ body, properties }: BatchItem, extra: Buffer, topic: Topic): number {
  return RECORD_BYTES_MAX + topic.bytes.length + body.length + properties.length + extra.length;
}

function closed(properties: Buffer): Buffer {
  if (properties.length === 0 || properties.at(-1) === VALUE_END) return properties;
  return Buffer.concat([properties, Buffer.from([VALUE_END])]);
}
