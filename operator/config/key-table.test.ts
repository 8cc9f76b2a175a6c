import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { flag, integer, type Schema, text } from '../../config/mod.ts';
import { keyTable } from './key-table.ts';
import { restartHash } from './role-file.ts';

const options = {
  name: text({ fallback: { says: 'the machine', of: ({ host }) => host.name }, doc: '' }),
  low: integer({ fallback: 5, min: 0, max: 100, live: true, doc: '' }),
  high: integer({ fallback: 9, min: 0, max: 100, live: true, doc: '' }),
  traceOn: flag({ fallback: true, live: true, doc: '' }),
  threads: integer({ fallback: 4, min: 1, max: 64, doc: '' }),
};
const schema: Schema<typeof options> = {
  role: 'it',
  options,
  elsewhere: { ignored: ['jvm'], refused: { slaves: { fallback: '0', reason: 'there are none' } } },
  check: ({ low, high }) => (low > high ? [`low is ${low}, expected at most high, ${high}`] : []),
};
const keys = keyTable(schema);

describe('the keys of a role', () => {
  test('are live as its table says; what it does not know is not', () => {
    const all = ['low', 'traceOn', 'threads', 'jvm', 'unknown', 'toString'];
    expect(all.filter((key) => keys.isLive(key))).toEqual(['low', 'traceOn']);
  });

  test('are refused one by one, with the reason the role itself would give', () => {
    const refused = keys.refusals({
      low: '101',
      thread: '8',
      slaves: '2',
      traceOn: 'no',
      high: '7',
    });
    expect([...refused]).toEqual([
      ['low', 'low is "101", expected a whole number, 0 to 100'],
      ['thread', '"thread" is no option of the it: did you mean "threads"?'],
      ['slaves', 'slaves is "2": there are none; leave it at "0"'],
      ['traceOn', 'traceOn is "no", expected true or false'],
    ]);
  });

  test('that contradict each other are refused together, under no key', () => {
    expect([...keys.refusals({ low: '10' })]).toEqual([
      ['', 'low is 10, expected at most high, 9'],
    ]);
    expect(keys.refusals({ low: '10', high: '20', jvm: 'x', slaves: '0' }).size).toBe(0);
  });

  test('that are left out have their default in a running process', () => {
    expect(keys.liveSettings({ low: '+7' })).toEqual({ low: '7', high: '9', traceOn: 'true' });
  });
});

test('a restart is asked for by keys that take one, and by no other', () => {
  const anyFile = fc.record({
    low: fc.constantFrom('1', '2'),
    traceOn: fc.constantFrom('true', 'false'),
    threads: fc.constantFrom('1', '2'),
    name: fc.constantFrom('a', 'b'),
  });
  fc.assert(
    fc.property(anyFile, anyFile, (one, other) => {
      const isSame = one.threads === other.threads && one.name === other.name;
      expect(restartHash(one, keys) === restartHash(other, keys)).toBe(isSame);
    }),
  );
});
