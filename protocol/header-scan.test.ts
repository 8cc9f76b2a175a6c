import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Command, decodeCommand, encodeCommand, NO_BODY } from './command.ts';
import { HeaderScan } from './header-scan.ts';
import { quoteJson } from './json-quote.ts';
import { copyUnescaped } from './json-unescape.ts';
import { MalformedFrame } from './malformed-frame.ts';
import { SCANNED_FIELDS_MAX } from './scanned-fields.ts';

/** What a scan says, as the complete decoder would have said it. */
function read(scan: HeaderScan, buffer: Buffer): Omit<Command, 'remark'> {
  const fields: [string, string][] = [];
  for (let index = 0; index < scan.fieldCount; index++) {
    const [start, end] = [scan.keyStarts[index] ?? 0, scan.keyEnds[index] ?? 0];
    const key = buffer.toString('utf8', scan.origin + start, scan.origin + end);
    fields.push([key, valueOf(scan, buffer, index)]);
  }
  const { code, language, version, opaque, flag, serialization } = scan;
  const body = buffer.subarray(scan.bodyStart, scan.bodyEnd);
  const numbers = { code, language, version, opaque, flag };
  return { ...numbers, fields: Object.fromEntries(fields), body, serialization };
}

function valueOf(scan: HeaderScan, buffer: Buffer, index: number): string {
  const start = scan.valueStart(index);
  const end = scan.valueEnd(index);
  if (scan.escaped[index] === 0) return buffer.toString('utf8', start, end);
  const target = Buffer.alloc(end - start);
  return target.toString('utf8', 0, copyUnescaped(target, 0, buffer, start, end));
}

function frameOf(header: string | Buffer, type = 0, body = ''): Buffer {
  const bytes = Buffer.from(header);
  const frame = Buffer.concat([Buffer.alloc(8), bytes, Buffer.from(body)]);
  frame.writeInt32BE(frame.length - 4, 0);
  frame.writeInt32BE((type << 24) | bytes.length, 4);
  return frame;
}

/** One scan for all, as in a server: nothing of a frame may show in the next. */
const scan = new HeaderScan();
const JUNK_BEFORE = Buffer.from('junk');

/** Scans within a larger buffer; returns whether it was taken, and checks it against the decoder. */
function scanLikeDecode(frame: Buffer): boolean {
  const buffer = Buffer.concat([JUNK_BEFORE, frame, Buffer.from('"}],0')]);
  const start = JUNK_BEFORE.length;
  if (!scan.scan(buffer, start, start + frame.length)) return false;
  const { remark: _, ...command } = decodeCommand(frame);
  // Text that is no whole UTF-16 has no bytes: it is compared as it would be written.
  const written = (value: string): string => Buffer.from(value).toString();
  const fields = Object.entries(command.fields).map(([key, value]) => [key, written(value)]);
  expect(read(scan, buffer)).toEqual({ ...command, fields: Object.fromEntries(fields) });
  expectFindable(buffer, command.fields);
  return true;
}

/** Every key leads to its last value, by name and, when it is one letter, by letter. */
function expectFindable(buffer: Buffer, fields: Command['fields']): void {
  // oxlint-disable-next-line eslint/no-control-regex -- ASCII is what is meant
  const keys = Object.keys(fields).filter((key) => /^[\u0000-\u007f]*$/.test(key));
  const letters = keys.filter((key) => key.length === 1);
  const found = keys.map((key) => valueOf(scan, buffer, scan.find(buffer, key)));
  expect(found).toEqual(keys.map((key) => Buffer.from(fields[key] ?? '').toString()));
  const byName = letters.map((key) => scan.find(buffer, key));
  expect(letters.map((key) => scan.field(key.charCodeAt(0)))).toEqual(byName);
  const spans = letters.map((key) => [scan.start(key.charCodeAt(0)), scan.end(key.charCodeAt(0))]);
  expect(spans).toEqual(byName.map((index) => [scan.valueStart(index), scan.valueEnd(index)]));
}

const anyText = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc.constantFrom(
    '',
    '0',
    '-1',
    'true',
    'a\u0001b\u0002',
    '"\\/\b\f\n\r\t',
    '\u00e9',
    '😀',
    '\ud800',
  ),
);
const anyKey = fc.oneof(
  fc.constantFrom('a', 'b', 'c', 'i', 'n', 'topic', 'queueId', '__proto__', ''),
  anyText.filter((key) => !/^\d+$/.test(key)),
);
const anyHeader = fc.record({
  code: fc.integer({ min: -0x8000, max: 0x7fff }),
  // Mostly as Java's requests are, which have a shortcut.
  language: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 13 })),
  version: fc.integer({ min: 0, max: 0x7fff }),
  opaque: fc.integer(),
  flag: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 3 })),
  remark: fc.option(anyText, { nil: undefined, freq: 1 }),
  fields: fc.array(fc.tuple(anyKey, anyText)).map((entries) => Object.fromEntries(entries)),
  body: fc.uint8Array({ maxLength: 20 }).map((bytes) => Buffer.from(bytes)),
});

