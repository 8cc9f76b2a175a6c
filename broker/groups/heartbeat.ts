/** What a client says of itself every 30 seconds, read from the body it sends. */
import {
  type JsonRecord,
  recordsIn,
  requireJson,
  requireText,
  textOr,
} from '../metadata/json-body.ts';
import { isTagType, type Subscription, tagSubscription } from '../pulling/subscription.ts';
import type { ConsumeType, Joining, MessageModel } from './consumers.ts';

export interface Heartbeat {
  readonly clientId: string;
  readonly producerGroups: readonly string[];
  readonly consumers: readonly ConsumerHeartbeat[];
  /** 0: the first kind of heartbeat, which is always complete. */
  readonly fingerprint: number;
  /** Subscriptions are left out: they are those of the heartbeat with the same fingerprint. */
  readonly isBrief: boolean;
}

export interface ConsumerHeartbeat extends Joining {
  readonly isUnit: boolean;
}

/** Throws `Failure` MalformedRequest. */
export function readHeartbeat(body: Buffer): Heartbeat {
  const data = requireJson(body, 'heartbeat');
  const clientId = requireText(data, 'clientID', 'heartbeat');
  const isBrief = data['withoutSub'] === true;
  return {
    clientId,
    isBrief,
    fingerprint: Number(data['heartbeatFingerprint'] ?? 0),
    producerGroups: recordsIn(data['producerDataSet']).map(({ groupName }) => String(groupName)),
    consumers: recordsIn(data['consumerDataSet']).map((entry) => readConsumer(entry, isBrief)),
  };
}

/** A subscription as clients state it; undefined when it is no TAG expression. */
export function readSubscription(entry: JsonRecord): Subscription | undefined {
  const topic = String(entry['topic']);
  const version = Number(entry['subVersion'] ?? 0);
  const type = textOr(entry['expressionType'], 'TAG');
  const expression = textOr(entry['subString'], '*');
  if (isTagType(type)) return tagSubscription(topic, expression, version);
  return undefined;
}

function readConsumer(entry: JsonRecord, isBrief: boolean): ConsumerHeartbeat {
  const subscriptions = recordsIn(entry['subscriptionDataSet'])
    .map(readSubscription)
    .filter((subscription) => subscription !== undefined);
  return {
    group: String(entry['groupName']),
    consumeType: textOr(entry['consumeType'], 'CONSUME_PASSIVELY') as ConsumeType,
    messageModel: textOr(entry['messageModel'], 'CLUSTERING') as MessageModel,
    consumeFromWhere: textOr(entry['consumeFromWhere'], 'CONSUME_FROM_LAST_OFFSET'),
    subscriptions: isBrief ? undefined : subscriptions,
    isUnit: entry['unitMode'] === true,
  };
}
