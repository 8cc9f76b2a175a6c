/**
 * What is counted: plain numbers, so that counting is an addition and the engine keeps it one.
 */

export class CounterSeries {
  value = 0;

  add(count: number): void {
    this.value += count;
  }
}

export class GaugeSeries {
  value = 0;

  set(value: number): void {
    this.value = value;
  }

  add(difference: number): void {
    this.value += difference;
  }
}

/** Invariant: `counts` has one place more than `bounds`, for what is above all of them. */
export class HistogramSeries {
  readonly bounds: Float64Array;
  readonly counts: Float64Array;
  sum = 0;

  constructor(bounds: readonly number[]) {
    this.bounds = Float64Array.from(bounds);
    this.counts = new Float64Array(bounds.length + 1);
  }

  observe(value: number): void {
    this.observeMany(value, 1);
  }

  /** As observing `value` that many times: a batch of equal things is one call. */
  observeMany(value: number, times: number): void {
    const { bounds, counts } = this;
    let place = 0;
    while (place < bounds.length && value > (bounds[place] ?? 0)) place++;
    counts[place] = (counts[place] ?? 0) + times;
    this.sum += value * times;
  }
}
