/** Rows of what was found: a table for people, JSON for programs; whole, or as they come. */
import { type OutputForm, table } from '../output.ts';
import type { Invocation } from './invocation.ts';

/** Cells by heading. */
export type Columns<Row> = Readonly<Record<string, (row: Row) => string>>;

export function rowsText<Row extends object>(
  form: OutputForm,
  rows: readonly Row[],
  columns: Columns<Row>,
): string {
  if (form === 'json') return JSON.stringify(rows, undefined, 2);
  const cells = rows.map((row) => Object.values(columns).map((cell) => cell(row)));
  return table(Object.keys(columns), cells);
}

/**
 * Prints rows as they come, as JSON one line each. A column is as wide as its widest cell so far,
 * so that a table stays one for as long as its rows are alike.
 */
export class RowStream<Row extends object> {
  readonly #invocation: Pick<Invocation, 'form' | 'print'>;
  readonly #columns: Columns<Row>;
  readonly #widths: number[];
  #hasBegun = false;

  constructor(invocation: Pick<Invocation, 'form' | 'print'>, columns: Columns<Row>) {
    this.#invocation = invocation;
    this.#columns = columns;
    this.#widths = Object.keys(columns).map(() => 0);
  }

  add(row: Row): void {
    if (this.#invocation.form === 'json') {
      this.#invocation.print(JSON.stringify(row));
      return;
    }
    const cells = Object.values(this.#columns).map((cell) => cell(row));
    const lines = this.#hasBegun ? [cells] : [Object.keys(this.#columns), cells];
    this.#hasBegun = true;
    for (const line of lines) {
      for (const [column, cell] of line.entries()) {
        this.#widths[column] = Math.max(this.#widths[column] ?? 0, cell.length);
      }
    }
    for (const line of lines) this.#invocation.print(this.#aligned(line));
  }

  #aligned(cells: readonly string[]): string {
    return cells
      .map((cell, column) => cell.padEnd(this.#widths[column] ?? 0))
      .join('  ')
      .trimEnd();
  }
}
