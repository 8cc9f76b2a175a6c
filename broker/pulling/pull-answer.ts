/** What a pull came to, as its client is told. */
import {
  ANSWER_FLAG,
  type Command,
  encodeCommand,
  JAVA,
  NO_BODY,
  NO_FIELDS,
  responseCodes,
  VERSION,
} from '../../protocol/mod.ts';
import type { ServerConnection } from '../../remoting/mod.ts';
import type { ReadStatus } from '../../store/mod.ts';

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

/** Sends the header of an answer whose body, of `bodyBytes`, follows. */
export function sendPullHeader(
  asked: Asked,
  { status, nextOffset, minOffset, maxOffset }: Outcome,
  bodyBytes: number,
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
  head.writeInt32BE(head.length - 4 + bodyBytes, 0);
  const at = connection.reserve(head.length);
  head.copy(connection.output, at);
  connection.outputEnd = at + head.length;
}

/** Answers that the messages cannot be read. */
export function sendPullFailure(
  { connection, opaque, isBinary }: Pick<Asked, 'connection' | 'opaque' | 'isBinary'>,
  remark: string,
): void {
  connection.send({
    code: responseCodes.SYSTEM_ERROR,
    language: JAVA,
    version: VERSION,
    opaque,
    flag: ANSWER_FLAG,
    remark,
    fields: NO_FIELDS,
    body: NO_BODY,
    serialization: isBinary ? 'ROCKETMQ' : 'JSON',
  });
}
