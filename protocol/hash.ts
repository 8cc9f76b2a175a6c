/**
 * Java's `String.hashCode`: tag codes in queues, keys in the message index and heartbeat
 * fingerprints are made of it, on disk and on the wire.
 */
export function javaHash(text: string): number {
  let hash = 0;
  for (let index = 0; index < text.length; index++) {
    hash = (hash * 31 + text.charCodeAt(index)) | 0;
  }
  return hash;
}

/** As `javaHash` of the UTF-8 text in [start, end), going on from `seed`: no string for ASCII. */
export function javaHashBytes(buffer: Buffer, start: number, end: number, seed = 0): number {
  let hash = seed;
  let position = start;
  // Four at a time: one multiplication waits for the last, not four.
  for (; position + 4 <= end; position += 4) {
    const a = buffer[position] as number;
    const b = buffer[position + 1] as number;
    const c = buffer[position + 2] as number;
    const d = buffer[position + 3] as number;
    if ((a | b | c | d) >= 0x80) break;
    hash = (Math.imul(hash, 923_521) + a * 29_791 + b * 961 + c * 31 + d) | 0;
  }
  for (; position < end; position++) {
    const byte = buffer[position] as number;
    // Java hashes UTF-16 units: beyond ASCII the bytes must be decoded.
    if (byte >= 0x80) return hashOn(hash, buffer.toString('utf8', position, end));
    hash = (hash * 31 + byte) | 0;
  }
  return hash;
}

function hashOn(seed: number, text: string): number {
  let hash = seed;
  for (let index = 0; index < text.length; index++) {
    hash = (hash * 31 + text.charCodeAt(index)) | 0;
  }
  return hash;
}
