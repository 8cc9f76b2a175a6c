/**
 * Reads LZ4 frames, the form Java producers compress with when told to use LZ4.
 *
 *     u32 magic | flags | block size | [i64 content size] | [u32 dictionary] | header checksum
 *     blocks: u32 size (top bit: stored as it is) | bytes | [u32 checksum]
 *     u32 0 | [u32 content checksum]
 *
 * (LZ4 Frame Format 1.6.) Written here because no library fits: those in JavaScript are not kept,
 * those that are kept need native code, and only reading is needed. Checksums are not verified: a
 * message's body has its own.
 */
const MAGIC = 0x184d_2204;
const VERSION_MASK = 0xc0;
const VERSION_1 = 0x40;
const BLOCK_CHECKSUM = 0x10;
const CONTENT_SIZE = 0x08;
const DICTIONARY = 0x01;
const STORED_BLOCK = 0x8000_0000;
const MATCH_BYTES_MIN = 4;

/** Throws `RangeError` when it is no frame, is cut, or would have more than `bytesMax`. */
export function decompressLz4Frame(frame: Buffer, bytesMax: number): Buffer {
  require(frame.length >= 7 && frame.readUInt32LE(0) === MAGIC, 'no LZ4 frame');
  const flags = frame.readUInt8(4);
  require((flags & VERSION_MASK) === VERSION_1, 'unknown version');
  require((flags & DICTIONARY) === 0, 'needs a dictionary');
  const output = new Output(bytesMax);
  let position = 7 + ((flags & CONTENT_SIZE) === 0 ? 0 : 8);
  for (;;) {
    require(position + 4 <= frame.length, 'cut');
    const word = frame.readUInt32LE(position);
    position += 4;
    if (word === 0) return output.bytes();
    const end = position + (word & ~STORED_BLOCK);
    require(end <= frame.length, 'cut');
    const block = frame.subarray(position, end);
    if (word >= STORED_BLOCK) output.literals(block, 0, block.length);
    else decompressBlock(block, output);
    position = end + ((flags & BLOCK_CHECKSUM) === 0 ? 0 : 4);
  }
}

/** Sequences of literals and a match each; the last has no match. */
function decompressBlock(block: Buffer, output: Output): void {
  let position = 0;
  const length = (start: number): number => {
    let total = start;
    if (start !== 15) return total;
    for (;;) {
      require(position < block.length, 'cut');
      const more = block.readUInt8(position++);
      total += more;
      if (more !== 255) return total;
    }
  };
  while (position < block.length) {
    const token = block.readUInt8(position++);
    const literals = length(token >> 4);
    require(position + literals <= block.length, 'cut');
    output.literals(block, position, position + literals);
    position += literals;
    if (position === block.length) return;
    require(position + 2 <= block.length, 'cut');
    const distance = block.readUInt16LE(position);
    position += 2;
    output.match(distance, length(token & 15) + MATCH_BYTES_MIN);
  }
}

class Output {
  readonly #bytesMax: number;
  #buffer: Buffer;
  #end = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
    this.#buffer = Buffer.allocUnsafe(Math.min(bytesMax, 65_536));
  }

  bytes(): Buffer {
    return this.#buffer.subarray(0, this.#end);
  }

  literals(source: Buffer, start: number, end: number): void {
    this.#reserve(end - start);
    source.copy(this.#buffer, this.#end, start, end);
    this.#end += end - start;
  }

  /** Repeats what stands `distance` back; it may overlap itself, so byte by byte. */
  match(distance: number, length: number): void {
    require(distance > 0 && distance <= this.#end, 'points before its start');
    this.#reserve(length);
    const buffer = this.#buffer;
    const end = this.#end + length;
    for (let at = this.#end; at < end; at++) buffer[at] = buffer[at - distance] ?? 0;
    this.#end = end;
  }

  #reserve(bytes: number): void {
    const needed = this.#end + bytes;
    require(needed <= this.#bytesMax, `more than ${this.#bytesMax} bytes`);
    if (needed <= this.#buffer.length) return;
    const grown = Buffer.allocUnsafe(
      Math.min(this.#bytesMax, Math.max(needed, 2 * this.#buffer.length)),
    );
    this.#buffer.copy(grown, 0, 0, this.#end);
    this.#buffer = grown;
  }
}

function require(holds: boolean, problem: string): void {
  if (!holds) throw new RangeError(`Cannot decompress: ${problem}`);
}
