/**
 * The body of a pull's answer: messages as they lie in the log.
 *
 * Long stretches are lent to the connection and leave uncopied. Short ones, of a queue whose
 * messages lie between those of others, are gathered: stretches that lie near each other are taken
 * from the log in one go, and copied behind the header.
 */
import type { ServerConnection } from '../../remoting/mod.ts';
import type { LentBytes, LogOffset, MessageStore, QueueRead } from '../../store/mod.ts';

/** Stretches of this length on average are lent. */
const LENT_BYTES_MIN = 16_384;
/** As much as the store reads into one of its buffers. */
const GATHERED_BYTES_MAX = 256 * 1024;

export interface PullBodyParts {
  readonly store: Pick<MessageStore, 'lend' | 'lendLog'>;
  /** No record lies in two files: nothing is gathered across their border. */
  readonly logFileBytes: number;
}

export function sendMessages(
  connection: ServerConnection,
  read: QueueRead,
  parts: PullBodyParts,
): void {
  if (read.bytes >= LENT_BYTES_MIN * read.spans) {
    const lent = parts.store.lend(read);
    connection.lend(lent.buffers, () => lent.giveBack());
    return;
  }
  let at = connection.reserve(read.bytes);
  for (let first = 0; first < read.spans; ) {
    const next = groupEnd(read, first, parts.logFileBytes);
    at = copyGroup({ read, first, next }, parts.store, connection.output, at);
    first = next;
  }
  connection.outputEnd = at;
}

/** Behind the last stretch that is taken together with `first`. */
function groupEnd({ starts, lengths, spans }: QueueRead, first: number, fileBytes: number): number {
  const start = starts[first] as number;
  const limit = Math.min(start + GATHERED_BYTES_MAX, start - (start % fileBytes) + fileBytes);
  let next = first + 1;
  while (next < spans && (starts[next] as number) + (lengths[next] as number) <= limit) next++;
  return next;
}

interface Group {
  readonly read: QueueRead;
  readonly first: number;
  readonly next: number;
}

/** Copies the stretches of a group to `output` from `at` on; returns where they end. */
function copyGroup(
  { read: { starts, lengths }, first, next }: Group,
  store: PullBodyParts['store'],
  output: Buffer,
  at: number,
): number {
  const start = starts[first] as number;
  const end = (starts[next - 1] as number) + (lengths[next - 1] as number);
  const lent: LentBytes = store.lendLog(start as LogOffset, end - start);
  const { buffers } = lent;
  let to = at;
  let index = 0;
  let bufferStart = start;
  for (let span = first; span < next; span++) {
    let from = starts[span] as number;
    const until = from + (lengths[span] as number);
    while (from < until) {
      const buffer = buffers[index] as Buffer;
      const bufferEnd = bufferStart + buffer.length;
      if (from >= bufferEnd) {
        bufferStart = bufferEnd;
        index++;
        continue;
      }
      const count = Math.min(until, bufferEnd) - from;
      buffer.copy(output, to, from - bufferStart, from - bufferStart + count);
      to += count;
      from += count;
    }
  }
  lent.giveBack();
  return to;
}
