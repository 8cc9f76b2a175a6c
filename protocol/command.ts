/**
 * A command: what one frame of the remoting protocol says, request or answer.
 *
 *     i32 length of what follows | u8 serialization | u24 header length | header | body
 *
 * The header is JSON or RocketMQ's binary form; an answer is written in the form of its request.
 * This is the complete codec, for everything that is not hot: `HeaderScan` reads the same frames
 * without making strings, and a property test holds the two together.
 */
import { assert } from '../runtime/mod.ts';
import type { CommandHeader } from './command-header.ts';
import { decodeBinaryHeader, encodeBinaryHeader } from './header-binary.ts';
import { decodeJsonHeader, encodeJsonHeader } from './header-json.ts';
import { MalformedFrame } from './malformed-frame.ts';

export type Serialization = 'JSON' | 'ROCKETMQ';

export interface Command extends CommandHeader {
  /** After decoding a view of the frame: copy it to keep it longer than the frame's buffer. */
  readonly body: Buffer;
  readonly serialization: Serialization;
}

/** The release whose protocol we speak, as every frame states it: 5.3.3. */
export const VERSION = 479;

export const ANSWER_FLAG = 1;
export const ONEWAY_FLAG = 2;

export const NO_BODY: Buffer = Buffer.alloc(0);

/** Length word and the word of serialization and header length. */
const FRAME_PREFIX_BYTES = 8;
const JSON_TYPE = 0;
const BINARY_TYPE = 1;
const HEADER_BYTES_MAX = 0xff_ffff;

export function isResponse({ flag }: Pick<Command, 'flag'>): boolean {
  return (flag & ANSWER_FLAG) !== 0;
}

export function isOneway({ flag }: Pick<Command, 'flag'>): boolean {
  return (flag & ONEWAY_FLAG) !== 0;
}

/** Reads one whole frame, its length word included. Throws `MalformedFrame`. */
export function decodeCommand(frame: Buffer): Command {
  if (frame.length < FRAME_PREFIX_BYTES) {
    throw new MalformedFrame(`Frame has ${frame.length} bytes, the least is ${FRAME_PREFIX_BYTES}`);
  }
  const length = frame.readInt32BE(0);
  if (length !== frame.length - 4) {
    throw new MalformedFrame(
      `Length word of the frame says ${length}, ${frame.length - 4} bytes follow`,
    );
  }
  const headerBytes = frame.readUIntBE(5, 3);
  const headerEnd = FRAME_PREFIX_BYTES + headerBytes;
  if (headerEnd > frame.length) {
    throw new MalformedFrame(
      `Header length is ${headerBytes}, the frame has ${frame.length - FRAME_PREFIX_BYTES} bytes for it`,
    );
  }
  const header = frame.subarray(FRAME_PREFIX_BYTES, headerEnd);
  const body = frame.subarray(headerEnd);
  const type = frame[4];
  if (type === JSON_TYPE) return { ...decodeJsonHeader(header), body, serialization: 'JSON' };
  if (type === BINARY_TYPE) {
    return { ...decodeBinaryHeader(header), body, serialization: 'ROCKETMQ' };
  }
  throw new MalformedFrame(`Serialization of the header is ${type}, known are 0 (JSON) and 1`);
}

/** Writes the whole frame. */
export function encodeCommand(command: Command): Buffer {
  const isBinary = command.serialization === 'ROCKETMQ';
  const header = isBinary ? encodeBinaryHeader(command) : encodeJsonHeader(command);
  assert(header.length <= HEADER_BYTES_MAX, 'a header below 16 MiB');
  const { body } = command;
  const frame = Buffer.allocUnsafe(FRAME_PREFIX_BYTES + header.length + body.length);
  frame.writeInt32BE(frame.length - 4, 0);
  frame[4] = isBinary ? BINARY_TYPE : JSON_TYPE;
  frame.writeUIntBE(header.length, 5, 3);
  header.copy(frame, FRAME_PREFIX_BYTES);
  body.copy(frame, FRAME_PREFIX_BYTES + header.length);
  return frame;
}
