/**
 * How a metric is declared: one row says its kind, its labels and what it means. The key of a row
 * in its table is the name that `/metrics` shows.
 */

export type Kind = 'counter' | 'gauge' | 'histogram';

export interface Row<K extends Kind, Label extends string> {
  readonly kind: K;
  readonly doc: string;
  readonly labels: readonly Label[];
  /** Upper bounds of a histogram's buckets, rising; the one without bound is not among them. */
  readonly bounds: readonly number[];
}

export type Rows = Readonly<Record<string, Row<Kind, string>>>;

/** Only grows, from 0 at start: messages, bytes, errors. */
export function counter<const Label extends string = never>(
  doc: string,
  labels: readonly Label[] = [],
): Row<'counter', Label> {
  return { kind: 'counter', doc, labels, bounds: [] };
}

/** Goes up and down: sizes, lags, connections. */
export function gauge<const Label extends string = never>(
  doc: string,
  labels: readonly Label[] = [],
): Row<'gauge', Label> {
  return { kind: 'gauge', doc, labels, bounds: [] };
}

/** How many observations fell at or below each of `bounds`, and their sum. */
export function histogram<const Label extends string = never>(
  doc: string,
  bounds: readonly number[],
  labels: readonly Label[] = [],
): Row<'histogram', Label> {
  return { kind: 'histogram', doc, labels, bounds };
}
