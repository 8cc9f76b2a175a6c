/**
 * Message ids made by the producer (UNIQ_KEY): upper-case hex of address, process, loader, time in
 * the month, counter. Unique across machines without asking anybody; tools read the time from it.
 */
import { parseIp } from '../protocol/mod.ts';
import type { Clock, Random } from '../runtime/mod.ts';

export class UniqueKeys {
  readonly #clock: Clock;
  readonly #prefix: string;
  #counter = 0;

  constructor(clock: Clock, random: Random, host: string) {
    this.#clock = clock;
    // A process number and a class loader's hash in Java: what matters is that two differ.
    this.#prefix = Buffer.concat([parseIp(host), random.bytes(6)])
      .toString('hex')
      .toUpperCase();
  }

  next(): string {
    const tail = Buffer.alloc(6);
    tail.writeUInt32BE(this.#sinceMonthBegan() >>> 0, 0);
    tail.writeUInt16BE(this.#counter, 4);
    this.#counter = (this.#counter + 1) & 0xffff;
    return this.#prefix + tail.toString('hex').toUpperCase();
  }

  #sinceMonthBegan(): number {
    const now = new Date(this.#clock.wallMs());
    return now.getTime() - new Date(now.getFullYear(), now.getMonth(), 1).getTime();
  }
}
