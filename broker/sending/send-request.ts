/** What the slow ways of sending have in common: what they need, and what they tell the store. */
import type { brokerRequests } from '../../protocol/mod.ts';
import type { Request } from '../../remoting/mod.ts';
import type { Random } from '../../runtime/mod.ts';
import type { BrokerConfig } from '../config.ts';
import type { QueueLocks } from '../groups/queue-locks.ts';
import type { SubscriptionGroups } from '../groups/subscription-groups.ts';
import type { SavedTables } from '../metadata/metadata.ts';
import type { Topic } from '../topics/topic.ts';
import { offerUniqueKey, type SendParts } from './fast-send.ts';

export type SendName = 'SEND_MESSAGE' | 'SEND_MESSAGE_V2' | 'SEND_BATCH_MESSAGE';
export type SendRequest = Request<typeof brokerRequests, SendName>;

export interface SlowSendParts extends SendParts {
  readonly config: BrokerConfig;
  readonly random: Random;
  readonly metadata: SavedTables;
  readonly groups: SubscriptionGroups;
  readonly locks: QueueLocks;
}

/** Where a message goes after all checks, and what it says of itself there. */
export interface Destination {
  readonly topic: Topic;
  readonly queueId: number;
  readonly properties: Buffer;
}

/** Longer topics cannot be told by old clients' records. */
export const TOPIC_BYTES_MAX = 127;

/** What all messages of a request have in common. */
export function fillRequest(
  parts: SlowSendParts,
  { header, connection }: Pick<SendRequest, 'header' | 'connection'>,
  { topic, queueId, properties }: Destination,
): void {
  const { input } = parts.intake;
  input.topic = topic.stored;
  input.queueId = queueId;
  input.sysFlag = header.sysFlag;
  input.bornTimestamp = header.bornTimestamp;
  input.reconsumeTimes = header.reconsumeTimes ?? 0;
  input.preparedTransactionOffset = 0;
  input.properties = properties;
  input.propertiesStart = 0;
  input.propertiesEnd = properties.length;
  input.arePropertiesEscaped = false;
  input.reserved = undefined;
  parts.bornHosts.fill(input, connection);
  offerUniqueKey(input, parts.uniqueKeys);
}

export function takeUniqueKey({ intake: { output }, uniqueKeys }: SlowSendParts): void {
  uniqueKeys.takeIfUsed(output.uniqueKey, output.uniqueKeyStart, output.uniqueKeyEnd);
}
