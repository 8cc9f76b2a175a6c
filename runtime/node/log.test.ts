import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import { LineWriter } from './line-writer.ts';
import { jsonLog } from './log.ts';
import { TerminalLog } from './terminal-log.ts';

function capture(): { lines: string[]; write: (line: string) => void } {
  const lines: string[] = [];
  return { lines, write: (line) => lines.push(line) };
}

test('an event is one JSON line with its level, its sentence and its facts', () => {
  const out = capture();
  jsonLog(out).with({ role: 'broker' }).info('Became master', { epoch: 3 });
  expect(out.lines).toHaveLength(1);
  expect(out.lines[0]).toMatch(/\n$/);
  expect(JSON.parse(out.lines[0] ?? '')).toMatchObject({
    level: 'info',
    msg: 'Became master',
    role: 'broker',
    epoch: 3,
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT/) as string,
  });
});

test('an error keeps its stack, its code and its cause', () => {
  const out = capture();
  const cause = new Error('no space');
  jsonLog(out).error('Flush failed', { error: new RangeError('cannot flush', { cause }) });
  expect(JSON.parse(out.lines[0] ?? '')).toMatchObject({
    level: 'error',
    error: {
      type: 'RangeError',
      stack: expect.stringContaining('log.test.ts') as string,
      cause: { message: 'no space' },
    },
  });
});

test('a terminal gets time, level, sentence and facts in one line', () => {
  const out = capture();
  const log = new TerminalLog({ write: out.write, wallMs: () => 3_723_004 });
  log.with({ role: 'broker' }).warn('Slow disk', { tookMs: 12, path: 'a b' });
  expect(stripVTControlCharacters(out.lines.join(''))).toBe(
    '01:02:03.004 WARN  Slow disk  role=broker tookMs=12 path=a b\n',
  );
});

test('a terminal shows the stack of an error and its cause', () => {
  const out = capture();
  const log = new TerminalLog({ write: out.write, wallMs: () => 0 });
  log.error('Broken', { error: new Error('outer', { cause: new Error('inner') }) });
  expect(out.lines[0]).toContain('log.test.ts');
  expect(out.lines[0]).toContain('inner');
});

test('a log that cannot be written drops lines instead of stopping the node, and says so later', () => {
  const out: string[] = [];
  let isFull = true;
  const lines = new LineWriter((bytes) => {
    if (isFull) throw new Error('ENOSPC');
    out.push(bytes.toString());
    return bytes.length;
  });
  lines.write('lost\n');
  lines.write('lost too\n');
  isFull = false;
  lines.write('kept\n');
  expect(out.join('')).toBe('{"level":"warn","dropped":2,"msg":"Dropped log lines"}\nkept\n');
});

test('a line is written whole through a pipe that takes a part or is busy', () => {
  let out = '';
  let calls = 0;
  const lines = new LineWriter((bytes, from) => {
    if (++calls % 2 === 0) throw Object.assign(new Error('busy'), { code: 'EAGAIN' });
    out += bytes.toString('latin1', from, from + 3);
    return Math.min(3, bytes.length - from);
  });
  lines.write('a whole line\n');
  expect(out).toBe('a whole line\n');
});
