/** What a heartbeat says of one consumer, in the terms of this broker. */
import type { ConsumerData, SubscriptionData } from '../../protocol/bodies/mod.ts';
import { isTagType, type Subscription, tagSubscription } from '../pulling/subscription.ts';
import type { Joining } from './consumers.ts';

/** `isBrief`: subscriptions are left out and stay what they were. */
export function joiningOf(consumer: ConsumerData, isBrief: boolean): Joining {
  const { groupName, consumeType, messageModel, consumeFromWhere } = consumer;
  const subscriptions = consumer.subscriptionDataSet
    .map(subscriptionOf)
    .filter((subscription) => subscription !== undefined);
  return {
    group: groupName,
    consumeType,
    messageModel,
    consumeFromWhere,
    subscriptions: isBrief ? undefined : subscriptions,
  };
}

/** Undefined for what is no TAG expression: its client was refused by CHECK_CLIENT_CONFIG. */
function subscriptionOf(data: SubscriptionData): Subscription | undefined {
  const { topic, expressionType, subString, subVersion } = data;
  return isTagType(expressionType) ? tagSubscription(topic, subString, subVersion) : undefined;
}
