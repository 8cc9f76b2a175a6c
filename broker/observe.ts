/** Fills the metrics: what is known anyway is looked up at each scrape. */
import {
  isDerivedTopic,
  isRetryTopic,
  isSystemGroup,
  isSystemTopic,
  languageName,
} from '../protocol/mod.ts';
import type { RemotingServer } from '../remoting/mod.ts';
import type { DiskSpace } from '../runtime/mod.ts';
import { progressOf } from './admin/stats-handlers.ts';
import type { Member } from './groups/consumers.ts';
import type { BrokerParts } from './parts.ts';

const STORAGE = { storage_type: 'local', storage_medium: 'disk' } as const;

export function observe(parts: BrokerParts, server: RemotingServer): void {
  observeTables(parts);
  observeTraffic(parts);
  observeConnections(parts);
  observeLag(parts);
  observeStorage(parts);
  const { counts } = server;
  const { metrics } = parts;
  metrics.gantry_remoting_connections.observe(() => [{ labels: {}, value: counts.connections }]);
  metrics.gantry_remoting_malformed_total.observe(() => [
    { labels: {}, value: counts.malformedFrames },
  ]);
}

function observeTables({ metrics, config, topics, groups, intake, polling }: BrokerParts): void {
  const look = (value: () => number) => () => [{ labels: {}, value: value() }];
  metrics.rocketmq_broker_permission.observe(look(() => config.brokerPermission));
  metrics.rocketmq_topic_number.observe(look(() => topics.size));
  metrics.rocketmq_consumer_group_number.observe(look(() => groups.size));
  metrics.rocketmq_processor_watermark.observe(() => [
    { labels: { processor: 'send' }, value: intake.waiting },
    { labels: { processor: 'pull' }, value: polling.held },
  ]);
}

function observeTraffic({ metrics, topics, delivered }: BrokerParts): void {
  const sent = (value: (topic: { messagesIn: number; bytesIn: number }) => number) => () =>
    [...topics.all()]
      .filter(({ name, messagesIn }) => messagesIn > 0 && isShown(name))
      .map((topic) => ({
        labels: {
          topic: topic.name,
          message_type: 'normal',
          is_system: String(isSystemTopic(topic.name)),
        },
        value: value(topic),
      }));
  metrics.rocketmq_messages_in_total.observe(sent(({ messagesIn }) => messagesIn));
  metrics.rocketmq_throughput_in_total.observe(sent(({ bytesIn }) => bytesIn));

  const out = (value: (pair: { messages: number; bytes: number }) => number) => () =>
    [...delivered.all()]
      .filter(({ topic }) => isShown(topic))
      .map((pair) => ({
        labels: {
          topic: pair.topic,
          consumer_group: pair.group,
          is_system: String(isSystem(pair.topic, pair.group)),
        },
        value: value(pair),
      }));
  metrics.rocketmq_messages_out_total.observe(out(({ messages }) => messages));
  metrics.rocketmq_throughput_out_total.observe(out(({ bytes }) => bytes));
}

function observeConnections({ metrics, consumers, producers }: BrokerParts): void {
  metrics.rocketmq_producer_connections.observe(() => {
    const members = [...producers.all()].flatMap(([, list]) => list);
    return countBy(members, (member) => clientLabels(member));
  });
  metrics.rocketmq_consumer_connections.observe(() =>
    [...consumers.all()].flatMap(({ name, members, consumeType }) => [
      ...countBy([...members.values()], (member) => ({
        ...clientLabels(member),
        consumer_group: name,
        consume_mode: consumeType.replace('CONSUME_', '').toLowerCase(),
        is_system: String(isSystemGroup(name)),
      })),
    ]),
  );
}

