/** From an application's message to what a send request carries, and from a record back. */
import {
  type DecodedRecord,
  decodeRecords,
  Failure,
  formatIp,
  formatProperties,
  type Host,
  isReservedProperty,
  NAME_SEPARATOR,
  offsetMessageId,
  PROPERTY,
  PROPERTY_SEPARATOR,
  parseProperties,
  requireTopicName,
} from '../protocol/mod.ts';
import { formatAddress } from '../runtime/mod.ts';
import { decompress } from './compression.ts';
import type { OutgoingMessage, ReceivedMessage } from './message.ts';

export const BODY_BYTES_MAX = 4_194_304;
const separators = [NAME_SEPARATOR, PROPERTY_SEPARATOR].map((code) => String.fromCharCode(code));

export interface EncodedMessage {
  readonly body: Buffer;
  readonly properties: string;
  readonly messageId: string;
}

/** Throws a `Failure` when a broker would refuse it. */
export function encodeMessage(message: OutgoingMessage, messageId: string): EncodedMessage {
  const { topic, tags, keys, delayLevel, waitForStore = true } = message;
  requireTopicName(topic);
  const body = typeof message.body === 'string' ? Buffer.from(message.body) : message.body;
  if (body.length === 0 || body.length > BODY_BYTES_MAX) {
    throw new Failure(
      'IllegalMessage',
      `Cannot send to "${topic}": body must be 1 to ${BODY_BYTES_MAX} bytes, is ${body.length}`,
    );
  }
  const properties = new Map(Object.entries(message.properties ?? {}));
  for (const [name, value] of properties) requireProperty(topic, name, value);
  const keyText = typeof keys === 'string' ? keys : keys?.join(' ');
  if (keyText !== undefined) properties.set(PROPERTY.KEYS, keyText);
  if (tags !== undefined) properties.set(PROPERTY.TAGS, tags);
  if (delayLevel !== undefined) properties.set(PROPERTY.DELAY, String(delayLevel));
  properties.set(PROPERTY.UNIQUE_KEY, messageId).set(PROPERTY.WAIT, String(waitForStore));
  return { body, properties: formatProperties(properties), messageId };
}

/** The messages of a pull answer. Bodies are decompressed. */
export function decodeMessages(body: Buffer, brokerName: string): ReceivedMessage[] {
  return Array.from(decodeRecords(body), (record) => decodeMessage(record, brokerName));
}

function decodeMessage(record: DecodedRecord, brokerName: string): ReceivedMessage {
  const { topic, queueId, flag, queueOffset, logOffset, reconsumeTimes } = record;
  const properties = parseProperties(record.properties);
  const offsetId = offsetMessageId(record.storeHost, logOffset);
  return {
    topic,
    brokerName,
    queueId,
    flag,
    queueOffset,
    logOffset,
    reconsumeTimes,
    properties,
    body: decompress(record.body, record.sysFlag),
    tags: properties.get(PROPERTY.TAGS),
    keys: (properties.get(PROPERTY.KEYS) ?? '').split(' ').filter((key) => key !== ''),
    messageId: properties.get(PROPERTY.UNIQUE_KEY) ?? offsetId,
    offsetMessageId: offsetId,
    bornTimestamp: record.bornTimestamp,
    bornHost: showHost(record.bornHost),
    storeTimestamp: record.storeTimestamp,
    storeHost: showHost(record.storeHost),
  };
}

function showHost({ address, port }: Host): string {
  return formatAddress({ host: formatIp(address), port });
}

function requireProperty(topic: string, name: string, value: string): void {
  const problem = propertyProblem(name, value);
  if (problem === undefined) return;
  throw new Failure('IllegalMessage', `Cannot send to "${topic}": property "${name}" ${problem}`);
}

function propertyProblem(name: string, value: string): string | undefined {
  if (isReservedProperty(name)) return 'is reserved for RocketMQ';
  if (name === '' || value === '') return 'must have a name and a value';
  const isSplit = separators.some((separator) => (name + value).includes(separator));
  if (isSplit) return 'must not contain the characters 1 and 2';
  return undefined;
}
