/** Reads the log file of a pod: its end, and what is added to it. */
import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs';

/** Enough for any number of lines that a person reads. */
const TAIL_BYTES_MAX = 1024 * 1024;

/** The last `count` lines behind the first `before` bytes; none when there is no file. */
export function lastLines(path: string, count: number, before = 0): string[] {
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  // It was cut because it had grown too long.
  const begin = before > size ? 0 : before;
  if (size === begin || count === 0) return [];
  const from = Math.max(begin, size - TAIL_BYTES_MAX);
  return readFrom(path, from).toString('utf8').trimEnd().split('\n').slice(-count);
}

/** Whole lines that come after it was made. */
export class LogTail {
  readonly #path: string;
  #position: number;
  #rest: Buffer = Buffer.alloc(0);

  constructor(path: string) {
    this.#path = path;
    this.#position = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  }

  newLines(): string[] {
    const size = statSync(this.#path, { throwIfNoEntry: false })?.size ?? 0;
    // It was cut because it had grown too long.
    if (size < this.#position) this.#position = 0;
    if (size === this.#position) return [];
    const added = readFrom(this.#path, this.#position);
    this.#position += added.length;
    const bytes = Buffer.concat([this.#rest, added]);
    const end = bytes.lastIndexOf(10) + 1;
    this.#rest = bytes.subarray(end);
    return end === 0
      ? []
      : bytes
          .subarray(0, end - 1)
          .toString('utf8')
          .split('\n');
  }
}

function readFrom(path: string, position: number): Buffer {
  const file = openSync(path, 'r');
  try {
    const bytes = Buffer.alloc(Math.min(fstatSync(file).size - position, TAIL_BYTES_MAX));
    return bytes.subarray(0, readSync(file, bytes, 0, bytes.length, position));
  } finally {
    closeSync(file);
  }
}
