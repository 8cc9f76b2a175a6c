import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { editProperties, formatAnswer, formatProperties, parseProperties } from './properties.ts';

const pairs = (text: string) => parseProperties(text).entries.map(({ key, value }) => [key, value]);
// A lone surrogate is a UTF-16 unit like any other to Java.
const anyText = fc.string({
  unit: fc.integer({ min: 0, max: 0xff_ff }).map((unit) => String.fromCharCode(unit)),
});
const anyKey = anyText.filter((key) => key !== '');
const anyEntries = fc.uniqueArray(fc.tuple(anyKey, anyText), { selector: ([key]) => key });

test('parseProperties() inverts formatProperties() for any keys and values', () => {
  fc.assert(
    fc.property(anyEntries, (entries) => {
      expect(pairs(formatProperties(entries))).toEqual(entries);
    }),
  );
});

test('any text is entries or malformed places, never an exception, with lines that exist', () => {
  fc.assert(
    fc.property(
      fc.string({
        unit: fc.constantFrom('a', '=', ':', ' ', '\t', '\\', '#', '!', 'u', '0', '\n', '\r'),
      }),
      (text) => {
        const lines = text.split(/\r\n|\r|\n/).length;
        const { entries, malformed } = parseProperties(text);
        for (const { line } of [...entries, ...malformed]) {
          expect(line).toBeGreaterThanOrEqual(1);
          expect(line).toBeLessThanOrEqual(lines);
        }
      },
    ),
  );
});

describe('as java.util.Properties', () => {
  test.each([
    ['a=1', 'a', '1'],
    ['a:1', 'a', '1'],
    ['a 1', 'a', '1'],
    ['  a  =  1', 'a', '1'],
    ['a\t:\t1 ', 'a', '1 '],
    ['a==1', 'a', '=1'],
    ['a', 'a', ''],
    ['a=', 'a', ''],
    ['=1', '', '1'],
    ['a\\ b\\=c=1', 'a b=c', '1'],
    ['a=\\u00e9\\t\\q', 'a', 'é\tq'],
    ['a=one, \\\n   two', 'a', 'one, two'],
    ['a=\\\\\nb=2', 'a', '\\'],
    ['a=1\\', 'a', '1'],
    ['a=x\\\n\nb=2', 'a', 'x'],
    ['a=1 # no comment', 'a', '1 # no comment'],
    ['a=\\\n# not here either', 'a', '# not here either'],
  ])('%j is %j and %j', (text, key, value) => {
    expect(pairs(text)[0]).toEqual([key, value]);
  });

  test('comments and blank lines are no entries', () => {
    expect(pairs('# a=1\n  ! b=2\n\n   \nc=3\r\nd=4\re=5')).toEqual([
      ['c', '3'],
      ['d', '4'],
      ['e', '5'],
    ]);
  });
});

test('an entry has the line it begins on', () => {
  const { entries } = parseProperties('# one\na=1,\\\n  2\n\nb=3\n');
  expect(entries).toEqual([
    { key: 'a', value: '1,2', line: 2 },
    { key: 'b', value: '3', line: 5 },
  ]);
});

test('\\u without four digits is malformed, an escaped backslash before u is not', () => {
  expect(parseProperties('a=\\\\u12\nb=\\u12').malformed).toEqual([
    { line: 2, message: '\\u is not followed by four hexadecimal digits' },
  ]);
});

test('an answer is sorted and not escaped', () => {
  const entries = [
    ['b', 'x=y'],
    ['a', 'c:\\d é'],
  ] as const;
  expect(formatAnswer(entries)).toBe('a=c:\\d é\nb=x=y\n');
});

describe('editProperties()', () => {
  test('changes what it is told and nothing else', () => {
    const text = '# Kept\nb = 1\n\na: 2,\\\n  3\n! kept\nc=4';
    const changes = new Map([
      ['a', 'x y'],
      ['d', '5'],
    ]);
    expect(editProperties(text, changes)).toBe('# Kept\nb = 1\n\na=x y\n! kept\nc=4\nd=5\n');
  });

  test('leaves a key that stood twice once, where it counted', () => {
    expect(editProperties('a=1\nb=2\na=3\n', new Map([['a', '4']]))).toBe('b=2\na=4\n');
  });

  test('the file then says the old entries with the changes made', () => {
    fc.assert(
      fc.property(anyEntries, anyEntries, (before, changes) => {
        const edited = editProperties(formatProperties(before), new Map(changes));
        expect(
          new Map(parseProperties(edited).entries.map(({ key, value }) => [key, value])),
        ).toEqual(new Map([...before, ...changes]));
      }),
    );
  });
});
