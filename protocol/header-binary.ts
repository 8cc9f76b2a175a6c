/**
 * RocketMQ's binary header:
 *
 *     i16 code | i8 language | i16 version | i32 opaque | i32 flag
 *     i32 length, remark | i32 length of all fields: (i16 length, key | i32 length, value)*
 *
 * Length 0 stands for an absent remark or value. Codes above 32767 do not fit: requests of the POP
 * family need the JSON header. Every length is checked against the bytes that are there.
 */
import { assert } from '../runtime/mod.ts';
import { type CommandHeader, NO_FIELDS, type WireFields } from './command-header.ts';
import { MalformedFrame } from './malformed-frame.ts';

/** Up to and including the length of the fields, with no remark. */
const FIXED_BYTES = 21;
const REMARK_LENGTH_AT = 13;

export function decodeBinaryHeader(header: Buffer): CommandHeader {
  if (header.length < FIXED_BYTES) {
    throw new MalformedFrame(
      `Binary header has ${header.length} bytes, the least is ${FIXED_BYTES}`,
    );
  }
  const remarkBytes = header.readInt32BE(REMARK_LENGTH_AT);
  const remarkStart = REMARK_LENGTH_AT + 4;
  requireRoom(header, { start: remarkStart, bytes: remarkBytes, after: 4 }, 'remark');
  const fieldsAt = remarkStart + remarkBytes;
  const fieldsBytes = header.readInt32BE(fieldsAt);
  const fieldsStart = fieldsAt + 4;
  requireRoom(header, { start: fieldsStart, bytes: fieldsBytes, after: 0 }, 'fields');
  return {
    code: header.readInt16BE(0),
    language: header.readInt8(2),
    version: header.readInt16BE(3),
    opaque: header.readInt32BE(5),
    flag: header.readInt32BE(9),
    ...(remarkBytes === 0 ? {} : { remark: header.toString('utf8', remarkStart, fieldsAt) }),
    fields: readFields(header.subarray(fieldsStart, fieldsStart + fieldsBytes)),
  };
}

function readFields(bytes: Buffer): WireFields {
  if (bytes.length === 0) return NO_FIELDS;
  const fields: [string, string][] = [];
  let position = 0;
  while (position < bytes.length) {
    requireRoom(bytes, { start: position, bytes: 2, after: 0 }, 'key length');
    const keyStart = position + 2;
    const keyBytes = bytes.readInt16BE(position);
    requireRoom(bytes, { start: keyStart, bytes: keyBytes, after: 4 }, 'key');
    const valueStart = keyStart + keyBytes + 4;
    const valueBytes = bytes.readInt32BE(keyStart + keyBytes);
    requireRoom(bytes, { start: valueStart, bytes: valueBytes, after: 0 }, 'value');
    position = valueStart + valueBytes;
    fields.push([
      bytes.toString('utf8', keyStart, keyStart + keyBytes),
      bytes.toString('utf8', valueStart, position),
    ]);
  }
  return Object.fromEntries(fields);
}

interface Span {
  readonly start: number;
  readonly bytes: number;
  /** Bytes that must still follow the span. */
  readonly after: number;
}

function requireRoom(buffer: Buffer, { start, bytes, after }: Span, what: string): void {
  if (bytes >= 0 && start + bytes + after <= buffer.length) return;
  const room = Math.max(0, buffer.length - start - after);
  throw new MalformedFrame(`Length of the ${what} in a binary header is ${bytes}, room is ${room}`);
}

export function encodeBinaryHeader(command: CommandHeader): Buffer {
  const { code, language, version } = command;
  assert((code << 16) >> 16 === code, `a code of 16 bits in a binary header, not ${code}`);
  assert((version << 16) >> 16 === version, `a version of 16 bits, not ${version}`);
  const remark = command.remark ?? '';
  const remarkBytes = Buffer.byteLength(remark);
  const fields = Object.entries(command.fields).map(([key, value]) => ({
    key: Buffer.from(key),
    value: Buffer.from(value),
  }));
  const fieldsBytes = fields.reduce(
    (sum, { key, value }) => sum + 6 + key.length + value.length,
    0,
  );
  const header = Buffer.allocUnsafe(FIXED_BYTES + remarkBytes + fieldsBytes);
  header.writeInt16BE(code, 0);
  header.writeInt8((language << 24) >> 24, 2);
  header.writeInt16BE(version, 3);
  header.writeInt32BE(command.opaque, 5);
  header.writeInt32BE(command.flag, 9);
  let position = header.writeInt32BE(remarkBytes, REMARK_LENGTH_AT);
  position += header.write(remark, position);
  position = header.writeInt32BE(fieldsBytes, position);
  for (const { key, value } of fields) {
    assert(key.length <= 0x7fff, 'a field name below 32 KiB');
    position = header.writeInt16BE(key.length, position);
    position += key.copy(header, position);
    position = header.writeInt32BE(value.length, position);
    position += value.copy(header, position);
  }
  return header;
}
