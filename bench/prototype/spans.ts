/** Where the values of a request's one-letter fields are, found without making a string. */

export class Spans {
  readonly start = new Int32Array(128);
  readonly end = new Int32Array(128);
  code = 0;
  opaque = 0;

  /** Compact JSON only, as the Java client prints it: what a prototype may assume. */
  scanJson(bytes: Buffer, from: number, to: number): void {
    let depth = 0;
    for (let at = from; at < to; ) {
      const byte = bytes[at];
      if (byte === 0x22) at = this.#member(bytes, at + 1, depth);
      else at++;
      if (byte === 0x7b) depth++;
      else if (byte === 0x7d) depth--;
    }
  }

  #member(bytes: Buffer, key: number, depth: number): number {
    let at = bytes.indexOf(0x22, key);
    const keyBytes = at - key;
    at += 2;
    if (bytes[at] === 0x22) {
      const value = ++at;
      while (bytes[at] !== 0x22) at += bytes[at] === 0x5c ? 2 : 1;
      if (depth === 2 && keyBytes === 1) this.#span(bytes[key] ?? 0, value, at);
      return at + 1;
    }
    return depth === 1 ? this.#headNumber(bytes, key, keyBytes, at) : at;
  }

  #headNumber(bytes: Buffer, key: number, keyBytes: number, value: number): number {
    let at = value;
    while (isDigit(bytes[at])) at++;
    if (keyBytes === 4 && bytes[key] === 0x63) this.code = decimal(bytes, value, at);
    else if (keyBytes === 6 && bytes[key] === 0x6f) this.opaque = decimal(bytes, value, at);
    return at;
  }

  scanBinary(bytes: Buffer, from: number): void {
    this.code = bytes.readInt16BE(from);
    this.opaque = bytes.readInt32BE(from + 5);
    let at = from + 17 + bytes.readInt32BE(from + 13);
    const end = at + 4 + bytes.readInt32BE(at);
    for (at += 4; at < end; ) {
      const key = bytes[at + 2] ?? 0;
      const keyBytes = bytes.readInt16BE(at);
      at += 2 + keyBytes;
      const valueBytes = bytes.readInt32BE(at);
      at += 4;
      if (keyBytes === 1) this.#span(key, at, at + valueBytes);
      at += valueBytes;
    }
  }

  #span(letter: number, start: number, end: number): void {
    this.start[letter] = start;
    this.end[letter] = end;
  }
}

export function decimal(bytes: Buffer, from: number, to: number): number {
  let value = 0;
  for (let at = from; at < to; at++) value = value * 10 + (bytes[at] ?? 0) - 0x30;
  return value;
}

const isDigit = (byte: number | undefined): boolean =>
  byte !== undefined && byte >= 0x30 && byte <= 0x39;
