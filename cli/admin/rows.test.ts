import { expect, test } from 'vitest';
import { RowStream, rowsText } from './rows.ts';

interface Pair {
  readonly name: string;
  readonly count: number;
}

const columns = {
  NAME: ({ name }: Pair) => name,
  COUNT: ({ count }: Pair) => String(count),
};

test('rows are a table for people and themselves for programs', () => {
  const rows = [{ name: 'a', count: 1 }];
  expect(rowsText('table', rows, columns)).toBe('NAME  COUNT\na     1');
  expect(JSON.parse(rowsText('json', rows, columns))).toEqual(rows);
});

test('rows that come one by one keep the widest column there was', () => {
  const printed: string[] = [];
  const stream = new RowStream({ form: 'table', print: (line) => printed.push(line) }, columns);
  for (const name of ['short', 'much longer', 'x']) stream.add({ name, count: 7 });
  expect(printed).toEqual(['NAME   COUNT', 'short  7', 'much longer  7', 'x            7']);
});

test('for programs every row is a line of its own, with no heading', () => {
  const printed: string[] = [];
  const stream = new RowStream({ form: 'json', print: (line) => printed.push(line) }, columns);
  stream.add({ name: 'a\nb', count: 1 });
  stream.add({ name: 'c', count: 2 });
  expect(printed.map((line) => JSON.parse(line) as Pair)).toEqual([
    { name: 'a\nb', count: 1 },
    { name: 'c', count: 2 },
  ]);
  expect(printed.join('')).not.toContain('\n');
});
