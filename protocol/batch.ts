/**
 * The body of a batch: messages of one queue, back to back.
 *
 *     i32 size of the item | i32 0 | i32 0 | i32 flag | i32 length, body | i16 length, properties
 *
 * Everything else is in the header of the request. An inner batch is stored as one record with
 * such a body, so consumers read the same form.
 */
import { assert } from '../runtime/mod.ts';
import { Failure } from './failures.ts';
import { PROPERTIES_BYTES_MAX } from './properties.ts';

export interface BatchItem {
  /** The user's own. */
  readonly flag: number;
  /** After decoding, bodies and properties are views of the batch. */
  readonly body: Buffer;
  readonly properties: Buffer;
}

const FIXED_BYTES = 22;
const FLAG_AT = 12;
const BODY_LENGTH_AT = 16;
const BODY_AT = 20;

/** Throws `Failure` IllegalMessage that names the item when the bytes are no batch. */
export function decodeBatch(batch: Buffer): BatchItem[] {
  const items: BatchItem[] = [];
  let position = 0;
  while (position < batch.length) {
    const room = batch.length - position;
    const size = room >= FIXED_BYTES ? batch.readInt32BE(position) : room;
    requireFit(size >= FIXED_BYTES && size <= room, items.length, `its size is ${size}`);
    items.push(decodeItem(batch.subarray(position, position + size), items.length));
    position += size;
  }
  return items;
}

function decodeItem(item: Buffer, index: number): BatchItem {
  const bodyBytes = item.readInt32BE(BODY_LENGTH_AT);
  const isBodyThere = bodyBytes >= 0 && bodyBytes <= item.length - FIXED_BYTES;
  requireFit(isBodyThere, index, `its body has ${bodyBytes} bytes`);
  const bodyEnd = BODY_AT + bodyBytes;
  const propertiesBytes = item.readInt16BE(bodyEnd);
  const propertiesEnd = bodyEnd + 2 + propertiesBytes;
  const arePropertiesThere = propertiesBytes >= 0 && propertiesEnd <= item.length;
  requireFit(arePropertiesThere, index, `its properties have ${propertiesBytes} bytes`);
  return {
    flag: item.readInt32BE(FLAG_AT),
    body: item.subarray(BODY_AT, bodyEnd),
    properties: item.subarray(bodyEnd + 2, propertiesEnd),
  };
}

function requireFit(fits: boolean, index: number, problem: string): asserts fits {
  if (fits) return;
  throw new Failure('IllegalMessage', `Cannot read message ${index} of the batch: ${problem}`);
}

export function encodeBatch(items: readonly BatchItem[]): Buffer {
  return Buffer.concat(items.map(encodeItem));
}

function encodeItem({ flag, body, properties }: BatchItem): Buffer {
  assert(properties.length <= PROPERTIES_BYTES_MAX, 'properties below 32 KiB');
  const item = Buffer.alloc(FIXED_BYTES + body.length + properties.length);
  item.writeInt32BE(item.length, 0);
  item.writeInt32BE(flag, FLAG_AT);
  item.writeInt32BE(body.length, BODY_LENGTH_AT);
  body.copy(item, BODY_AT);
  const propertiesAt = item.writeInt16BE(properties.length, BODY_AT + body.length);
  properties.copy(item, propertiesAt);
  return item;
}
