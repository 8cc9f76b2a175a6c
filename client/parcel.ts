/** What one request to a broker carries, whichever queue it goes to: a message, or a batch of them. */
import { encodeBatch, Failure, isRetryTopic, type UniqueKeys } from '../protocol/mod.ts';
import { compress } from './compression.ts';
import type { OutgoingMessage } from './message.ts';
import { BODY_BYTES_MAX, encodeMessage } from './message-encoding.ts';

const COMPRESS_BYTES_MIN = 4096;

export interface Parcel {
  readonly topic: string;
  readonly messageId: string;
  readonly body: Buffer;
  readonly properties: string;
  readonly sysFlag: number;
  readonly flag: number;
  readonly isBatch: boolean;
}

/** Throws a `Failure` when no broker would take the message. */
export function parcelOf(message: OutgoingMessage, keys: UniqueKeys): Parcel {
  const encoded = encodeMessage(message, keys.next());
  const { topic, flag = 0 } = message;
  if (encoded.body.length < COMPRESS_BYTES_MIN) {
    return { ...encoded, topic, flag, sysFlag: 0, isBatch: false };
  }
  return { ...encoded, ...compress(encoded.body), topic, flag, isBatch: false };
}

/** Throws a `Failure` when they cannot be one batch. */
export function batchParcelOf(messages: readonly OutgoingMessage[], keys: UniqueKeys): Parcel {
  const [first] = messages;
  if (first === undefined) throw new Failure('IllegalMessage', 'Cannot send a batch of nothing');
  const items = messages.map((message) => {
    requireSameBatch(first, message);
    return { flag: message.flag ?? 0, encoded: encodeMessage(message, keys.next()) };
  });
  const whole = { topic: first.topic, body: 'batch', waitForStore: first.waitForStore ?? true };
  const { properties } = encodeMessage(whole, keys.next());
  const body = encodeBatch(
    items.map(({ flag, encoded }) => {
      return { flag, body: encoded.body, properties: Buffer.from(encoded.properties) };
    }),
  );
  if (body.length > BODY_BYTES_MAX) {
    const size = `is ${body.length} bytes, the limit is ${BODY_BYTES_MAX}`;
    throw new Failure('IllegalMessage', `Cannot send a batch to "${first.topic}": it ${size}`);
  }
  return {
    topic: first.topic,
    messageId: items.map(({ encoded }) => encoded.messageId).join(','),
    body,
    properties,
    sysFlag: 0,
    flag: 0,
    isBatch: true,
  };
}

function requireSameBatch(first: OutgoingMessage, message: OutgoingMessage): void {
  const problem = batchProblem(first, message);
  if (problem === undefined) return;
  throw new Failure('IllegalMessage', `Cannot send a batch to "${first.topic}": ${problem}`);
}

function batchProblem(first: OutgoingMessage, message: OutgoingMessage): string | undefined {
  if (message.topic !== first.topic) return `one message is for "${message.topic}"`;
  if (message.waitForStore !== first.waitForStore) return 'waitForStore differs';
  if (message.delayLevel !== undefined) return 'messages with a delay cannot be in a batch';
  if (isRetryTopic(message.topic)) return 'retry topics take no batches';
  return undefined;
}
