/**
 * Every captured frame is decoded and encoded again. The counts are stated: a capture that is lost,
 * or a difference that nobody has explained, fails.
 */
import { describe, expect, test } from 'vitest';
import {
  type Command,
  crc32,
  decodeBatch,
  decodeCommand,
  decodeRecords,
  encodeBatch,
  encodeCommand,
  encodeRecord,
  type HeaderCodec,
  HeaderScan,
  responseCodes,
  type WireFields,
} from '../../protocol/mod.ts';
import { type Exchange, exchanges } from './captures.ts';
import {
  type AnyBody,
  answerBodies,
  plainBodies,
  recordBodies,
  requestBodies,
} from './known-bodies.ts';

interface Frame {
  readonly name: string;
  readonly exchange: Exchange;
  readonly kind: 'request' | 'answer';
  readonly bytes: Buffer;
  readonly command: Command;
}

function frame(exchange: Exchange, kind: 'request' | 'answer'): Frame[] {
  const bytes = exchange[kind];
  if (bytes === undefined) return [];
  const name = `${exchange.name} ${kind}`;
  return [{ name, exchange, kind, bytes, command: decodeCommand(bytes) }];
}

const frames = exchanges.flatMap((each) => [...frame(each, 'request'), ...frame(each, 'answer')]);

function namesOf(all: readonly { readonly name: string }[]): string[] {
  return all.map(({ name }) => name);
}

describe('frames', () => {
  test('all 1207 of them, of which 107 are binary, are encoded to the same bytes', () => {
    expect(frames.length).toBe(1207);
    const binary = frames.filter(({ command }) => command.serialization === 'ROCKETMQ');
    expect(binary.length).toBe(107);
    const others = frames.filter(({ bytes, command }) => !encodeCommand(command).equals(bytes));
    expect(namesOf(others)).toEqual([]);
  });

  test('two requests are left out: bodies of 4 MiB, of which only the beginning was kept', () => {
    const cut = exchanges.filter(({ request }) => request === undefined);
    expect(cut.map(({ code }) => code)).toEqual([310, 310]);
  });

  test('all are taken by the scan, and read as the decoder reads them', () => {
    const scan = new HeaderScan();
    const left = frames.filter(({ bytes }) => !scan.scan(bytes, 0, bytes.length));
    expect(namesOf(left)).toEqual([]);
    const wrong = frames.filter(({ bytes, command }) => {
      scan.scan(bytes, 0, bytes.length);
      const { code, opaque, flag, version, language } = scan;
      const read = [code, opaque, flag, version, language, scan.fieldCount];
      const fieldCount = Object.keys(command.fields).length;
      const expected = [command.code, command.opaque, command.flag, command.version];
      return read.join() !== [...expected, command.language, fieldCount].join();
    });
    expect(namesOf(wrong)).toEqual([]);
  });
});

/** Requests between controllers, which are not ours to speak: Raft in DLedger's own encoding. */
const RAFT_CODES: readonly number[] = [51_001, 51_002, 51_004];

/** Fields of every request, whatever its row: signatures, and the mark of streaming clients. */
const COMMON_FIELDS: readonly string[] = ['AccessKey', 'Signature', 'SecurityToken', 'ReqT'];

/** Codes of answers that carry the header of their row. */
const OUTCOMES: ReadonlySet<number> = new Set([
  responseCodes.SUCCESS,
  responseCodes.FLUSH_DISK_TIMEOUT,
  responseCodes.SLAVE_NOT_AVAILABLE,
  responseCodes.FLUSH_SLAVE_TIMEOUT,
  responseCodes.PULL_NOT_FOUND,
  responseCodes.PULL_RETRY_IMMEDIATELY,
  responseCodes.PULL_OFFSET_MOVED,
]);

/** What a header loses by being read through its row and written again. */
function lost(codec: HeaderCodec<unknown>, fields: WireFields): string[] {
  const written = codec.encode(codec.decode(fields));
  const keys = new Set([...Object.keys(fields), ...Object.keys(written)]);
  return [...keys].filter(
    // An empty field is an absent one.
    (key) => (fields[key] ?? '') !== (written[key] ?? '') && !COMMON_FIELDS.includes(key),
  );
}

