/** A message as commands show it. What others wrote never reaches a terminal unescaped. */
import { isUtf8 } from 'node:buffer';
import type { ReceivedMessage } from '../../client/mod.ts';
import type { Columns } from './rows.ts';

const BODY_LENGTH_MAX = 200;

/** For programs. A body that is no text is in Base64. */
export interface MessageForm {
  readonly topic: string;
  readonly brokerName: string;
  readonly queueId: number;
  readonly queueOffset: number;
  readonly messageId: string;
  readonly offsetMessageId: string;
  readonly tag: string | null;
  readonly keys: readonly string[];
  readonly properties: Readonly<Record<string, string>>;
  readonly bornTimestamp: number;
  readonly bornHost: string;
  readonly storeTimestamp: number;
  readonly storeHost: string;
  readonly reconsumeTimes: number;
  readonly body?: string;
  readonly bodyBase64?: string;
}

export function messageForm(message: ReceivedMessage): MessageForm {
  const { topic, brokerName, queueId, queueOffset, messageId, offsetMessageId } = message;
  const { bornTimestamp, bornHost, storeTimestamp, storeHost, reconsumeTimes, body } = message;
  return {
    topic,
    brokerName,
    queueId,
    queueOffset,
    messageId,
    offsetMessageId,
    tag: message.tags ?? null,
    keys: message.keys,
    properties: Object.fromEntries(message.properties),
    bornTimestamp,
    bornHost,
    storeTimestamp,
    storeHost,
    reconsumeTimes,
    ...(isUtf8(body) ? { body: body.toString() } : { bodyBase64: body.toString('base64') }),
  };
}

export const messageColumns: Columns<MessageForm> = {
  STORED: ({ storeTimestamp }) => showTime(storeTimestamp),
  QUEUE: ({ brokerName, queueId }) => `${brokerName}:${queueId}`,
  OFFSET: ({ queueOffset }) => String(queueOffset),
  TAG: ({ tag }) => showText(tag ?? '-'),
  KEYS: ({ keys }) => showText(keys.join(' ') || '-'),
  BODY: showBody,
};

/** Every field, one a line. */
export function messageLines(form: MessageForm): (readonly [string, string])[] {
  return [
    ['message id', showText(form.messageId)],
    ['offset id', form.offsetMessageId],
    ['topic', showText(form.topic)],
    ['queue', `${form.brokerName}:${form.queueId}, offset ${form.queueOffset}`],
    ['tag', showText(form.tag ?? '-')],
    ['keys', showText(form.keys.join(' ') || '-')],
    ['born', `${showTime(form.bornTimestamp)} at ${form.bornHost}`],
    ['stored', `${showTime(form.storeTimestamp)} at ${form.storeHost}`],
    ['handed back', `${form.reconsumeTimes} times`],
    ...Object.entries(form.properties).map(([name, value]) => {
      return [`property ${showText(name)}`, showText(value)] as const;
    }),
    ['body', showBody(form)],
  ];
}

/** UTC, to the millisecond; a dash for never. */
export function showTime(timestamp: number): string {
  return timestamp <= 0 ? '-' : new Date(timestamp).toISOString().replace('T', ' ');
}

function showBody({ body, bodyBase64 = '' }: MessageForm): string {
  const text = body === undefined ? `base64 ${bodyBase64}` : showText(body);
  if (text.length <= BODY_LENGTH_MAX) return text;
  return `${text.slice(0, BODY_LENGTH_MAX)}… (${text.length} characters; -o json shows all)`;
}

/** With control characters, and what could turn a line around, as escapes. */
export function showText(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) => {
    return ESCAPES.get(character) ?? `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
  });
}

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
]);
