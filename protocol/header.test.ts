import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Failure, failures, findFailure } from './failures.ts';
import { boundary, flag, group, int, keyed, long, optional, text, topic } from './fields.ts';
import { header } from './header.ts';
import { responseCodeName, responseCodes } from './response-codes.ts';

const sample = header({
  topic,
  consumerGroup: keyed('g', group),
  queueId: int,
  offset: long,
  order: flag,
  side: boundary,
  note: optional(text),
  times: optional(int),
});
const wire = { topic: 'T', g: 'G', queueId: '1', offset: '2', order: 'true', side: 'UPPER' };

test('decoding inverts encoding for every header', () => {
  const anyHeader = fc.record(
    {
      topic: fc.string(),
      consumerGroup: fc.string(),
      queueId: fc.integer(),
      offset: fc.maxSafeInteger(),
      order: fc.boolean(),
      side: fc.constantFrom('LOWER', 'UPPER'),
      note: fc.string({ minLength: 1 }),
      times: fc.integer(),
    },
    { requiredKeys: ['topic', 'consumerGroup', 'queueId', 'offset', 'order', 'side'] },
  );
  fc.assert(
    fc.property(anyHeader, (value) => {
      expect(sample.decode(sample.encode(value))).toEqual(value);
    }),
  );
});

describe('a header', () => {
  test('takes unknown fields, and empty ones for absent', () => {
    expect(sample.decode({ ...wire, extra: 'x', note: '', times: '' })).toEqual({
      topic: 'T',
      consumerGroup: 'G',
      queueId: 1,
      offset: 2,
      order: true,
      side: 'UPPER',
    });
  });

  test('takes empty text where text is required', () => {
    expect(sample.decode({ ...wire, topic: '' }).topic).toBe('');
  });

  test("reads Java's limit as the largest safe number, and writes it as Java's again", () => {
    const { offset } = sample.decode({ ...wire, offset: '9223372036854775807' });
    expect(offset).toBe(Number.MAX_SAFE_INTEGER);
    expect(header({ offset: long }).encode({ offset })).toEqual({ offset: '9223372036854775807' });
  });

  test('reads flags and boundaries as Java does: what it does not know is the ordinary one', () => {
    expect(sample.decode({ ...wire, order: 'TRUE', side: 'upper' })).toMatchObject({
      order: true,
      side: 'UPPER',
    });
    expect(sample.decode({ ...wire, order: 'yes', side: 'middle' })).toMatchObject({
      order: false,
      side: 'LOWER',
    });
  });

  test('says which fields name resources', () => {
    const resources = sample.rows.map(({ key, field }) => [key, field.resource]);
    expect(resources.slice(0, 3)).toEqual([
      ['topic', 'topic'],
      ['g', 'group'],
      ['queueId', undefined],
    ]);
  });

  test.each([
    [{ ...wire, queueId: 'ten' }, 'field "queueId": expected a whole number of 32 bits, is "ten"'],
    [{ ...wire, queueId: '4294967296' }, 'expected a whole number of 32 bits, is "4294967296"'],
    [{ ...wire, offset: '1.5' }, 'field "offset": expected a whole number, is "1.5"'],
    [{ ...wire, offset: 'x'.repeat(99) }, `is "${'x'.repeat(40)}…"`],
    [{ ...wire, queueId: '' }, 'field "queueId": expected a whole number of 32 bits, is missing'],
    [{ topic: 'T' }, 'field "g (consumerGroup)": expected text, is missing'],
  ])('refuses %j', (fields, message) => {
    expect(() => sample.decode(fields)).toThrow(Failure);
    expect(() => sample.decode(fields)).toThrow(message);
  });
});

describe('failures', () => {
  test('have a code that RocketMQ knows too', () => {
    const known: ReadonlySet<number> = new Set(Object.values(responseCodes));
    for (const [name, { remoting, doc }] of Object.entries(failures)) {
      expect([name, known.has(remoting), doc.endsWith('.')]).toEqual([name, true, true]);
    }
  });

  test('say their code and whether another attempt may help', () => {
    const busy = new Failure('SystemBusy', 'later');
    expect([busy.code, busy.retriable]).toEqual([2, true]);
  });

  test('are found by the code of an answer', () => {
    expect(findFailure(17)).toBe('TopicNotFound');
    expect(findFailure(1)).toBe('InternalError');
    expect(findFailure(0)).toBeUndefined();
  });

  test('codes have names for people', () => {
    expect([responseCodeName(17), responseCodeName(4711)]).toEqual(['TOPIC_NOT_EXIST', '4711']);
  });
});
