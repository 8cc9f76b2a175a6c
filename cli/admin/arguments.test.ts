import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  assignment,
  oneMore,
  queueArgument,
  secondsMs,
  startFrom,
  wholeNumber,
} from './arguments.ts';

describe('what was typed', () => {
  test('a whole number is taken within its bounds, and nothing else', () => {
    const parse = wholeNumber(1, 100);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100 }), (value) => {
        expect(parse(String(value))).toBe(value);
      }),
    );
    for (const wrong of ['0', '101', '1.5', '1e1', '-1', '', ' ', 'x']) {
      expect(() => parse(wrong), wrong).toThrow('from 1 to 100');
    }
  });

  test('a value keeps every equals sign after the first', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z.]+$/), fc.string(), (name, value) => {
        expect(assignment(`${name}=${value}`)).toEqual({ [name]: value });
      }),
    );
    expect(assignment('b=2', assignment('a=1=1'))).toEqual({ a: '1=1', b: '2' });
    for (const wrong of ['a', '=1', ' =1', '']) {
      expect(() => assignment(wrong), wrong).toThrow('name=value');
    }
  });

  test('an option that comes again adds to itself', () => {
    expect(oneMore('b', oneMore('a'))).toEqual(['a', 'b']);
  });

  test.each([
    ['3', { brokerName: undefined, queueId: 3 }],
    ['broker-a:0', { brokerName: 'broker-a', queueId: 0 }],
    ['odd:name:12', { brokerName: 'odd:name', queueId: 12 }],
  ])('%s is a queue', (text, queue) => {
    expect(queueArgument(text)).toEqual(queue);
  });

  test.each(['', 'broker-a', ':3', 'broker-a:', '-1'])('%j is no queue', (text) => {
    expect(() => queueArgument(text)).toThrow('broker-a:3');
  });

  test.each([
    ['first', 'first'],
    ['last', 'last'],
    ['1700000000000', new Date(1_700_000_000_000)],
    ['2026-01-31T12:00:00Z', new Date(Date.UTC(2026, 0, 31, 12))],
  ])('%s is where to begin', (text, place) => {
    expect(startFrom(text)).toEqual(place);
  });

  test('what is no time is refused', () => {
    expect(() => startFrom('yesterday')).toThrow('2026-01-31T12:00:00Z');
  });

  test('seconds may have a fraction, and are more than none', () => {
    expect(secondsMs('0.25')).toBe(250);
    for (const wrong of ['0', '-1', '', 'soon', '86401']) {
      expect(() => secondsMs(wrong), wrong).toThrow('seconds');
    }
  });
});