/** Groups with a connected member only: of others nobody knows whether they will come back. */
function observeLag(parts: BrokerParts): void {
  const { metrics, consumers, store, clock } = parts;
  const ages = (offset: (progress: { consumerOffset: number; pullOffset: number }) => number) =>
    lags((queue, progress) => {
      const time = store.storeTimeOf(queue, offset(progress));
      return time === undefined ? 0 : Math.max(0, clock.wallMs() - time);
    }, Math.max);
  const lags =
    (value: (...of: Progress) => number, gather: (a: number, b: number) => number) => () =>
      [...consumers.all()].flatMap(({ name: group }) => {
        const byTopic = new Map<string, number>();
        for (const of of progressOf(parts, group)) {
          const { name } = of[0].topic;
          byTopic.set(name, gather(byTopic.get(name) ?? 0, value(...of)));
        }
        return [...byTopic].map(([topic, total]) => ({
          labels: lagLabels(group, topic),
          value: total,
        }));
      });
  const sum = (a: number, b: number): number => a + b;
  metrics.rocketmq_consumer_lag_messages.observe(
    lags((_, { brokerOffset, consumerOffset }) => brokerOffset - consumerOffset, sum),
  );
  metrics.rocketmq_consumer_inflight_messages.observe(
    lags((_, { pullOffset, consumerOffset }) => pullOffset - consumerOffset, sum),
  );
  metrics.rocketmq_consumer_ready_messages.observe(
    lags((_, { brokerOffset, pullOffset }) => brokerOffset - pullOffset, sum),
  );
  metrics.rocketmq_consumer_lag_latency_milliseconds.observe(
    ages(({ consumerOffset }) => consumerOffset),
  );
  metrics.rocketmq_consumer_queueing_latency_milliseconds.observe(
    ages(({ pullOffset }) => pullOffset),
  );
}

type Progress = ReturnType<typeof progressOf> extends Generator<infer P> ? P : never;

function observeStorage({ metrics, store, runtime, config, clock }: BrokerParts): void {
  const look = (value: () => number) => () => [{ labels: STORAGE, value: value() }];
  const one = (value: () => number) => () => [{ labels: {}, value: value() }];
  const space = (): DiskSpace => runtime.disk.space(config.storePathRootDir);
  metrics.rocketmq_storage_size_bytes.observe(
    look(() => {
      const { totalBytes, freeBytes } = space();
      return totalBytes - freeBytes;
    }),
  );
  metrics.gantry_disk_total_bytes.observe(one(() => space().totalBytes));
  metrics.gantry_disk_free_bytes.observe(one(() => space().freeBytes));
  metrics.gantry_store_clean_failures_total.observe(one(() => store.facts().cleanFailures));
  metrics.rocketmq_storage_flush_behind_bytes.observe(
    look(() => store.writtenEnd - store.flushedEnd),
  );
  metrics.rocketmq_storage_dispatch_behind_bytes.observe(
    look(() => store.facts().dispatchBehindBytes),
  );
  metrics.rocketmq_storage_message_reserve_time_milliseconds.observe(
    look(() => {
      const { earliestStoreTimestamp } = store.facts();
      return earliestStoreTimestamp === undefined ? 0 : clock.wallMs() - earliestStoreTimestamp;
    }),
  );
}

function lagLabels(group: string, topic: string) {
  return {
    consumer_group: group,
    topic,
    is_retry: String(isRetryTopic(topic)),
    is_system: String(isSystem(topic, group)),
  };
}

function clientLabels({ language, version }: Member) {
  return {
    language: languageName(language),
    version: String(version),
    protocol_type: 'remoting',
  };
}

function countBy<L extends object>(members: readonly Member[], labelsOf: (member: Member) => L) {
  const counts = new Map<string, { readonly labels: L; value: number }>();
  for (const member of members) {
    const labels = labelsOf(member);
    const key = Object.values(labels).join('\u0000');
    const count = counts.get(key) ?? { labels, value: 0 };
    count.value++;
    counts.set(key, count);
  }
  return counts.values();
}

function isShown(topic: string): boolean {
  return !isDerivedTopic(topic);
}

function isSystem(topic: string, group: string): boolean {
  return isSystemTopic(topic) || isSystemGroup(group);
}
