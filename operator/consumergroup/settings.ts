/** What a `ConsumerGroup` asks of every broker, and where one differs from it. Pure. */
import type { GroupSettings } from '../access/mod.ts';
import { type ConsumerGroup, groupName } from '../api/consumer-group.ts';

export function settingsOf(group: ConsumerGroup): GroupSettings {
  const { consume, retry } = group.spec;
  return {
    group: groupName(group),
    consumeEnabled: consume.enabled,
    consumeBroadcast: consume.broadcast,
    consumeOrderly: consume.orderly,
    retryTimesMax: retry.maxTimes,
    retryQueues: retry.queues,
  };
}

/** Each for a person: `retry.maxTimes is 3, wanted 16`. */
export function differences(wanted: GroupSettings, is: GroupSettings): string[] {
  const fields = [
    ['consume.enabled', wanted.consumeEnabled, is.consumeEnabled],
    ['consume.broadcast', wanted.consumeBroadcast, is.consumeBroadcast],
    ['consume.orderly', wanted.consumeOrderly, is.consumeOrderly],
    ['retry.maxTimes', wanted.retryTimesMax, is.retryTimesMax],
    ['retry.queues', wanted.retryQueues, is.retryQueues],
  ] as const;
  return fields
    .filter(([, one, other]) => one !== other)
    .map(([field, one, other]) => `${field} is ${other}, wanted ${one}`);
}
