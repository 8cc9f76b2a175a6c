/** JSON values on a stream, one a line. */
import type { Duplex } from 'node:stream';

/** More than any message of ours: a peer that sends more is none of ours. */
const LINE_CHARACTERS_MAX = 16 * 1024 * 1024;

export function sendLine(socket: Duplex, value: unknown): void {
  if (socket.writable) socket.write(`${JSON.stringify(value)}\n`);
}

/** Calls back with each value; breaks the connection on what is not JSON or endless. */
export function onLines(socket: Duplex, take: (value: unknown) => void): void {
  let rest = '';
  socket.setEncoding('utf8');
  socket.on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > LINE_CHARACTERS_MAX) {
      socket.destroy(new Error('A line without an end'));
      return;
    }
    for (const line of lines) {
      let value: unknown;
      try {
        value = JSON.parse(line);
      } catch (error) {
        socket.destroy(error as Error);
        return;
      }
      take(value);
    }
  });
}
