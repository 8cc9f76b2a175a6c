/**
 * A batch: several messages of one queue in one request. Each is stored as a record of its own,
 * with its own properties followed by the batch's, one behind the other with nothing in between.
 */
import {
  Failure,
  isOneway,
  PROPERTIES_BYTES_MAX,
  PROPERTY,
  parseProperties,
} from '../../protocol/mod.ts';
import type { LogOffset } from '../../store/mod.ts';
import { isRetryTopic } from '../topics/names.ts';
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

interface Item {
  readonly flag: number;
  /** Positions in the request's body. */
  readonly bodyStart: number;
  readonly bodyEnd: number;
  readonly properties: Buffer;
}

/** Size, magic, CRC, flag and the length of the body; the length of the properties. */
const ITEM_HEAD_BYTES = 20;
const VALUE_END = 2;

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
  const items = [...itemsOf(body)];
  // Before the first is stored, so that a batch is taken as a whole or not at all.
  for (const item of items) requireStorable(item, extra);

  fillRequest(parts, request, { topic, queueId, properties: Buffer.alloc(0) });
  const { input, output } = intake;
  const ids: string[] = [];
  let firstOffset = 0;
  let firstLogOffset: LogOffset | undefined;
  for (const item of items) {
    input.flag = item.flag;
    input.body = body;
    input.bodyStart = item.bodyStart;
    input.bodyEnd = item.bodyEnd;
    input.properties = item.properties;
    input.propertiesEnd = item.properties.length;
    input.extraProperties = extra;
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

function requireStorable({ bodyStart, bodyEnd, properties }: Item, extra: Buffer): void {
  if (bodyStart === bodyEnd) {
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

/** The messages of a batch's body, as clients lay them out. */
function* itemsOf(body: Buffer): Generator<Item> {
  if (body.length === 0) throw malformed('it is empty');
  for (let at = 0; at < body.length; ) {
    if (body.length - at < ITEM_HEAD_BYTES + 2) throw malformed(`it is cut at ${at}`);
    const end = at + body.readInt32BE(at);
    const bodyStart = at + ITEM_HEAD_BYTES;
    const bodyEnd = bodyStart + body.readInt32BE(bodyStart - 4);
    if (end > body.length || bodyEnd < bodyStart || bodyEnd + 2 > end) {
      throw malformed(`the lengths of the message at ${at} do not fit`);
    }
    const propertiesEnd = bodyEnd + 2 + body.readInt16BE(bodyEnd);
    if (propertiesEnd < bodyEnd + 2 || propertiesEnd > end) {
      throw malformed(`the properties of the message at ${at} do not fit`);
    }
    const properties = body.subarray(bodyEnd + 2, propertiesEnd);
    yield { flag: body.readInt32BE(at + 12), bodyStart, bodyEnd, properties };
    at = end;
  }
}

function malformed(problem: string): Failure {
  return new Failure('IllegalMessage', `Cannot read the batch: ${problem}`);
}

function closed(properties: Buffer): Buffer {
  if (properties.length === 0 || properties.at(-1) === VALUE_END) return properties;
  return Buffer.concat([properties, Buffer.from([VALUE_END])]);
}