test('every frame of the encoder is taken, and read as the decoder reads it', () => {
  fc.assert(
    fc.property(anyHeader, fc.constantFrom('JSON', 'ROCKETMQ'), (header, serialization) => {
      const frame = encodeCommand({ ...header, serialization } as Command);
      // Keys with escapes are left to the decoder.
      const isPlain = Object.keys(header.fields).every((key) => quoteJson(key) === `"${key}"`);
      expect(scanLikeDecode(frame)).toBe(isPlain || serialization === 'ROCKETMQ');
    }),
    { numRuns: 500 },
  );
});

/** JSON of any peer: order, spaces, escapes, duplicates, numbers, nested and wrong members. */
const space = fc.constantFrom('', '', ' ', '\n\t', '\r\n ');
const escapedUnit = fc
  .integer({ min: 0, max: 0xffff })
  .map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`);
const stringPart = fc.oneof(
  fc.string({ unit: 'grapheme' }).map((part) => JSON.stringify(part).slice(1, -1)),
  escapedUnit,
  fc.constantFrom(
    '\\ud83d\\ude00',
    '\\ud83d',
    '\\/',
    '\\b',
    '\\\\',
    '\\"',
    '\\x',
    '\u0001',
    '\\u12',
    '\\',
  ),
);
const anyString = fc.array(stringPart, { maxLength: 4 }).map((parts) => `"${parts.join('')}"`);
const anyNumber = fc.oneof(
  fc.integer().map(String),
  fc.constantFrom(
    '0',
    '-0',
    '007',
    '1.0',
    '1e3',
    '-',
    '9223372036854775807',
    '123456789012345',
    '4294967296',
  ),
);
const plainKey = fc.constantFrom('a', 'b', 'i', 'topic', 'code').map((key) => `"${key}"`);
const anyMemberValue = fc.oneof(
  { weight: 6, arbitrary: anyString },
  { weight: 3, arbitrary: anyNumber },
  { weight: 1, arbitrary: fc.constantFrom('null', 'true', '{}', '[]', '{"x":1}', '') },
);
const anyObject = (key: fc.Arbitrary<string>, value: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc
    .array(fc.tuple(space, key, space, space, value, space), { maxLength: 6 })
    .map((rows) => rows.map(([a, name, b, c, text, d]) => `${a}${name}${b}:${c}${text}${d}`))
    .map((members) => `{${members.join(',')}}`);
const anyFields = anyObject(fc.oneof(plainKey, anyString), anyMemberValue);
const headerKey = fc.constantFrom(
  '"code"',
  '"flag"',
  '"opaque"',
  '"version"',
  '"language"',
  '"remark"',
  '"serializeTypeCurrentRPC"',
  '"extra"',
);
const headerValue = fc.oneof(
  { weight: 6, arbitrary: fc.integer().map(String) },
  { weight: 2, arbitrary: fc.constantFrom('"JAVA"', '"GO"', '"COBOL"', '"105"', '9') },
  { weight: 1, arbitrary: anyMemberValue },
);
const withFields = fc
  .tuple(anyObject(headerKey, headerValue), fc.array(anyFields, { maxLength: 2 }), space)
  .map(([header, all, end]) => {
    const extra = all.map((fields) => `"extFields":${fields}`).join(',');
    const comma = extra !== '' && header !== '{}' ? ',' : '';
    return `${header.slice(0, -1)}${comma}${extra}}${end}`;
  });

test('whatever JSON a peer sends is read as the decoder reads it, or not taken', () => {
  let taken = 0;
  fc.assert(
    fc.property(withFields, (json) => {
      if (scanLikeDecode(frameOf(json))) taken++;
    }),
    { numRuns: 3000 },
  );
  expect(taken).toBeGreaterThan(300);
});

test('whatever bytes come are read as the decoder reads them, or not taken', () => {
  const mutation = fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { maxLength: 4 });
  let taken = 0;
  fc.assert(
    fc.property(anyHeader, fc.boolean(), mutation, (header, isJson, changes) => {
      const serialization = isJson ? 'JSON' : 'ROCKETMQ';
      const frame = encodeCommand({ ...header, serialization } as Command);
      for (const [at, byte] of changes) frame[8 + (at % (frame.length - 8))] = byte;
      // What the decoder refuses must not be taken: it throws here.
      if (!scan.scan(frame, 0, frame.length)) return;
      taken++;
      const { code, opaque, flag } = decodeCommand(frame);
      expect([scan.code, scan.opaque, scan.flag]).toEqual([code, opaque, flag]);
    }),
    { numRuns: 2000 },
  );
  expect(taken).toBeGreaterThan(300);
});

/** Bytes that a value may have, that end it, or that no JSON has there. */
const anyByte = fc.oneof(
  fc.constantFrom(...Buffer.from('azAZ019 !#~"\\\\/,:{}[]-u')),
  fc.integer({ min: 0, max: 255 }),
);
const changes = fc.array(fc.tuple(fc.nat(), anyByte), { minLength: 1, maxLength: 5 });

test('a header like the one before it is read as the decoder reads it, whatever differs', () => {
  const javaLike = fc.record({
    code: fc.constant(310),
    language: fc.constant(0),
    version: fc.constant(479),
    opaque: fc.nat(),
    flag: fc.constant(0),
    fields: fc.dictionary(fc.constantFrom('a', 'b', 'i', 'topic'), anyText),
    body: fc.constant(NO_BODY),
  });
  let taken = 0;
  fc.assert(
    fc.property(fc.oneof(javaLike, anyHeader), fc.array(changes), (header, variants) => {
      const frame = encodeCommand({ ...header, serialization: 'JSON' } as Command);
      for (let seen = 0; seen < 3; seen++) scanLikeDecode(frame);
      for (const variant of variants) {
        const other = Buffer.from(frame);
        for (const [at, byte] of variant) other[8 + (at % (frame.length - 8))] = byte;
        if (scanLikeDecode(other)) taken++;
        scanLikeDecode(frame);
      }
    }),
    { numRuns: 500 },
  );
  expect(taken).toBeGreaterThan(100);
});

describe('the scan', () => {
  test('takes a Java header with everything in it', () => {
    const json =
      '{"code":310,"extFields":{"a":"pg","i":"K\\u0001v\\u0002","queueId":3},"flag":0,' +
      '"language":"JAVA","opaque":-7,"remark":"r","serializeTypeCurrentRPC":"JSON","version":479}';
    expect(scanLikeDecode(frameOf(json, 0, 'body'))).toBe(true);
  });

  test('takes what follows the fields of a Java header only when it is all there', () => {
    const start = '{"code":310,"extFields":{"a":"1"}';
    const rest =
      ',"flag":0,"language":"JAVA","opaque":7,"serializeTypeCurrentRPC":"JSON","version":479}';
    expect(scanLikeDecode(frameOf(start + rest))).toBe(true);
    expect([scan.flag, scan.language, scan.opaque, scan.version]).toEqual([0, 0, 7, 479]);
    for (let cut = 1; cut < rest.length; cut++) {
      const frame = frameOf(start + rest.slice(0, -cut), 0, rest.slice(-cut));
      expect(scan.scan(frame, 0, frame.length)).toBe(false);
    }
    expect(scanLikeDecode(frameOf(`${start}${rest.slice(0, -1)},"flag":2}`))).toBe(true);
    expect(scan.flag).toBe(2);
  });

  test('knows a header by the one before it, wherever it lies, when only values differ', () => {
    const known = new HeaderScan();
    const json = (key: string, opaque: string): string =>
      `{"code":310,"extFields":{"a":"1","i":"KEYS\\u0001${key}\\u0002"},"opaque":${opaque}}`;
    const scanAt = (at: number, key: string, opaque = '1005'): unknown => {
      const frame = frameOf(json(key, opaque));
      const buffer = Buffer.concat([Buffer.alloc(at), frame]);
      if (!known.scan(buffer, at, buffer.length)) return false;
      const value = buffer.toString('latin1', known.start(0x69), known.end(0x69));
      const isKnown = known.origin !== 0;
      return [value.slice('KEYS\\u0001'.length, -'\\u0002'.length), known.opaque, isKnown];
    };
    for (let seen = 0; seen < 2; seen++) expect(scanAt(0, 'k1')).toEqual(['k1', 1005, false]);
    expect(scanAt(3, 'k1')).toEqual(['k1', 1005, true]);
    expect(scanAt(9, 'k2', '9999')).toEqual(['k2', 9999, true]);
    expect(scanAt(9, 'k23')).toEqual(['k23', 1005, false]);
    expect(scanAt(1, 'k23')).toEqual(['k23', 1005, false]);
    expect(scanAt(9, 'k24')).toEqual(['k24', 1005, true]);
    // No numbers of JSON, and the end of a text.
    expect(scanAt(9, 'k24', '0005')).toBe(false);
    expect(scanAt(9, 'k24', '1e05')).toBe(false);
    expect(scanAt(9, 'k"4')).toBe(false);
  });

  test('finds nothing of an earlier frame', () => {
    expect(scanLikeDecode(frameOf('{"code":1,"extFields":{"a":"1","topic":"T"}}'))).toBe(true);
    const next = frameOf('{"code":1}');
    expect(scan.scan(next, 0, next.length)).toBe(true);
    expect(scan.start(0x61)).toBe(-1);
    expect(scan.end(0x61)).toBe(-1);
    expect(scan.find(next, 'topic')).toBe(-1);
  });

  test('lets the last of equal keys win, as the decoder does', () => {
    const json = frameOf('{"code":1,"extFields":{"b":"x"},"extFields":{"a":"1","a":"2"},"code":2}');
    expect(scanLikeDecode(json)).toBe(true);
    expect(scan.code).toBe(2);
    expect(scan.field(0x61)).toBe(1);
    expect(scan.field(0x62)).toBe(-1);
  });

  test('goes on with new letters after very many frames', () => {
    const one = frameOf('{"extFields":{"a":"1"}}');
    const none = frameOf('{"extFields":{"b":"1"}}');
    const tired = new HeaderScan(5 * SCANNED_FIELDS_MAX);
    for (let round = 0; round < 20; round++) {
      expect(tired.scan(one, 0, one.length)).toBe(true);
      expect(tired.start(0x61)).toBeGreaterThan(0);
      expect(tired.scan(none, 0, none.length)).toBe(true);
      expect(tired.start(0x61)).toBe(-1);
    }
  });

  test.each([
    ['numbers as text', '{"code":"105"}'],
    ['an escaped key', '{"extFields":{"\\u0061":"1"}}'],
    ['a nested value', '{"extFields":{"a":{"b":1}}}'],
    ['a null', '{"extFields":{"a":null}}'],
    ['a number with a fraction', '{"code":1.5}'],
    ['a number that prints otherwise', '{"extFields":{"a":1e3,"b":-0}}'],
    ['a number out of range', '{"opaque":2147483648}'],
    ['something after the header', '{"code":1} 1'],
    ['a trailing comma', '{"code":1,}'],
    ['a control character', '{"extFields":{"a":"\u0001"}}'],
    ['an unknown escape', '{"extFields":{"a":"\\x41"}}'],
    ['a cut escape', '{"extFields":{"a":"\\u00'],
    ['a cut text', '{"extFields":{"a":"'],
    ['no header at all', ''],
  ])('leaves %s to the decoder', (_name, json) => {
    const frame = frameOf(json);
    expect(scan.scan(frame, 0, frame.length)).toBe(false);
  });

  test('leaves text that is not UTF-8 to the decoder', () => {
    const frame = frameOf(Buffer.from('{"extFields":{"a":"\xff"}}', 'latin1'));
    expect(scan.scan(frame, 0, frame.length)).toBe(false);
  });

  test('leaves a header with very many fields to the decoder', () => {
    const fields = (count: number): Record<string, string> =>
      Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, '1']));
    for (const serialization of ['JSON', 'ROCKETMQ'] as const) {
      const command = { code: 1, language: 0, version: 479, opaque: 1, flag: 0, body: NO_BODY };
      const most = encodeCommand({ ...command, serialization, fields: fields(SCANNED_FIELDS_MAX) });
      expect(scan.scan(most, 0, most.length)).toBe(true);
      const more = encodeCommand({
        ...command,
        serialization,
        fields: fields(SCANNED_FIELDS_MAX + 1),
      });
      expect(scan.scan(more, 0, more.length)).toBe(false);
    }
  });

  test('never takes a frame that the decoder refuses for its lengths', () => {
    const good = encodeCommand({
      code: 1,
      language: 0,
      version: 479,
      opaque: 1,
      flag: 0,
      fields: { a: '1' },
      body: NO_BODY,
      serialization: 'ROCKETMQ',
    });
    for (let at = 0; at < good.length; at++) {
      for (const byte of [0x00, 0x01, 0x7f, 0x80, 0xff]) {
        const frame = Buffer.from(good);
        frame[at] = byte;
        let isRefused = false;
        try {
          decodeCommand(frame);
        } catch (error) {
          isRefused = error instanceof MalformedFrame;
        }
        expect(scan.scan(frame, 0, frame.length)).toBe(!isRefused);
      }
    }
  });
});
