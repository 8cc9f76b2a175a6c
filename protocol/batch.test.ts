import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type BatchItem, decodeBatch, encodeBatch } from './batch.ts';
import { Failure } from './failures.ts';

const specified = Buffer.from(
  '00000026000000000000000000000000000000026869000e610162025741495401747275650200000023' +
    '00000000000000000000000000000003796f21000a57414954017472756502',
  'hex',
);

test('the batch of the specification decodes and encodes', () => {
  const items = decodeBatch(specified);
  expect(items.map(({ body }) => body.toString())).toEqual(['hi', 'yo!']);
  expect(items[0]?.properties.toString()).toBe('a\u0001b\u0002WAIT\u0001true\u0002');
  expect(encodeBatch(items).equals(specified)).toBe(true);
});

test('decoding inverts encoding for every batch', () => {
  const bytes = fc.uint8Array({ maxLength: 50 }).map((array) => Buffer.from(array));
  const anyItem: fc.Arbitrary<BatchItem> = fc.record({
    flag: fc.integer(),
    body: bytes,
    properties: bytes,
  });
  fc.assert(
    fc.property(fc.array(anyItem), (items) => {
      expect(decodeBatch(encodeBatch(items))).toEqual(items);
    }),
  );
});

test('what does not fit is refused, naming the message', () => {
  const cut = specified.subarray(0, -1);
  expect(() => decodeBatch(cut)).toThrow(Failure);
  expect(() => decodeBatch(cut)).toThrow('Cannot read message 1 of the batch: its size is 35');
  const lying = Buffer.from(specified);
  lying.writeInt32BE(0x7fff_ffff, 16);
  expect(() => decodeBatch(lying)).toThrow('its body has 2147483647 bytes');
  const negative = Buffer.from(specified);
  negative.writeInt16BE(-1, 22);
  expect(() => decodeBatch(negative)).toThrow('its properties have -1 bytes');
});
