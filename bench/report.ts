/** The table at the end: one row a figure, the first side beside each other one. */
import { type Figure, type FigureName, type Figures, figures } from './figures.ts';
import type { SideName } from './sides.ts';
import { ratiosOf, type Spread, spreadOf } from './statistics.ts';

/** Of each side, the figures of its runs in the order they were made. */
export type Results = ReadonlyMap<SideName, readonly Figures[]>;

export function report(results: Results): string {
  const [ours, ...others] = [...results.keys()];
  if (ours === undefined) return '';
  const header = ['figure', ours, ...others.flatMap((side) => [side, 'ratio'])];
  // The goals are beside the Java broker: they say nothing of a prototype.
  if (others.includes('java')) header.push('wanted');
  const rows = (Object.keys(figures) as FigureName[])
    .filter((name) => [...results.values()].flat().some((run) => run[name] !== undefined))
    .map((name) => rowOf(name, ours, others, results));
  return layOut([header, ...rows]);
}

function rowOf(
  name: FigureName,
  ours: SideName,
  others: readonly SideName[],
  results: Results,
): string[] {
  const figure: Figure = figures[name];
  const runs = (side: SideName): number[] =>
    (results.get(side) ?? []).flatMap((run) => run[name] ?? []);
  const measured = (side: SideName): string =>
    show(spreadOf(runs(side)), figure.digits, ` ${figure.unit}`);
  return [
    figure.title,
    measured(ours),
    ...others.flatMap((side) => [
      measured(side),
      show(spreadOf(ratiosOf(runs(ours), runs(side))), 2, '×'),
    ]),
    ...(others.includes('java') ? [figure.wanted ?? ''] : []),
  ];
}

/** `median unit (min–max)`. */
function show(spread: Spread | undefined, digits: number, unit: string): string {
  if (!spread) return '–';
  const text = (value: number): string =>
    value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });
  const range = spread.min === spread.max ? '' : ` (${text(spread.min)}–${text(spread.max)})`;
  return `${text(spread.median)}${unit}${range}`;
}

function layOut(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (row: readonly string[]): string =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  const rule = widths.map((width) => '-'.repeat(width));
  return rows
    .flatMap((row, index) => (index === 0 ? [line(row), line(rule)] : [line(row)]))
    .join('\n');
}
