/** The answer to a pull, with the messages as they lie in the log: its header baked, its body lent. */
import {
  ANSWER_FLAG,
  type Command,
  encodeCommand,
  JAVA,
  NO_BODY,
  responseCodes,
  VERSION,
} from '../../protocol/mod.ts';
import type { ServerConnection } from '../../remoting/mod.ts';
import type { LentBytes, ReadStatus } from '../../store/mod.ts';

/** Pieces of the log at least this long leave as they are; shorter ones are cheaper to copy. */
const LENT_BYTES_MIN = 16_384;

export type PullStatus = ReadStatus | 'OFFSET_RESET';

export interface Asked {
  readonly connection: ServerConnection;
  readonly opaque: number;
  readonly isBinary: boolean;
  /** The offset it wanted. */
  readonly offset: number;
  readonly topicSysFlag: number;
  readonly groupSysFlag: number;
}

/** What a pull came to. */
export interface Outcome {
  readonly status: PullStatus;
  readonly nextOffset: number;
  readonly minOffset: number;
  readonly maxOffset: number;
}

/** The response code for what a pull came to. */
export function codeOf(status: PullStatus, offset: number): number {
  switch (status) {
    case 'FOUND':
      return responseCodes.SUCCESS;
    case 'NO_MATCHED_MESSAGE':
    case 'MESSAGE_WAS_REMOVING':
      return responseCodes.PULL_RETRY_IMMEDIATELY;
    case 'OFFSET_FOUND_NULL':
    case 'OFFSET_OVERFLOW_ONE':
      return responseCodes.PULL_NOT_FOUND;
    case 'NO_MESSAGE_IN_QUEUE':
      return offset === 0 ? responseCodes.PULL_NOT_FOUND : responseCodes.PULL_OFFSET_MOVED;
    case 'OFFSET_OVERFLOW_BADLY':
    case 'OFFSET_TOO_SMALL':
    case 'OFFSET_RESET':
      return responseCodes.PULL_OFFSET_MOVED;
  }
}

/** Sends the outcome, and the messages when there are some. */
export function answerPull(
  asked: Asked,
  { status, nextOffset, minOffset, maxOffset }: Outcome,
  found: LentBytes | undefined,
): void {
  const { connection } = asked;
  const command: Command = {
    code: codeOf(status, asked.offset),
    language: JAVA,
    version: VERSION,
    opaque: asked.opaque,
    flag: ANSWER_FLAG,
    remark: status,
    fields: {
      suggestWhichBrokerId: '0',
      nextBeginOffset: String(nextOffset),
      minOffset: String(minOffset),
      maxOffset: String(maxOffset),
      topicSysFlag: String(asked.topicSysFlag),
      groupSysFlag: String(asked.groupSysFlag),
    },
    body: NO_BODY,
    serialization: asked.isBinary ? 'ROCKETMQ' : 'JSON',
  };
  const head = encodeCommand(command);
  head.writeInt32BE(head.length - 4 + (found?.bytes ?? 0), 0);
  const at = connection.reserve(head.length);
  head.copy(connection.output, at);
  connection.outputEnd = at + head.length;
  if (found !== undefined) sendBody(connection, found);
}

/** Copies what is in small pieces, lends what is in large ones. */
function sendBody(connection: ServerConnection, found: LentBytes): void {
  const { buffers, bytes } = found;
  if (bytes >= LENT_BYTES_MIN * buffers.length) {
    connection.lend(buffers, () => found.giveBack());
    return;
  }
  let at = connection.reserve(bytes);
  for (const buffer of buffers) at += buffer.copy(connection.output, at);
  connection.outputEnd = at;
  found.giveBack();
}
