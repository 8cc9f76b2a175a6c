/**
 * Unique keys for messages whose client has not given one: 32 hexadecimal digits that no other
 * broker, and no earlier run of this one, uses.
 */
import type { Clock, Random } from '../../runtime/mod.ts';

export const UNIQUE_KEY_BYTES = 32;
const HEX = Buffer.from('0123456789ABCDEF');
/** The address, then six random bytes where clients put their process and class loader. */
const PREFIX_BYTES = 10;

export class UniqueKeys {
  /** The next key, to be given to the store in case it is needed. */
  readonly next: Buffer = Buffer.alloc(UNIQUE_KEY_BYTES);
  readonly #clock: Clock;
  readonly #startMs: number;
  #count = 0;

  constructor({ clock, random }: { clock: Clock; random: Random }, address: Buffer) {
    this.#clock = clock;
    this.#startMs = clock.wallMs();
    const prefix = Buffer.concat([address, random.bytes(PREFIX_BYTES - address.length)]);
    this.next.write(prefix.toString('hex').toUpperCase());
    this.#stamp();
  }

  /** Whether `buffer[start, end)` is the key that was to be used; if so there is a new one now. */
  takeIfUsed(buffer: Buffer, start: number, end: number): void {
    if (end - start !== UNIQUE_KEY_BYTES) return;
    // From the back: two keys differ in the counter first.
    for (let at = UNIQUE_KEY_BYTES - 1; at >= 0; at--) {
      if (buffer[start + at] !== this.next[at]) return;
    }
    this.#stamp();
  }

  #stamp(): void {
    const ms = (this.#clock.wallMs() - this.#startMs) >>> 0;
    putHex(this.next, 2 * PREFIX_BYTES, ms, 8);
    putHex(this.next, 2 * PREFIX_BYTES + 8, this.#count++ & 0xffff, 4);
  }
}

function putHex(buffer: Buffer, start: number, value: number, digits: number): void {
  for (let digit = 0; digit < digits; digit++) {
    buffer[start + digit] = HEX[(value >>> (4 * (digits - 1 - digit))) & 15] ?? 0;
  }
}
