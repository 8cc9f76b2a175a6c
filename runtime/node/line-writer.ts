/**
 * Writes log lines before it returns, so that the last lines before a crash are
 * there. A log that cannot be written (reader gone, disk full) never stops the node: the line is
 * dropped, and the next one that goes through says how many were.
 */
/** A pipe whose reader is slow may hold us up this long per line, and no longer. */
const WAITS_MAX = 100;
const pause = new Int32Array(new SharedArrayBuffer(4));

export class LineWriter {
  readonly #write: (bytes: Buffer, from: number) => number;
  #dropped = 0;

  /** `write` takes what it can of `bytes` from `from` on and says how much, or throws. */
  constructor(write: (bytes: Buffer, from: number) => number) {
    this.#write = write;
  }

  /** `line` has its end. */
  write(line: string): void {
    const notice =
      this.#dropped === 0
        ? ''
        : `{"level":"warn","dropped":${this.#dropped},"msg":"Dropped log lines"}\n`;
    if (this.#writeAll(Buffer.from(notice + line))) this.#dropped = 0;
    else this.#dropped++;
  }

  #writeAll(bytes: Buffer): boolean {
    let written = 0;
    let waits = 0;
    while (written < bytes.length) {
      try {
        written += this.#write(bytes, written);
      } catch (error) {
        const isBusy = error instanceof Error && 'code' in error && error.code === 'EAGAIN';
        if (!isBusy || waits++ === WAITS_MAX) return false;
        Atomics.wait(pause, 0, 0, 1);
      }
    }
    return true;
  }
}
