import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseProperties } from '../protocol/mod.ts';
import { PropertyNames } from './property-names.ts';
import { PropertyWalk } from './property-walk.ts';

const names = ['TAGS', 'KEYS', 'UNIQ_KEY', 'WAIT', 'DELAY', 'TAGX', 'UNIQ_KEX', 'a', ''];
const anyItem = fc.tuple(
  fc.constantFrom(...names),
  fc.constantFrom('\u0001', '', '\u0001\u0001'),
  fc.constantFrom('', 'v', 'true', 'TRUE', 'false', '3', 'key one', 'grün'),
);
const anyText = fc
  .tuple(fc.array(anyItem), fc.constantFrom('', '\u0002', '\u0002\u0002'))
  .map(([items, end]) => items.map((item) => item.join('')).join('\u0002') + end);

test('the walk finds what the decoder finds', () => {
  const walk = new PropertyWalk();
  fc.assert(
    fc.property(anyText, fc.nat({ max: 9 }), (text, padding) => {
      const buffer = Buffer.from(`${'x'.repeat(padding)}${text}yy`);
      const end = buffer.length - 2;
      walk.run(buffer, padding, end);
      const expected = parseProperties(text);
      const found = (start: number, to: number): string | undefined =>
        to > start ? buffer.toString('utf8', start, to) : undefined;
      expect({
        tags: found(walk.tagsStart, walk.tagsEnd),
        keys: found(walk.keysStart, walk.keysEnd),
        unique: found(walk.uniqueKeyStart, walk.uniqueKeyEnd),
        waits: walk.waits,
        level: walk.delayLevel,
      }).toEqual({
        tags: expected.get('TAGS'),
        keys: expected.get('KEYS'),
        unique: expected.get('UNIQ_KEY'),
        waits: (expected.get('WAIT') ?? 'true').toLowerCase() === 'true',
        level: Number(/^\d+$/.exec(expected.get('DELAY') ?? '')?.[0] ?? 0),
      });
    }),
  );
});

test('a reserved name is met whatever stands around it', () => {
  const walk = new PropertyWalk();
  const reserved = new PropertyNames(['POP_CK', 'DELAY']);
  const isReserved = (text: string): boolean => {
    walk.run(Buffer.from(text), 0, Buffer.byteLength(text), reserved);
    return walk.isReserved;
  };
  expect(isReserved('a\u0001b\u0002POP_CK\u0001x\u0002c\u0001d')).toBe(true);
  expect(isReserved('POP_CL\u0001x\u0002POP\u0001_CK')).toBe(false);
  // It has no value, so it is no property.
  expect(isReserved('DELAY\u0001\u0002')).toBe(false);
});
