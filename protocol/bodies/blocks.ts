/** What several bodies are made of. */
import { type BodyOf, body, bool, listOf, oneOf, orElse, tableOf, text, whole } from '../body.ts';

/**
 * Says whether a table has changed since: equal when all three are equal, newer by state version,
 * counter, time.
 */
export const dataVersion = body({ counter: whole, stateVersion: whole, timestamp: whole });
export type DataVersion = BodyOf<typeof dataVersion>;

export const messageQueue = body({ brokerName: text, queueId: whole, topic: text });
export type MessageQueue = BodyOf<typeof messageQueue>;

export const kvTable = body({ table: tableOf(text) });
export type KvTable = BodyOf<typeof kvTable>;

export const subscriptionData = body({
  classFilterMode: bool,
  /** `javaHash` of each tag. */
  codeSet: listOf(whole),
  expressionType: orElse('TAG', text),
  subString: text,
  subVersion: whole,
  tagsSet: listOf(text),
  topic: text,
});
export type SubscriptionData = BodyOf<typeof subscriptionData>;

export const consumeTypes = oneOf(['CONSUME_ACTIVELY', 'CONSUME_PASSIVELY', 'CONSUME_POP']);
export const messageModels = orElse('CLUSTERING', oneOf(['BROADCASTING', 'CLUSTERING']));
export const consumeFromWheres = oneOf([
  'CONSUME_FROM_LAST_OFFSET',
  'CONSUME_FROM_LAST_OFFSET_AND_FROM_MIN_WHEN_BOOT_FIRST',
  'CONSUME_FROM_MIN_OFFSET',
  'CONSUME_FROM_MAX_OFFSET',
  'CONSUME_FROM_FIRST_OFFSET',
  'CONSUME_FROM_TIMESTAMP',
]);

export function isSameVersion(a: DataVersion, b: DataVersion): boolean {
  return (
    a.counter === b.counter && a.stateVersion === b.stateVersion && a.timestamp === b.timestamp
  );
}
