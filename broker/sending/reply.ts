/**
 * Replies of request-reply: handed to the client that waits for them, on the connection it keeps
 * to this broker, and stored besides for whoever wants to look at them later.
 */
import {
  type brokerRequests,
  clientRequests,
  Failure,
  formatProperties,
  PROPERTY,
  parseProperties,
  replyTopic,
  responseCodes,
} from '../../protocol/mod.ts';
import type { Handlers, Request } from '../../remoting/mod.ts';
import { type Clock, formatAddress, NetworkError } from '../../runtime/mod.ts';
import type { Producers } from '../groups/producers.ts';
import { fillRequest, type SlowSendParts, takeUniqueKey } from './send-request.ts';

type Names = 'SEND_REPLY_MESSAGE' | 'SEND_REPLY_MESSAGE_V2';
type ReplyRequest = Request<typeof brokerRequests, Names>;

export interface ReplyParts extends SlowSendParts {
  readonly clock: Clock;
  readonly producers: Producers;
  /** `host:port` of this broker. */
  readonly address: string;
}

const PUSH_TIMEOUT_MS = 3000;

export function replyHandlers(parts: ReplyParts): Pick<Handlers<typeof brokerRequests>, Names> {
  return {
    SEND_REPLY_MESSAGE: (request) => reply(parts, request),
    SEND_REPLY_MESSAGE_V2: (request) => reply(parts, request),
  };
}

async function reply(parts: ReplyParts, request: ReplyRequest) {
  parts.admission.require();
  const outcome = await push(parts, request);
  const stored = parts.config.storeReplyMessageEnable ? store(parts, request) : undefined;
  const { queueId } = request.header;
  const { regionId, traceOn } = parts.config;
  return {
    ...outcome,
    header: {
      msgId: stored?.messageId ?? '0',
      queueId,
      queueOffset: stored?.queueOffset ?? 0,
      MSG_REGION: regionId,
      TRACE_ON: String(traceOn),
    },
  };
}

/** Hands the reply over; what the client says of it is the answer. */
async function push(parts: ReplyParts, { header, body, connection }: ReplyRequest) {
  const { producers, clock, address } = parts;
  const properties = parseProperties(header.properties ?? '');
  const clientId = properties.get(PROPERTY.REPLY_TO_CLIENT);
  if (clientId === undefined) {
    const remark = `reply message properties[${PROPERTY.REPLY_TO_CLIENT}] is null`;
    throw new Failure('InternalError', remark);
  }
  const waiting = producers.findClient(clientId);
  if (waiting === undefined) {
    const remark = `push reply message fail, channel of <${clientId}> not found.`;
    return { code: responseCodes.SYSTEM_ERROR, remark };
  }
  const now = String(clock.wallMs());
  properties.set(PROPERTY.PUSH_REPLY_TIME, now);
  const fields: Record<string, string> = {
    producerGroup: header.producerGroup,
    topic: header.topic,
    defaultTopic: header.defaultTopic,
    defaultTopicQueueNums: String(header.defaultTopicQueueNums),
    queueId: String(header.queueId),
    sysFlag: String(header.sysFlag),
    bornTimestamp: String(header.bornTimestamp),
    flag: String(header.flag),
    properties: formatProperties(properties),
    reconsumeTimes: String(header.reconsumeTimes ?? 0),
    unitMode: String(header.unitMode ?? false),
    bornHost: formatAddress(connection.remote),
    storeHost: address,
    storeTimestamp: now,
  };
  try {
    const outgoing = { code: clientRequests.PUSH_REPLY_MESSAGE_TO_CLIENT.code, fields, body };
    const { code, remark } = await waiting.call(outgoing, PUSH_TIMEOUT_MS);
    if (code === responseCodes.SUCCESS) return {};
    return {
      code: responseCodes.SYSTEM_ERROR,
      remark: `push reply message to client fail: ${remark}`,
    };
  } catch (error) {
    if (!(error instanceof NetworkError)) throw error;
    const remark = `push reply message to ${clientId} fail: ${error.message}`;
    return { code: responseCodes.SYSTEM_ERROR, remark };
  }
}

/** A reply that was delivered is not refused because it could not be kept as well. */
function store(parts: ReplyParts, request: ReplyRequest) {
  const { intake, topics, config, answer } = parts;
  const { header, body } = request;
  const topic = topics.find(replyTopic(config.brokerClusterName));
  if (topic === undefined || header.topic !== topic.name || body.length === 0) return undefined;
  if (header.queueId >= topic.queuesMax) return undefined;
  const properties = Buffer.from(header.properties ?? '');
  fillRequest(parts, request, { topic, queueId: Math.max(0, header.queueId), properties });
  const { input, output } = intake;
  input.flag = header.flag;
  input.body = body;
  input.bodyStart = 0;
  input.bodyEnd = body.length;
  input.extraProperties = parts.extraProperties;
  input.extraIsWalked = false;
  if (intake.append(topic) !== 'stored') return undefined;
  takeUniqueKey(parts);
  return { messageId: answer.messageId(output.logOffset), queueOffset: output.queueOffset };
}
