import { expect, test } from 'vitest';
import type { ReceivedMessage } from '../../client/mod.ts';
import { messageColumns, messageForm, messageLines, showText, showTime } from './message-form.ts';

const received: ReceivedMessage = {
  topic: 'T',
  brokerName: 'broker-a',
  queueId: 3,
  body: Buffer.from('hi'),
  tags: undefined,
  keys: ['k1', 'k2'],
  properties: new Map([['color', 'blue']]),
  flag: 0,
  queueOffset: 5,
  logOffset: 77,
  messageId: 'ID',
  offsetMessageId: 'AT',
  bornTimestamp: 1_700_000_000_001,
  bornHost: '127.0.0.1:1',
  storeTimestamp: 1_700_000_000_002,
  storeHost: '127.0.0.1:10911',
  reconsumeTimes: 0,
};

const cells = (message: ReceivedMessage): string[] =>
  Object.values(messageColumns).map((cell) => cell(messageForm(message)));

test('nothing that others wrote moves the cursor or breaks the line', () => {
  // Each by itself and not as a property: there are not that many.
  const isLoose = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;
  for (let plane = 0; plane <= 0x10; plane++) {
    const all = Array.from({ length: 0x1_0000 }, (_, low) => plane * 0x1_0000 + low);
    const text = all.map((codePoint) => String.fromCodePoint(codePoint)).join(' ');
    expect(isLoose.test(showText(text))).toBe(false);
  }
  expect(showText('a\u001b[31mb\n\u202ec')).toBe('a\\u{1b}[31mb\\n\\u{202e}c');
});

test('a message is one line', () => {
  expect(cells(received)).toEqual([
    '2023-11-14 22:13:20.002Z',
    'broker-a:3',
    '5',
    '-',
    'k1 k2',
    'hi',
  ]);
});

test('a body that is no text is in Base64', () => {
  const body = Buffer.from([0xff, 0x00]);
  expect(messageForm({ ...received, body })).toMatchObject({ bodyBase64: '/wA=' });
  expect(messageForm({ ...received, body })).not.toHaveProperty('body');
  expect(cells({ ...received, body }).at(-1)).toBe('base64 /wA=');
});

test('a long body is cut in a table, and said to be', () => {
  const body = Buffer.from('x'.repeat(1000));
  expect(cells({ ...received, body }).at(-1)).toMatch(/^x{200}… \(1000 characters/);
  expect(messageForm({ ...received, body }).body).toHaveLength(1000);
});

test('seen alone, a message shows every property', () => {
  const lines = new Map(messageLines(messageForm(received)));
  expect(lines.get('property color')).toBe('blue');
  expect(lines.get('queue')).toBe('broker-a:3, offset 5');
});

test('no time is a dash', () => {
  expect([showTime(0), showTime(-1)]).toEqual(['-', '-']);
});
