/**
 * All metrics of one process or simulated node, and the labels they share. Holds numbers only; how
 * they are written down is `exposition.ts`'s.
 */
import { Instrument, type Meter } from './meter.ts';
import type { Kind, Rows } from './rows.ts';
import { HistogramSeries } from './series.ts';

/** One line of `/metrics`: `suffix` tells a histogram's lines apart. */
export interface Sample {
  readonly suffix: '' | '_bucket' | '_sum' | '_count';
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface Family {
  readonly name: string;
  readonly kind: Kind;
  readonly doc: string;
  samples(): Iterable<Sample>;
}

/** What a series of any kind looks like from here. */
type AnySeries = { readonly value: number } | HistogramSeries;

export class MetricsRegistry {
  /** On every series: `cluster`, `node_type`, `node_id`, and what `metricsLabel` adds. */
  readonly labels: Readonly<Record<string, string>>;
  readonly #families = new Map<string, Family>();

  constructor(labels: Readonly<Record<string, string>> = {}) {
    this.labels = labels;
  }

  /** Shows a meter's series; a name that is shown already is a mistake in the tables. */
  add<T extends Rows>(meter: Meter<T>): Meter<T> {
    for (const instrument of Object.values<unknown>(meter)) {
      if (!(instrument instanceof Instrument)) continue;
      const { name, row } = instrument as Instrument<string, AnySeries>;
      if (this.#families.has(name)) throw new TypeError(`Metric "${name}" is declared twice`);
      const samples = (): Iterable<Sample> =>
        samplesOf(instrument as Instrument<string, AnySeries>);
      this.#families.set(name, { name, kind: row.kind, doc: row.doc, samples });
    }
    return meter;
  }

  families(): Iterable<Family> {
    return this.#families.values();
  }
}

/** `label:value,label:value` as RocketMQ's `metricsLabel` has it. */
export function parseLabels(text: string): Record<string, string> {
  const pairs = text.split(',').filter((pair) => pair.includes(':'));
  return Object.fromEntries(
    pairs.map((pair) => [
      pair.slice(0, pair.indexOf(':')).trim(),
      pair.slice(pair.indexOf(':') + 1).trim(),
    ]),
  );
}

function* samplesOf(instrument: Instrument<string, AnySeries>): Generator<Sample> {
  for (const { labels, series } of instrument.read()) {
    if (series instanceof HistogramSeries) yield* histogramSamples(labels, series);
    else yield { suffix: '', labels, value: series.value };
  }
  for (const { labels, value } of instrument.readObserved()) yield { suffix: '', labels, value };
}

function* histogramSamples(
  labels: Readonly<Record<string, string>>,
  { bounds, counts, sum }: HistogramSeries,
): Generator<Sample> {
  let total = 0;
  for (const [place, count] of counts.entries()) {
    total += count;
    const le = place < bounds.length ? String(bounds[place]) : '+Inf';
    yield { suffix: '_bucket', labels: { ...labels, le }, value: total };
  }
  yield { suffix: '_sum', labels, value: sum };
  yield { suffix: '_count', labels, value: total };
}
