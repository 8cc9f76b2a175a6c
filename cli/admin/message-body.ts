/** The body of a message to send: what was typed, a file, or standard input. */
import { open } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { CommandError } from '../command-error.ts';

export interface BodyOptions {
  readonly body?: string | undefined;
  /** `-` is standard input. */
  readonly file?: string | undefined;
}

/** What is longer is cut just above: whoever sends it refuses it with its own limit. */
const BYTES_MAX = 8_388_608;

export async function readBody(
  { body, file }: BodyOptions,
  input: Readable,
): Promise<string | Buffer> {
  if (body !== undefined && file !== undefined) {
    throw new CommandError('Usage', 'Say either --body or --file, not both');
  }
  if (body !== undefined) return body;
  if (file === undefined || file === '-') return readAll(input);
  try {
    await using opened = await open(file);
    return await readAll(opened.createReadStream({ autoClose: false }));
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const why = code === 'ENOENT' ? 'there is no such file' : message;
    throw new CommandError('NotFound', `Cannot read ${file}: ${why}`, { cause: error });
  }
}

async function readAll(input: Readable): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of input) {
    const part = Buffer.from(chunk as Buffer);
    chunks.push(part);
    bytes += part.length;
    if (bytes > BYTES_MAX) break;
  }
  return Buffer.concat(chunks);
}
