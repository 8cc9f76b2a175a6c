/**
 * The state of a broker: tables, store and what sits on them, put together but not yet running.
 * Only this file and `main.ts` see all of it; each part is given what it needs.
 */
import { type HistogramSeries, type MetricsRegistry, meter } from '../metrics/mod.ts';
import { isSystemTopic, parseIp } from '../protocol/mod.ts';
import type { Address, Runtime } from '../runtime/mod.ts';
import { MessageStore } from '../store/mod.ts';
import { Statistics } from './admin/statistics.ts';
import { totals } from './admin/totals.ts';
import type { BrokerConfig } from './config.ts';
import { Consumers } from './groups/consumers.ts';
import { MemberNotices } from './groups/member-notices.ts';
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
import { storeOptions } from './store-options.ts';
import { predefinedTopics } from './topics/predefined.ts';
import type { Topic } from './topics/topic.ts';
import { Topics } from './topics/topics.ts';

export type BrokerParts = Awaited<ReturnType<typeof openParts>>;

export interface PartsOptions {
  readonly registry: MetricsRegistry;
  /** Asks for the end of this turn. */
  readonly schedule: () => void;
}

/** Opens the store and loads what was saved. */
export async function openParts(runtime: Runtime, config: BrokerConfig, options: PartsOptions) {
  const storeHost = { address: parseIp(config.storeHostAddress), port: config.listenPort };
  const store = await MessageStore.open(runtime, storeOptions(config, storeHost));
  try {
    const tables = openTables(runtime, config, store, options.schedule);
    const parts = {
      ...tables,
      ...sendingParts(runtime, config, store, options),
      ...clientParts(runtime, config, tables),
      runtime,
      clock: runtime.clock,
      random: runtime.random,
      config,
      store,
      registry: options.registry,
      address: { host: config.brokerIP1, port: config.listenPort } satisfies Address,
      bootMs: runtime.clock.wallMs(),
    };
    return { ...parts, statistics: new Statistics(runtime.clock, () => totals(parts)) };
  } catch (error) {
    await store.close();
    throw error;
  }
}

/** What is kept in the store's metadata files. */
function openTables(
  runtime: Runtime,
  config: BrokerConfig,
  store: MessageStore,
  schedule: () => void,
) {
  const wallMs = (): number => runtime.clock.wallMs();
  const topics = new Topics(wallMs, store);
  const groups = new SubscriptionGroups(wallMs, () => config.autoCreateSubscriptionGroup);
  const offsets = new ConsumerOffsets(wallMs);
  const tables = { topics, groups, offsets };
  const metadata = new Metadata(
    { runtime, folder: `${config.storePathRootDir}/config`, schedule },
    tables,
  );
  metadata.load();
  // Those that are there stay as an operator has set them.
  const missing = predefinedTopics(config).filter(({ topicName }) => !topics.find(topicName));
  topics.putAll(missing, 'soon');
  return { ...tables, metadata };
}

function sendingParts(
  { clock, random }: Runtime,
  config: BrokerConfig,
  store: MessageStore,
  { registry, schedule }: PartsOptions,
) {
  const metrics: BrokerMeter = registry.add(meter(brokerMetrics));
  const address = parseIp(config.storeHostAddress);
  const answer = new SendAnswer({
    storeHost: hostBytes(address, config.listenPort),
    region: config.regionId,
    traceOn: config.traceOn,
  });
  const sent = new SendCounts((topic) => sizesOf(metrics, topic));
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
    metrics,
    answer,
    sent,
    intake,
    admission: new Admission(clock, config.startAcceptSendRequestTimeStamp),
    bornHosts: new BornHosts(),
    uniqueKeys: new UniqueKeys({ clock, random }, address.subarray(-4)),
    extraProperties: extraProperties(config),
  };
}

/** Clients, their waiting pulls, and what was delivered to them. */
function clientParts(
  { clock }: Runtime,
  config: BrokerConfig,
  { groups }: { readonly groups: SubscriptionGroups },
) {
  const notices = new MemberNotices({ clock, config, groups });
  return {
    consumers: new Consumers((group) => notices.changed(group)),
    producers: new Producers(),
    locks: new QueueLocks(clock),
    polling: new LongPolling(clock, config.heldPullsMax),
    delivered: new PullCounts(),
  };
}

/** Four or sixteen bytes of address, four of port. */
function hostBytes(address: Buffer, port: number): Buffer {
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
