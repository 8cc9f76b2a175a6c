import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { readBody } from './message-body.ts';

const input = (...chunks: readonly string[]): Readable => {
  return Readable.from(chunks.map((chunk) => Buffer.from(chunk)));
};

test('what was typed, a file, or all of standard input', async () => {
  expect(await readBody({ body: 'typed' }, input('other'))).toBe('typed');
  expect(String(await readBody({}, input('a', 'b\n')))).toBe('ab\n');
  expect(String(await readBody({ file: '-' }, input('c')))).toBe('c');
  const file = fileURLToPath(import.meta.url);
  expect(String(await readBody({ file }, input('other')))).toContain('all of standard input');
});

test('endless input is not read to its end', async () => {
  const endless = Readable.from(
    (function* () {
      for (;;) yield Buffer.alloc(1_048_576);
    })(),
  );
  const body = await readBody({}, endless);
  expect(body.length).toBeLessThan(20_000_000);
});

test('two bodies are one too many, and a missing file is named', async () => {
  await expect(readBody({ body: 'a', file: 'b' }, input())).rejects.toMatchObject({
    exit: 'Usage',
  });
  await expect(readBody({ file: '/missing/file' }, input())).rejects.toMatchObject({
    exit: 'NotFound',
    message: 'Cannot read /missing/file: there is no such file',
  });
});
