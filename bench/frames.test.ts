import { expect, test } from 'vitest';
import { decodeCommand } from '../protocol/mod.ts';
import { pullFrame, sendFrame } from './frames.ts';

test.each(['json', 'binary'] as const)(
  'a send frame with a %s header says what a producer would',
  (header) => {
    const command = decodeCommand(sendFrame(header, 1024));
    expect(command).toMatchObject({ code: 310, opaque: 1_000_000_001, version: 479 });
    expect(command.fields).toMatchObject({ a: 'bench', b: 'BenchTopic', e: '0', n: 'broker-a' });
    expect(command.body.length).toBe(1024);
  },
);

test('a pull frame has room for an offset of twelve digits', () => {
  const { code, fields } = decodeCommand(pullFrame());
  expect(code).toBe(11);
  expect(fields['queueOffset']).toBe('0'.repeat(12));
});
