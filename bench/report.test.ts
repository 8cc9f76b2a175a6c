import { expect, test } from 'vitest';
import { report } from './report.ts';

test('a figure shows its median, its spread and the spread of the ratios run by run', () => {
  const table = report(
    new Map([
      ['gantry', [{ send64: 200 }, { send64: 300 }, { send64: 400 }]],
      ['java', [{ send64: 100 }, { send64: 100 }, { send64: 50 }]],
    ] as const),
  );
  expect(table.split('\n').at(-1)).toBe(
    '| send 1 × 64 | 300 msg/s (200–400) | 100 msg/s (50–100) | 3.00× (2.00–8.00) | ≥ 4×   |',
  );
});

test('a figure that only one side has is shown without a ratio', () => {
  const table = report(
    new Map([
      ['gantry', [{ pull: 5 }]],
      ['prototype', [{}]],
    ] as const),
  );
  expect(table).toContain('| 5 msg/s | –');
});

test('goals, which are beside the Java broker, are not held against a prototype', () => {
  const results = { ours: [{ send64: 5 }], theirs: [{ send64: 5 }] };
  const beside = (side: 'java' | 'prototype'): string =>
    report(
      new Map([
        ['gantry', results.ours],
        [side, results.theirs],
      ]),
    );
  expect(beside('java')).toContain('≥ 4×');
  expect(beside('prototype')).not.toContain('≥ 4×');
});

test('figures that nobody measured have no row', () => {
  expect(report(new Map([['gantry', [{ pull: 5 }]]] as const))).not.toContain('send 1');
});
