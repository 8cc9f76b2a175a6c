import { PassThrough } from 'node:stream';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { onLines, sendLine } from './json-lines.ts';

test('values arrive as they were sent, wherever the stream is cut', async () => {
  const cuts = fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1 });
  await fc.assert(
    fc.asyncProperty(fc.array(fc.jsonValue()), cuts, async (values, sizes) => {
      const sent = new PassThrough();
      for (const value of values) sendLine(sent, value);
      const bytes = (sent.read() as Buffer | null) ?? Buffer.alloc(0);

      const received: unknown[] = [];
      const stream = new PassThrough();
      onLines(stream, (value) => received.push(value));
      for (let from = 0, turn = 0; from < bytes.length; turn++) {
        const size = sizes[turn % sizes.length] ?? 1;
        stream.write(bytes.subarray(from, from + size));
        from += size;
      }
      stream.end();
      await new Promise((resolve) => stream.on('end', resolve));
      expect(received).toEqual(values.map((value) => JSON.parse(JSON.stringify(value)) as unknown));
    }),
  );
});

test('what is not JSON breaks the stream', async () => {
  const stream = new PassThrough();
  const broken = new Promise((resolve) => stream.on('error', resolve));
  onLines(stream, () => undefined);
  stream.write('hello\n');
  expect(await broken).toBeInstanceOf(SyntaxError);
});
