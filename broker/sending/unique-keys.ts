/**
 * Unique keys for messages whose client has not given one. The next one lies ready as bytes, to be
 * offered with every message: making it when it is needed would be too late.
 */
import { type UniqueKeys as Generator, uniqueKeys } from '../../protocol/mod.ts';
import type { Clock, Random } from '../../runtime/mod.ts';

export const UNIQUE_KEY_BYTES = 32;

export class UniqueKeys {
  readonly next: Buffer = Buffer.alloc(UNIQUE_KEY_BYTES);
  readonly #generator: Generator;

  constructor(runtime: { readonly clock: Clock; readonly random: Random }, address4: Buffer) {
    this.#generator = uniqueKeys(runtime, address4);
    this.next.write(this.#generator.next());
  }

  /** Whether `buffer[start, end)` is the key that was offered; if so there is a new one now. */
  takeIfUsed(buffer: Buffer, start: number, end: number): void {
    if (end - start !== UNIQUE_KEY_BYTES) return;
    // From the back: two keys differ in the counter first.
    for (let at = UNIQUE_KEY_BYTES - 1; at >= 0; at--) {
      if (buffer[start + at] !== this.next[at]) return;
    }
    this.next.write(this.#generator.next());
  }
}
