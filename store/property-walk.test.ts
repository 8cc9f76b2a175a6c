import fc from 'fast-check';
import { expect, test } from 'vitest';
import { copyUnescaped, parseProperties, viewOf } from '../protocol/mod.ts';
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

test('copying from JSON finds what unescaping and then walking finds, or leaves it to them', () => {
  const [both, walk] = [new PropertyWalk(), new PropertyWalk()];
  const reserved = new PropertyNames(['DELAY', 'a']);
  const escaped = fc
    .tuple(anyText, fc.constantFrom('', '"', '\u00fc', '\n', '\ud83d\ude00'))
    .map(([text, more]) => JSON.stringify(text + more).slice(1, -1));
  fc.assert(
    fc.property(escaped, fc.nat({ max: 9 }), (json, padding) => {
      const source = Buffer.from(`${'x'.repeat(padding)}${json}\\u0002`);
      const end = source.length - 6;
      const [expected, target] = [Buffer.alloc(300), Buffer.alloc(300)];
      const expectedEnd = copyUnescaped(expected, 3, source, padding, end);
      const view = viewOf(target);
      const copiedEnd = both.copyUnescaped(
        { buffer: target, view },
        3,
        source,
        padding,
        end,
        reserved,
      );
      expect(copiedEnd < 0).toBe(/\\(?!u000[12])/.test(json));
      walk.run(expected, 3, expectedEnd, reserved);
      if (copiedEnd < 0) copyUnescaped(target, 3, source, padding, end);
      if (copiedEnd < 0) both.run(target, 3, expectedEnd, reserved);
      expect(target).toEqual(expected);
      expect(facts(both)).toEqual(facts(walk));
    }),
  );
});

test('properties like those before them are copied and found as any are, wherever they lie', () => {
  const [both, walk] = [new PropertyWalk(), new PropertyWalk()];
  const reserved = new PropertyNames(['DELAY', 'a']);
  const letters = fc.array(fc.tuple(fc.nat(), fc.constantFrom('x', 'T', '7', ' ', 'é')), {
    maxLength: 5,
  });
  const many = fc.array(fc.tuple(letters, fc.nat({ max: 9 })), { minLength: 3, maxLength: 8 });
  fc.assert(
    fc.property(anyText, many, (text, variants) => {
      const json = JSON.stringify(text).slice(1, -1);
      for (const [changes, at] of [[[], 3], [[], 3], ...variants] as typeof variants) {
        const source = Buffer.from(`${json}\\u0002`);
        for (const [place, letter] of changes) {
          const index = place % source.length;
          // Escapes stay whole: the scan of the header has seen to that.
          const isEscape = [...source.toString('latin1').matchAll(/\\u000./g)].some(
            (escape) => index >= escape.index && index < escape.index + 6,
          );
          if (!isEscape) source.write(letter, index, 1, 'latin1');
        }
        const [expected, target] = [Buffer.alloc(300), Buffer.alloc(300)];
        const expectedEnd = copyUnescaped(expected, at, source, 0, source.length);
        const copiedTo = { buffer: target, view: viewOf(target) };
        const end = both.copyUnescaped(copiedTo, at, source, 0, source.length, reserved);
        walk.run(expected, at, expectedEnd, reserved);
        expect(end).toBe(expectedEnd);
        expect(target).toEqual(expected);
        expect(facts(both)).toEqual(facts(walk));
      }
    }),
  );
});

function facts(walk: PropertyWalk): unknown {
  const { tagsStart, tagsEnd, keysStart, keysEnd, uniqueKeyStart, uniqueKeyEnd } = walk;
  const { delayLevel, waits, isReserved } = walk;
  const spans = [
    [tagsStart, tagsEnd],
    [keysStart, keysEnd],
    [uniqueKeyStart, uniqueKeyEnd],
  ].map(([start, end]) => (start === end ? 'none' : [start, end]));
  return [spans, delayLevel, waits, isReserved];
}

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
