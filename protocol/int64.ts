/**
 * 64-bit integers as numbers. Real offsets and times are below 2^53; what is beyond, such as
 * Java's `Long.MAX_VALUE`, is read as the nearest safe integer and written as Java's limit again.
 */
const TWO_32 = 4_294_967_296;
const MAX = Number.MAX_SAFE_INTEGER;

export function readLong(buffer: Buffer, position: number): number {
  const value = buffer.readInt32BE(position) * TWO_32 + buffer.readUInt32BE(position + 4);
  if (value > MAX) return MAX;
  return value < -MAX ? -MAX : value;
}

/** Returns the position after it. */
export function writeLong(buffer: Buffer, value: number, position: number): number {
  if (value >= MAX || value <= -MAX) {
    buffer.writeInt32BE(value > 0 ? 0x7fff_ffff : -0x8000_0000, position);
    return buffer.writeInt32BE(value > 0 ? -1 : 0, position + 4);
  }
  buffer.writeInt32BE(Math.floor(value / TWO_32), position);
  return buffer.writeInt32BE(value | 0, position + 4);
}
