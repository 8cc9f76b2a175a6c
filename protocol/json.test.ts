import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { clampLong } from './fields.ts';
import { Double, type Json, parseLenient, printJson, printLegacy, printStrict } from './json.ts';

describe('reading what Java writes', () => {
  test.each<[string, Json]>([
    ['{0:"a",1:"b"}', { 0: 'a', 1: 'b' }],
    ['{-1:5}', { '-1': 5 }],
    ["{'a':'b'}", { a: 'b' }],
    ['{{"queueId":1,"topic":"T"}:5}', { '{"queueId":1,"topic":"T"}': 5 }],
    ['{{"topic":"T","queueId":1}:5}', { '{"queueId":1,"topic":"T"}': 5 }],
    ['{"{\\"queueId\\":1}":5}', { '{"queueId":1}': 5 }],
    ['[9223372036854775807,-9223372036854775808]', [2 ** 53 - 1, -(2 ** 53 - 1)]],
    ['[0.0,1.5,2E3,5L,1.5D]', [0, 1.5, 2000, 5, 1.5]],
    [' { "a" : [ true , false , null ] } ', { a: [true, false, null] }],
    ['{"a":1,}', { a: 1 }],
    ['"\\u00e9\\n\\/\\\'"', "\u00e9\n/'"],
    ['{"__proto__":1}', JSON.parse('{"__proto__":1}') as Json],
  ])('%s', (text, value) => {
    expect(parseLenient(text)).toEqual(value);
  });

  test('takes all standard JSON, whole numbers being clamped', () => {
    // Larger ones are printed with an exponent, which makes them doubles.
    const isLong = (value: unknown): value is number =>
      typeof value === 'number' && Number.isInteger(value) && Math.abs(value) < 1e21;
    const clamp = (_key: string, value: unknown): unknown =>
      isLong(value) ? clampLong(value) : value;
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = JSON.stringify(value);
        const expected: unknown = JSON.parse(text, clamp);
        expect(JSON.stringify(parseLenient(text))).toBe(JSON.stringify(expected));
      }),
    );
  });

  test.each([
    ['', 'Expected a value at character 0, found the end'],
    ['{"a"}', 'Expected ":" at character 4, found "}"'],
    ['[1 2]', 'Expected "," or "]" at character 3, found "2]"'],
    ['{"a":1 "b":2}', 'Expected "," or "}"'],
    ['"abc', 'Expected a closing "'],
    ['"\\q"', 'Expected an escape, not "\\q",'],
    ['[1]]', 'Expected the end at character 3'],
    ['nonsense', 'Expected a value'],
    ['[toString]', 'Expected a value'],
    ['['.repeat(101), 'Expected at most 100 levels'],
  ])('refuses %s', (text, message) => {
    expect(() => parseLenient(text)).toThrow(SyntaxError);
    expect(() => parseLenient(text)).toThrow(message);
  });

  test('never does anything but return or throw a SyntaxError', () => {
    const part = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '"',
      "'",
      '\\',
      '1',
      'a',
      ' ',
      'null',
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 30 }), (parts) => {
        let error: unknown;
        try {
          parseLenient(parts.join(''));
        } catch (caught) {
          error = caught;
        }
        expect(error === undefined || error instanceof SyntaxError).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('writing', () => {
  const queue = { topic: 'T', queueId: 0, brokerName: 'b' };

  test('sorts members, leaves undefined out, keeps the order of tables', () => {
    const value = {
      b: 1,
      a: undefined,
      c: new Map([
        ['z', 1],
        ['y', 2],
      ]),
    };
    expect(printLegacy(value)).toBe('{"b":1,"c":{"z":1,"y":2}}');
    expect(printStrict(value)).toBe('{"b":1,"c":{"y":2,"z":1}}');
  });

  test('has bare numbers and objects as keys only in the legacy form', () => {
    expect(printLegacy(new Map([[0, 'a']]))).toBe('{0:"a"}');
    expect(printJson(new Map([[0, 'a']]))).toBe('{"0":"a"}');
    const byQueue = new Map([[queue, 5]]);
    expect(printLegacy(byQueue)).toBe('{{"brokerName":"b","queueId":0,"topic":"T"}:5}');
    const text = '{\\"brokerName\\":\\"b\\",\\"queueId\\":0,\\"topic\\":\\"T\\"}';
    expect(printJson(byQueue)).toBe(`{"${text}":5}`);
  });

  test('says doubles with a fraction, and the ends of 64 bits as Java does', () => {
    expect(printLegacy([new Double(0), new Double(1.5), new Double(-3)])).toBe('[0.0,1.5,-3.0]');
    expect(printLegacy(Number.MAX_SAFE_INTEGER)).toBe('9223372036854775807');
    expect(printLegacy(-Number.MAX_SAFE_INTEGER)).toBe('-9223372036854775808');
  });

  test('escapes as Java does, in the strict form everything beyond ASCII', () => {
    expect(printLegacy('é"\\/\n\u0001\u007f\u2028')).toBe('"é\\"\\\\/\\n\\u0001\\u007F\\u2028"');
    expect(printStrict('é/😀')).toBe('"\\u00E9\\/\\uD83D\\uDE00"');
  });

  test('what is written is read again', () => {
    fc.assert(
      fc.property(fc.jsonValue({ noUnicodeString: false }), (value) => {
        const plain = JSON.parse(JSON.stringify(value)) as Json;
        for (const print of [printLegacy, printJson, printStrict]) {
          expect(parseLenient(print(plain))).toEqual(parseLenient(JSON.stringify(plain)));
        }
      }),
    );
  });
});
