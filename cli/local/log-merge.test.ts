import fc from 'fast-check';
import { expect, test } from 'vitest';
import { merged } from './log-merge.ts';

const at = (second: number, text: string): string =>
  `{"level":"info","time":"2026-01-01T00:00:${String(second).padStart(2, '0')}.000Z","msg":"${text}"}`;

test('lines of several pods come in the order of their time', () => {
  const a = [at(1, 'a1'), at(4, 'a2')];
  const b = [at(2, 'b1'), at(3, 'b2')];
  const lines = merged([
    { pod: 'a', lines: a },
    { pod: 'b', lines: b },
  ]);
  expect(lines.map(({ pod, line }) => `${pod} ${/"msg":"(..)/.exec(line)?.[1]}`)).toEqual([
    'a a1',
    'b b1',
    'b b2',
    'a a2',
  ]);
});

test('a line without a time stays behind the one before it', () => {
  const a = [at(1, 'a1'), '    at stack', '    at frame'];
  const lines = merged([
    { pod: 'b', lines: [at(2, 'b1')] },
    { pod: 'a', lines: a },
  ]);
  expect(lines.map(({ line }) => line)).toEqual([...a, at(2, 'b1')]);
});

test('no line is lost and each pod keeps its order, whatever the clocks do', () => {
  const anyLine = fc.oneof(
    fc.nat({ max: 59 }).map((second) => at(second, 'x')),
    fc.constantFrom('', '    at stack', '{"time":"never"}'),
  );
  const anyLog = fc.array(anyLine, { maxLength: 20 });
  fc.assert(
    fc.property(anyLog, anyLog, (a, b) => {
      const lines = merged([
        { pod: 'a', lines: a },
        { pod: 'b', lines: b },
      ]);
      const of = (name: string) => lines.filter(({ pod }) => pod === name).map(({ line }) => line);
      expect([of('a'), of('b')]).toEqual([a, b]);
    }),
  );
});
