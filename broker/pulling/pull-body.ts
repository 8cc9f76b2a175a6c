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

/**
 * Sends what `sendHeader` says and the messages behind it. Throws `DiskError` when the log cannot
 * be read: then nothing has been sent.
 */
export function sendMessages(
  connection: ServerConnection,
  read: QueueRead,
  parts: PullBodyParts,
  sendHeader: () => void,
): void {
  if (read.bytes >= LENT_BYTES_MIN * read.spans) {
    const lent = parts.store.lend(read);
    sendHeader();
    connection.lend(lent.buffers, () => lent.giveBack());
    return;
  }
  const groups = lendGroups(read, parts);
  sendHeader();
  let at = connection.reserve(read.bytes);
  for (const group of groups) {
    at = copyGroup(group, connection.output, at);
    group.lent.giveBack();
  }
  connection.outputEnd = at;
}

function lendGroups(read: QueueRead, { store, logFileBytes }: PullBodyParts): Group[] {
  const groups: Group[] = [];
  try {
    for (let first = 0; first < read.spans; ) {
      const next = groupEnd(read, first, logFileBytes);
      const start = read.starts[first] as number;
      const end = (read.starts[next - 1] as number) + (read.lengths[next - 1] as number);
      const lent = store.lendLog(start as LogOffset, end - start);
      groups.push({ read, first, next, lent });
      first = next;
    }
  } catch (error) {
    for (const { lent } of groups) lent.giveBack();
    throw error;
  }
  return groups;
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
  /** The log from its first stretch to its last. */
  readonly lent: LentBytes;
}

/** Copies the stretches of a group to `output` from `at` on; returns where they end. */
function copyGroup(
  { read: { starts, lengths }, first, next, lent: { buffers } }: Group,
  output: Buffer,
  at: number,
): number {
  const start = starts[first] as number;
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
  return to;
}
