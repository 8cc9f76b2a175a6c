/** The answers of a broker in the terms of the reconcilers. Pure. */
import type { GroupConfig, TopicDetails } from '../../client/mod.ts';
import type { BrokerFacts, GroupSettings, TopicSettings } from './cluster-access.ts';

/** Undefined when the broker does not say who it is. */
export function brokerFactsOf(
  config: ReadonlyMap<string, string>,
  state: ReadonlyMap<string, string>,
): BrokerFacts | undefined {
  const brokerName = config.get('brokerName');
  const clusterName = config.get('brokerClusterName');
  const brokerId = numberOf(config.get('brokerId'));
  const offsetMin = numberOf(state.get('commitLogMinOffset'));
  const offsetMax = numberOf(state.get('commitLogMaxOffset'));
  if (brokerName === undefined || clusterName === undefined || brokerId === undefined) {
    return undefined;
  }
  if (offsetMin === undefined || offsetMax === undefined) return undefined;
  const diskUsed = numberOf(state.get('commitLogDiskRatio'));
  return {
    brokerName,
    clusterName,
    brokerId,
    version: state.get('brokerVersionDesc') ?? '',
    offsetMin,
    offsetMax,
    isWritable: state.get('brokerActive') !== 'false',
    // A broker that cannot tell answers -1.
    diskUsed: diskUsed === undefined || diskUsed < 0 ? undefined : diskUsed,
    bootTimestamp: numberOf(state.get('bootTimestamp')) ?? 0,
  };
}

function numberOf(text: string | undefined): number | undefined {
  if (text === undefined || text.trim() === '') return undefined;
  const value = Number(text);
  return Number.isFinite(value) ? value : undefined;
}

export function topicSettingsOf({ attributes, ...rest }: TopicDetails): TopicSettings {
  return { ...rest, attributes: Object.fromEntries(attributes) };
}

export function groupSettingsOf(config: GroupConfig): GroupSettings {
  return {
    group: config.groupName,
    consumeEnabled: config.consumeEnable,
    consumeBroadcast: config.consumeBroadcastEnable,
    consumeOrderly: config.consumeMessageOrderly,
    retryTimesMax: config.retryMaxTimes,
    retryQueues: config.retryQueueNums,
  };
}

/** `config` with `settings`; the rest of it stays. */
export function withSettings(config: GroupConfig, settings: GroupSettings): GroupConfig {
  return {
    ...config,
    groupName: settings.group,
    consumeEnable: settings.consumeEnabled,
    consumeBroadcastEnable: settings.consumeBroadcast,
    consumeMessageOrderly: settings.consumeOrderly,
    retryMaxTimes: settings.retryTimesMax,
    retryQueueNums: settings.retryQueues,
  };
}