describe('headers', () => {
  test('every request has a row, but for Raft between controllers', () => {
    const without = exchanges.filter(({ row }) => row === undefined);
    expect(without.length).toBe(18);
    expect(without.filter(({ code }) => !RAFT_CODES.includes(code))).toEqual([]);
  });

  test('of requests have the same fields after their row has read and written them', () => {
    const differences = exchanges.flatMap(({ name, row, request }) =>
      row === undefined || request === undefined
        ? []
        : lost(row.row.request, decodeCommand(request).fields).map((key) => `${name}: ${key}`),
    );
    expect(differences).toEqual([]);
  });

  test('of answers too, unless they refuse', () => {
    const answers = frames.filter(
      ({ kind, command, exchange }) =>
        kind === 'answer' && exchange.row !== undefined && OUTCOMES.has(command.code),
    );
    expect(answers.length).toBe(487);
    const differences = answers.flatMap(({ name, command, exchange }) => {
      const codec = exchange.row?.row.response;
      return codec === undefined ? [] : lost(codec, command.fields).map((key) => `${name}: ${key}`);
    });
    expect(differences).toEqual([]);
  });

  test('oneway requests are those whose rows say so, or may be', () => {
    const mustAnswer = frames.filter(
      ({ kind, command, exchange }) =>
        kind === 'request' && exchange.row?.row.oneway === true && (command.flag & 2) === 0,
    );
    expect(namesOf(mustAnswer)).toEqual([]);
  });
});

describe('bodies', () => {
  const withBody = frames.filter(
    ({ command, exchange }) => command.body.length > 0 && exchange.row !== undefined,
  );
  const rowName = ({ exchange }: Frame): string => exchange.row?.name ?? '';
  const jsonBody = (each: Frame): AnyBody | undefined =>
    (each.kind === 'request' ? requestBodies : answerBodies)[rowName(each)];

  test('are JSON with a codec, records, a batch, or plain bytes', () => {
    const others = withBody.filter(
      (each) =>
        jsonBody(each) === undefined &&
        !recordBodies.has(rowName(each)) &&
        !plainBodies.has(rowName(each)) &&
        rowName(each) !== 'SEND_BATCH_MESSAGE',
    );
    expect(namesOf(others)).toEqual([]);
  });

  test('294 are JSON, and written again as they were', () => {
    const json = withBody.filter((each) => jsonBody(each) !== undefined);
    expect(json.length).toBe(294);
    const others = json.filter((each) => {
      const form = rowName(each) === 'GET_ROUTEINFO_BY_TOPIC' ? 'strict' : 'legacy';
      const value = jsonBody(each)?.decode(each.command.body) as never;
      return jsonBody(each)?.encode(value, form).equals(each.command.body) !== true;
    });
    expect(namesOf(others)).toEqual([]);
  });

  test('44 are stored messages, 243 of them, written again as they were, with good checksums', () => {
    const bodies = withBody.filter((each) => recordBodies.has(rowName(each)));
    const records = bodies.flatMap(({ name, command }) =>
      [...decodeRecords(command.body)].map((record) => ({ name, record })),
    );
    expect([bodies.length, records.length]).toEqual([44, 243]);
    const bad = records.filter(
      ({ record }) => crc32(record.body, 0, record.body.length) !== record.bodyCrc,
    );
    expect(namesOf(bad)).toEqual([]);
    const others = bodies.filter(({ command }) => {
      const written = [...decodeRecords(command.body)].map(encodeRecord);
      return !Buffer.concat(written).equals(command.body);
    });
    expect(namesOf(others)).toEqual([]);
  });

  test('are batches that are written again as they were', () => {
    const batches = withBody.filter((each) => rowName(each) === 'SEND_BATCH_MESSAGE');
    expect(batches.length).toBe(3);
    const others = batches.filter(
      ({ command }) => !encodeBatch(decodeBatch(command.body)).equals(command.body),
    );
    expect(namesOf(others)).toEqual([]);
  });
});
