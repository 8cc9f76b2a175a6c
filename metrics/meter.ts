/**
 * The numbers behind a table of rows. A series is found once, by its labels, and then counted with
 * plain additions: nothing is allocated, looked up or formatted per event. Reading is left to the
 * scrape.
 *
 * Bound: an instrument holds `seriesMax` series. Labels come from outside (topics, groups), so what
 * is beyond counts together in one series whose labels all say `overflow`.
 */
import type { Kind, Row, Rows } from './rows.ts';
import { CounterSeries, GaugeSeries, HistogramSeries } from './series.ts';

export type Labels<Label extends string> = { readonly [Name in Label]: string };

/** A value that is looked up when somebody scrapes. */
export interface Observed<Label extends string> {
  readonly labels: Labels<Label>;
  readonly value: number;
}

interface SeriesOf {
  counter: CounterSeries;
  gauge: GaugeSeries;
  histogram: HistogramSeries;
}

/** One handle per row, under the row's name. */
export type Meter<T extends Rows> = {
  readonly [Name in keyof T]: T[Name] extends Row<infer K, infer Label>
    ? Instrument<Label, SeriesOf[K]>
    : never;
};

/** What `metricsOtelCardinalityLimit` is in RocketMQ. */
const SERIES_MAX = 50_000;

export function meter<const T extends Rows>(rows: T, seriesMax = SERIES_MAX): Meter<T> {
  const instruments = Object.entries(rows).map(([name, row]) => {
    const create: { readonly [K in Kind]: () => SeriesOf[K] } = {
      counter: () => new CounterSeries(),
      gauge: () => new GaugeSeries(),
      histogram: () => new HistogramSeries(row.bounds),
    };
    const instrument = new Instrument<string, SeriesOf[Kind]>(
      name,
      row,
      create[row.kind],
      seriesMax,
    );
    return [name, instrument] as const;
  });
  // The types of the single instruments are lost on the way through `entries`.
  return Object.fromEntries(instruments) as unknown as Meter<T>;
}

export class Instrument<Label extends string, Series> {
  readonly name: string;
  readonly row: Row<Kind, Label>;
  readonly #create: () => Series;
  readonly #seriesMax: number;
  readonly #series = new Map<string, { readonly labels: Labels<Label>; readonly series: Series }>();
  #overflow: Series | undefined;
  #observe: (() => Iterable<Observed<Label>>) | undefined;

  constructor(name: string, row: Row<Kind, Label>, create: () => Series, seriesMax: number) {
    this.name = name;
    this.row = row;
    this.#create = create;
    this.#seriesMax = seriesMax;
  }

  /** The series with these labels: keep it where the counting is done. */
  labelled(...[labels]: [Label] extends [never] ? [] : [labels: Labels<Label>]): Series {
    // Without labels there is nothing to pass and nothing to read.
    const given = labels ?? ({} as Labels<Label>);
    const key = this.#keyOf(given);
    const known = this.#series.get(key);
    if (known !== undefined) return known.series;
    if (this.#series.size >= this.#seriesMax) return (this.#overflow ??= this.#create());
    const series = this.#create();
    this.#series.set(key, { labels: given, series });
    return series;
  }

  /** Forgets a series, of a deleted topic for instance; who still holds it counts for nobody. */
  forget(labels: Labels<Label>): void {
    this.#series.delete(this.#keyOf(labels));
  }

  /** Looks the values up at each scrape: for what somebody knows anyway. */
  observe(look: () => Iterable<Observed<Label>>): void {
    this.#observe = look;
  }

  /** Every series there is, for the scrape. */
  *read(): Generator<{
    readonly labels: Readonly<Record<string, string>>;
    readonly series: Series;
  }> {
    yield* this.#series.values();
    if (this.#overflow !== undefined) {
      const labels = this.row.labels.map((label) => [label, 'overflow']);
      yield {
        labels: Object.fromEntries(labels) as Record<string, string>,
        series: this.#overflow,
      };
    }
  }

  *readObserved(): Generator<Observed<Label>> {
    let left = this.#seriesMax;
    for (const observed of this.#observe?.() ?? []) {
      if (left-- === 0) return;
      yield observed;
    }
  }

  #keyOf(labels: Labels<Label>): string {
    let key = '';
    for (const label of this.row.labels) key += `${labels[label]}\u0000`;
    return key;
  }
}
