/** What commands print: a table for people, JSON for programs, progress for whoever waits. */
import { stripVTControlCharacters } from 'node:util';

export type OutputForm = 'table' | 'json';

export function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

export function printJson(value: unknown): void {
  print(JSON.stringify(value, undefined, 2));
}

/** Rows under their headings, in columns as wide as what is in them. */
export function table(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [headings, ...rows];
  const widths = headings.map((_, column) => {
    return Math.max(...lines.map((line) => visibleLength(line[column] ?? '')));
  });
  return lines
    .map((line) =>
      line
        .map((cell, column) => cell + ' '.repeat((widths[column] ?? 0) - visibleLength(cell)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** As a table of the named columns, or the rows as they are as JSON. */
export function printRows<Row extends object>(
  form: OutputForm,
  rows: readonly Row[],
  columns: Readonly<Record<string, (row: Row) => string>>,
): void {
  if (form === 'json') {
    printJson(rows);
    return;
  }
  const cells = rows.map((row) => Object.values(columns).map((cell) => cell(row)));
  print(table(Object.keys(columns), cells));
}

function visibleLength(cell: string): number {
  return stripVTControlCharacters(cell).length;
}

const SPINNER = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const SPIN_MS = 80;

/**
 * What goes on, on standard error: on a terminal one line that turns until it is replaced by the
 * next, elsewhere a plain line each. Nothing keeps turning after `end`.
 */
export class Progress {
  readonly #isTerminal = process.stderr.isTTY;
  #turning: NodeJS.Timeout | undefined;
  #frame = 0;

  /** What is being waited for. Plain output says it once. */
  wait(text: string): void {
    if (!this.#isTerminal) return;
    this.end();
    const draw = (): void => {
      const frame = SPINNER[this.#frame++ % SPINNER.length] ?? '';
      process.stderr.write(`\r\u001b[K${frame} ${text}`);
    };
    draw();
    this.#turning = setInterval(draw, SPIN_MS);
  }

  /** What has happened: stays. */
  line(text: string): void {
    this.end();
    process.stderr.write(`${text}\n`);
  }

  end(): void {
    if (this.#turning === undefined) return;
    clearInterval(this.#turning);
    this.#turning = undefined;
    process.stderr.write('\r\u001b[K');
  }
}
