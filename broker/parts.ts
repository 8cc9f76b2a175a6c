/**
 * The state of a broker: tables, store and what sits on them, put together but not yet running.
 * Only this file and `main.ts` see all of it; each part is given what it needs.
 */
import { type HistogramSeries, type MetricsRegistry, meter } from '../metrics/mod.ts';
import { parseIp } from '../protocol/mod.ts';
import type { Address, Runtime } from '../runtime/mod.ts';
import { defaultStoreOptions, MessageStore } from '../store/mod.ts';
import { Statistics, type Total } from './admin/statistics.ts';
import type { BrokerConfig } from './config.ts';
import { notifyMembers } from './groups/client-handlers.ts';
import { Consumers } from './groups/consumers.ts';
import { Producers } from './groups/producers.ts';
import { QueueLocks } from './groups/queue-locks.ts';
import { SubscriptionGroups } from './groups/subscription-groups.ts';
import { Metadata } from './metadata/metadata.ts';
import { type BrokerMeter, brokerMetrics } from './metrics.ts';
import { ConsumerOffsets } from './offsets/consumer-offsets.ts';
import { LongPolling } from './pulling/long-polling.ts';
import { PullCounts } from './pulling/pull-counts.ts';
import { Admission } from './sending/admission.ts';
import { BornHosts } from './sending/born-hosts.ts';
import { Intake } from './sending/intake.ts';
import { SendAnswer } from './sending/send-answer.ts';
import { SendCounts } from './sending/send-counts.ts';
import { UniqueKeys } from './sending/unique-keys.ts';
import { isSystemTopic, problemOfGroupName } from './topics/names.ts';
import { predefinedTopics } from './topics/predefined.ts';
import type { Topic } from './topics/topic.ts';
import { Topics } from './topics/topics.ts';

export type BrokerParts = Awaited<ReturnType<typeof openParts>>;

/** Opens the store and loads what was saved. `schedule` asks for the end of this turn. */
export async function openParts(
  runtime: Runtime,
  config: BrokerConfig,
  registry: MetricsRegistry,
  schedule: () => void,
) {
  const { clock, random } = runtime;
  const address: Address = { host: config.brokerIP1, port: config.listenPort };
  const storeHost = { address: parseIp(address.host), port: address.port };
  const store = await MessageStore.open(runtime, storeOptions(config, storeHost));
  try {
    const wallMs = (): number => clock.wallMs();
    const metrics: BrokerMeter = registry.add(meter(brokerMetrics));
    const topics = new Topics(wallMs, store);
    const groups = new SubscriptionGroups(
      wallMs,
      (group) => config.autoCreateSubscriptionGroup && problemOfGroupName(group) === undefined,
    );
    const offsets = new ConsumerOffsets(wallMs);
    const metadata = new Metadata(runtime, `${config.storePathRootDir}/config`, {
      topics,
      groups,
      offsets,
    });
    metadata.load();
    addPredefined(topics, config);

    const consumers = new Consumers((group) => notifyMembers({ config, groups }, group));
    const sent = new SendCounts((topic) => sizesOf(metrics, topic));
    const delivered = new PullCounts();
    const answer = new SendAnswer({
      storeHost: addressBytes(storeHost),
      region: config.regionId,
      traceOn: config.traceOn,
    });
    const intake = new Intake({
      clock,
      log: store,
      answer,
      counts: sent,
      isSyncFlush: config.flushDiskType === 'SYNC_FLUSH',
      syncFlushTimeoutMs: () => config.syncFlushTimeout,
      schedule,
    });
    return {
      runtime,
      clock,
      random,
      config,
      registry,
      metrics,
      address,
      bootMs: clock.wallMs(),
      store,
      topics,
      groups,
      offsets,
      metadata,
      consumers,
      producers: new Producers(),
      locks: new QueueLocks(clock),
      polling: new LongPolling(clock, config.heldPullsMax),
      sent,
      delivered,
      answer,
      intake,
      admission: new Admission(clock, config.startAcceptSendRequestTimeStamp),
      bornHosts: new BornHosts(),
      uniqueKeys: new UniqueKeys({ clock, random }, storeHost.address),
      extraProperties: extraProperties(config),
      statistics: new Statistics(clock, () => totals(config, { topics, sent, delivered })),
    };
  } catch (error) {
    await store.close();
    throw error;
  }
}

