/**
 * The JSON header: members sorted, absent ones left out, as Java peers write them. Reading takes
 * what other clients send: any order, missing members, numbers as text and text as numbers.
 */
import { type CommandHeader, NO_FIELDS, type WireFields } from './command-header.ts';
import { quoteJson } from './json-quote.ts';
import { JAVA, languageCode, languageName } from './language.ts';
import { MalformedFrame } from './malformed-frame.ts';

export function decodeJsonHeader(header: Buffer): CommandHeader {
  const text = header.toString('utf8');
  const json = parse(text);
  const { remark } = json;
  return {
    code: integer(json, 'code'),
    language: language(json['language']),
    version: integer(json, 'version'),
    opaque: integer(json, 'opaque'),
    flag: integer(json, 'flag'),
    ...(remark === undefined || remark === null ? {} : { remark: asText(remark) }),
    fields: readFields(json['extFields'], text),
  };
}

export function encodeJsonHeader(command: CommandHeader): Buffer {
  const { code, fields, flag, language, opaque, remark, version } = command;
  const extFields = fields === NO_FIELDS ? '' : `,"extFields":${printFields(fields)}`;
  const remarkText = remark === undefined ? '' : `,"remark":${quoteJson(remark)}`;
  return Buffer.from(
    `{"code":${code}${extFields},"flag":${flag},"language":"${languageName(language)}"` +
      `,"opaque":${opaque}${remarkText},"serializeTypeCurrentRPC":"JSON","version":${version}}`,
  );
}

function printFields(fields: WireFields): string {
  let text = '{';
  for (const key in fields) {
    if (text.length > 1) text += ',';
    text += `${quoteJson(key)}:${quoteJson(fields[key] ?? '')}`;
  }
  return `${text}}`;
}

function parse(text: string): Record<string, unknown> {
  try {
    const json: unknown = JSON.parse(text);
    if (isObject(json)) return json;
  } catch (error) {
    throw new MalformedFrame('Header is not JSON', { cause: error });
  }
  throw new MalformedFrame('Header is not a JSON object');
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A 32-bit member that may be missing or given as text. */
function integer(json: Record<string, unknown>, name: string): number {
  const value = json[name];
  if (value === undefined || value === null) return 0;
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  if (typeof number === 'number' && (number | 0) === number) return number | 0;
  throw new MalformedFrame(
    `Member "${name}" of the header is ${JSON.stringify(value).slice(0, 40)}, expected a 32-bit integer`,
  );
}

function language(value: unknown): number {
  if (typeof value === 'string') return languageCode(value);
  return typeof value === 'number' ? languageCode(languageName(value)) : JAVA;
}

function readFields(value: unknown, text: string): WireFields {
  if (value === undefined || value === null) return NO_FIELDS;
  if (!isObject(value)) throw new MalformedFrame('Member "extFields" of the header is no object');
  for (const key in value) {
    if (typeof value[key] !== 'string') return convertFields(value, text);
  }
  return value as WireFields;
}

/** Some clients send numbers and booleans as such. Null means absent. */
function convertFields(value: Record<string, unknown>, text: string): WireFields {
  const exact = Object.values(value).some(isInexact) ? parseKeepingDigits(text) : value;
  const fields: [string, string][] = [];
  for (const [key, member] of Object.entries(exact)) {
    if (member !== null) fields.push([key, asText(member)]);
  }
  return Object.fromEntries(fields);
}

function isInexact(value: unknown): boolean {
  return typeof value === 'number' && Math.abs(value) > Number.MAX_SAFE_INTEGER;
}

/** The header's fields once more, with numbers as the digits that were sent. */
function parseKeepingDigits(text: string): Record<string, unknown> {
  const keep = (_key: string, value: unknown, context?: { source?: string }): unknown =>
    typeof value === 'number' ? (context?.source ?? value) : value;
  const json: unknown = JSON.parse(text, keep);
  const fields = isObject(json) ? json['extFields'] : undefined;
  return isObject(fields) ? fields : {};
}

function asText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
