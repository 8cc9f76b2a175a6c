/** Keys on their way into the index, gathered so that many are put in at once. */

/** How many are gathered; more only while the disk takes none, and then appends stop too. */
export const GATHERED_MAX = 512;

export class GatheredKeys {
  count = 0;
  hashes: Int32Array = new Int32Array(GATHERED_MAX);
  /** Of the message that has the key. */
  offsets: Float64Array = new Float64Array(GATHERED_MAX);
  times: Float64Array = new Float64Array(GATHERED_MAX);

  add(hash: number, offset: number, time: number): void {
    if (this.count === this.hashes.length) this.#grow();
    const place = this.count++;
    this.hashes[place] = hash;
    this.offsets[place] = offset;
    this.times[place] = time;
  }

  /** Drops the first `count` keys. */
  drop(count: number): void {
    this.hashes.copyWithin(0, count, this.count);
    this.offsets.copyWithin(0, count, this.count);
    this.times.copyWithin(0, count, this.count);
    this.count -= count;
  }

  #grow(): void {
    const length = this.count * 2;
    const { hashes, offsets, times } = this;
    this.hashes = new Int32Array(length);
    this.offsets = new Float64Array(length);
    this.times = new Float64Array(length);
    this.hashes.set(hashes);
    this.offsets.set(offsets);
    this.times.set(times);
  }
}