function storeOptions(config: BrokerConfig, storeHost: { address: Buffer; port: number }) {
  return {
    ...defaultStoreOptions,
    folder: config.storePathRootDir,
    commitLogFolder: config.storePathCommitLog,
    storeHost,
    commitLogFileBytes: config.mappedFileSizeCommitLog,
    consumeQueueFileBytes: config.mappedFileSizeConsumeQueue,
    isIndexed: config.messageIndexEnable,
    indexSlots: config.maxHashSlotNum,
    indexEntries: config.maxIndexNum,
    bodyBytesMax: config.maxMessageSize,
    flushMode: config.flushDiskType,
    flushIntervalMs: config.flushIntervalCommitLog,
    cleanIntervalMs: config.cleanResourceInterval,
    reservedHours: config.fileReservedTime,
    deleteHours: config.deleteWhen.split(';').map(Number),
    mayCleanForcibly: config.cleanFileForciblyEnable,
    diskLevels: {
      cleanRatio: config.diskMaxUsedSpaceRatio / 100,
      cleanForciblyRatio: config.diskSpaceCleanForciblyRatio / 100,
      refuseRatio: config.diskSpaceWarningLevelRatio / 100,
    },
    readLimits: {
      ...defaultStoreOptions.readLimits,
      bytesInMemory: config.maxTransferBytesOnMessageInMemory,
      messagesInMemory: config.maxTransferCountOnMessageInMemory,
      bytesOnDisk: config.maxTransferBytesOnMessageInDisk,
      messagesOnDisk: config.maxTransferCountOnMessageInDisk,
    },
  };
}

/** Topics that must be there; those that are stay as an operator has set them. */
function addPredefined(topics: Topics, config: BrokerConfig): void {
  const missing = predefinedTopics(config).filter(({ topicName }) => !topics.find(topicName));
  topics.putAll(missing);
}

/** Four or sixteen bytes of address, four of port. */
function addressBytes({ address, port }: { address: Buffer; port: number }): Buffer {
  const bytes = Buffer.alloc(address.length + 4);
  address.copy(bytes);
  bytes.writeInt32BE(port, address.length);
  return bytes;
}

/** What the broker adds to every message. */
function extraProperties({ regionId, traceOn, brokerClusterName }: BrokerConfig): Buffer {
  const added = { MSG_REGION: regionId, TRACE_ON: String(traceOn), CLUSTER: brokerClusterName };
  const texts = Object.entries(added).map(([name, value]) => `${name}\u0001${value}\u0002`);
  return Buffer.from(texts.join(''));
}

function sizesOf(metrics: BrokerMeter, { name }: Topic): HistogramSeries {
  return metrics.rocketmq_message_size.labelled({
    topic: name,
    message_type: 'normal',
    is_system: String(isSystemTopic(name)),
  });
}

/** Every total that rates are made of. */
function* totals(
  { brokerClusterName }: BrokerConfig,
  counted: { readonly topics: Topics; readonly sent: SendCounts; readonly delivered: PullCounts },
): Generator<Total> {
  const { topics, sent, delivered } = counted;
  yield { name: 'BROKER_PUT_NUMS', key: brokerClusterName, value: sent.messages };
  yield { name: 'BROKER_GET_NUMS', key: brokerClusterName, value: delivered.messages };
  yield { name: 'BROKER_FOUND', key: brokerClusterName, value: delivered.found };
  yield { name: 'BROKER_MISSED', key: brokerClusterName, value: delivered.missed };
  const pulls = delivered.found + delivered.missed;
  yield { name: 'BROKER_PULLS', key: brokerClusterName, value: pulls };
  for (const { name, messagesIn, bytesIn } of topics.all()) {
    if (messagesIn === 0) continue;
    yield { name: 'TOPIC_PUT_NUMS', key: name, value: messagesIn };
    yield { name: 'TOPIC_PUT_SIZE', key: name, value: bytesIn };
  }
  for (const { topic, group, messages, bytes } of delivered.all()) {
    yield { name: 'GROUP_GET_NUMS', key: `${topic}@${group}`, value: messages };
    yield { name: 'GROUP_GET_SIZE', key: `${topic}@${group}`, value: bytes };
  }
}
