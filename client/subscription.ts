/** What a consumer wants of a topic: every message, or those with one of some tags. */
import type { SubscriptionData } from '../protocol/bodies/mod.ts';
import { Failure, javaHash } from '../protocol/mod.ts';

export interface Subscription {
  readonly topic: string;
  /** `*`, or `TagA || TagB`. */
  readonly expression: string;
  /** Empty: every tag. */
  readonly tags: ReadonlySet<string>;
  /** Brokers compare it to learn which of two subscriptions is newer. */
  readonly version: number;
}

export function subscriptionOf(topic: string, expression: string, version: number): Subscription {
  const parts = expression.split('||').map((part) => part.trim());
  const tags = new Set(parts.filter((part) => part !== '' && part !== '*'));
  if (parts.includes('*') && tags.size > 0) {
    throw new Failure(
      'SubscriptionUnparsable',
      `Cannot subscribe to "${topic}": "*" stands alone, is "${expression}"`,
    );
  }
  return { topic, expression: tags.size === 0 ? '*' : [...tags].join(' || '), tags, version };
}

/** Brokers filter by the tag's hash; two tags may have the same one. */
export function wants({ tags }: Subscription, tag: string | undefined): boolean {
  return tags.size === 0 || (tag !== undefined && tags.has(tag));
}

/** As a heartbeat has it. */
export function subscriptionData(subscription: Subscription): SubscriptionData {
  const { topic, expression, tags, version } = subscription;
  return {
    classFilterMode: false,
    codeSet: Array.from(tags, javaHash),
    expressionType: 'TAG',
    subString: expression,
    subVersion: version,
    tagsSet: [...tags],
    topic,
  };
}
