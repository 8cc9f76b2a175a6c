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
  for (let position = start; position < end; position++) {
    const byte = buffer[position] ?? 0;
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
