/**
 * Randomness by 32-bit integer arithmetic (sfc32), so that a seed means the same on every machine.
 *
 * Streams are independent by name: a draw more in one does not shift the others, and a new stream
 * does not change what a seed did before.
 */
import { assert } from '../runtime/mod.ts';

export class Prng {
  readonly #seed: number;
  readonly #stream: number;
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;

  constructor(seed: number, stream = 0) {
    this.#seed = seed;
    this.#stream = stream;
    this.#a = seed | 0;
    this.#b = Math.floor(seed / 2 ** 32) | 0;
    this.#c = stream | 0;
    // The first draws of similar seeds are similar; they are not used.
    for (let round = 0; round < 12; round++) this.next();
  }

  /** Another stream of the same seed. */
  stream(name: string): Prng {
    let hash = 0x811c9dc5;
    for (let at = 0; at < name.length; at++) {
      hash = Math.imul(hash ^ name.charCodeAt(at), 0x01000193);
    }
    return new Prng(this.#seed, hash ^ Math.imul(this.#stream, 0x9e3779b1));
  }

  /** 32 random bits, as a number that is not negative. */
  next(): number {
    const sum = (this.#a + this.#b + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0;
    return sum >>> 0;
  }

  /** 0 ≤ n < `limit`. */
  below(limit: number): number {
    assert(limit >= 1, 'a limit of at least one');
    return this.next() % limit;
  }

  /** Both ends included. */
  between(min: number, max: number): number {
    return min + this.below(max - min + 1);
  }

  chance(part: number, of: number): boolean {
    return this.below(of) < part;
  }

  pick<T>(items: readonly T[]): T {
    const item = items[this.below(items.length)];
    assert(item !== undefined, 'something to pick from');
    return item;
  }
}
