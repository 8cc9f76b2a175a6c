import { expect, test } from 'vitest';
import { table } from './output.ts';

test('columns are as wide as what a person sees in them', () => {
  const rows = [
    ['a', 'long cell', ''],
    ['\u001b[31mred\u001b[39m', 'x', 'y'],
  ];
  expect(table(['A', 'B', 'C'], rows)).toBe(
    ['A    B          C', 'a    long cell', '\u001b[31mred\u001b[39m  x          y'].join('\n'),
  );
});
