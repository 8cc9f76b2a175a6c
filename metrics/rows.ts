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
export function counter(doc: string): Row<'counter', never>;
export function counter<const Label extends string>(
  doc: string,
  labels: readonly Label[],
): Row<'counter', Label>;
export function counter(doc: string, labels: readonly string[] = []): Row<'counter', string> {
  return { kind: 'counter', doc, labels, bounds: [] };
}

/** Goes up and down: sizes, lags, connections. */
export function gauge(doc: string): Row<'gauge', never>;
export function gauge<const Label extends string>(
  doc: string,
  labels: readonly Label[],
): Row<'gauge', Label>;
export function gauge(doc: string, labels: readonly string[] = []): Row<'gauge', string> {
  return { kind: 'gauge', doc, labels, bounds: [] };
}

/** How many observations fell at or below each of `bounds`, and their sum. */
export function histogram(doc: string, bounds: readonly number[]): Row<'histogram', never>;
export function histogram<const Label extends string>(
  doc: string,
  bounds: readonly number[],
  labels: readonly Label[],
): Row<'histogram', Label>;
export function histogram(
  doc: string,
  bounds: readonly number[],
  labels: readonly string[] = [],
): Row<'histogram', string> {
  return { kind: 'histogram', doc, labels, bounds };
}
