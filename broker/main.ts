/**
 * A broker: takes messages, keeps them, hands them out. The composition root: the one file of this
 * folder that knows how its parts go together, start and stop.
 *
 * One turn of the event loop: all input is handled, messages are staged; then the log is written
 * once, changed metadata is saved, answers are made of what is safe and leave; then, while senders
 * make their next messages, queues and index take in what came, and consumers are woken.
 */
import { MetricsRegistry, parseLabels } from '../metrics/mod.ts';
import { brokerRequests, loadNativeCrc32 } from '../protocol/mod.ts';
import {
  dispatcher,
  type FastHandler,
  type Handlers,
  RemotingServer,
  timeRequests,
} from '../remoting/mod.ts';
import { type Address, formatAddress, type Runtime, sleep } from '../runtime/mod.ts';
import { operationHandlers } from './admin/operation-handlers.ts';
import { brokerState } from './admin/state.ts';
import { statsHandlers } from './admin/stats-handlers.ts';
import type { BrokerConfig } from './config.ts';
import { clientHandlers, disconnect, watchClients } from './groups/client-handlers.ts';
import { groupHandlers } from './groups/group-handlers.ts';
import { relayHandlers } from './groups/relay-handlers.ts';
import { observe } from './observe.ts';
import { offsetHandlers } from './offsets/offset-handlers.ts';
import { resetHandlers } from './offsets/reset-handlers.ts';
import { type BrokerParts, openParts } from './parts.ts';
import { lookupHandlers } from './pulling/lookup-handlers.ts';
import { pullHandlers } from './pulling/pull.ts';
import { Registration } from './registration/registration.ts';
import { fastSend } from './sending/fast-send.ts';
import { replyHandlers } from './sending/reply.ts';
import { sendHandlers } from './sending/send.ts';
import { unavailableHandlers } from './sending/unavailable.ts';
import { topicHandlers } from './topics/topic-handlers.ts';

export interface BrokerOptions {
  /** The properties file it is started from: settings changed by request are written to it. */
  readonly configFile?: string | undefined;
}

export interface Broker extends AsyncDisposable {
  /** Where it listens. */
  readonly address: Address;
  readonly registry: MetricsRegistry;
  /** The names of the requests it knows. */
  readonly requests: { readonly served: readonly string[]; readonly refused: readonly string[] };
  /** Whether it serves, and clients can find it. */
  ready(): boolean;
  close(): Promise<void>;
}

/** The second port has no pulls, so that sends never queue behind them. */
const FAST_PORT_BELOW = 2;
const ANSWERS_WAIT_MS = 1000;
const ANSWERS_LOOK_MS = 2;

/**
 * Resolves once it listens; rejects with a `StoreError`, a `NetworkError` or a `DiskError`. Name
 * servers hear of it right after: `ready` tells when.
 */
export async function startBroker(
  runtime: Runtime,
  config: BrokerConfig,
  { configFile }: BrokerOptions = {},
): Promise<Broker> {
  const registry = new MetricsRegistry({
    cluster: config.brokerClusterName,
    node_type: 'broker',
    node_id: config.brokerName,
    ...parseLabels(config.metricsLabel),
  });
  const checksums = loadNativeCrc32();
  let schedule = (): void => undefined;
  const parts = await openParts(runtime, config, { registry, schedule: () => schedule() });
  watchStore(parts, () => schedule());
  const registration = new Registration(parts);
  const handlers = handlersOf(parts, registration, configFile);
  let server: RemotingServer;
  try {
    server = await listen(parts, handlers);
  } catch (error) {
    await parts.store.close();
    throw error;
  }
  schedule = () => server.schedule();
  // What came in before may have been synced meanwhile.
  schedule();
  const timers = start(parts, registration, server);
  const { address } = server;
  runtime.log.info('Broker started', {
    address: formatAddress(address),
    broker: config.brokerName,
    store: config.storePathRootDir,
    checksums,
  });
  let closing: Promise<void> | undefined;
  const stop = (): Promise<void> => (closing ??= close(parts, registration, server, timers));
  return {
    address,
    registry,
    requests: requestsOf(handlers),
    ready: () => closing === undefined && registration.isKnown,
    close: stop,
    [Symbol.asyncDispose]: stop,
  };
}

async function listen(parts: BrokerParts, handlers: BrokerHandlers): Promise<RemotingServer> {
  const { runtime, config, metrics } = parts;
  const { bindAddress: host, listenPort: port } = config;
  const fast = new Map<number, FastHandler>([
    [brokerRequests.SEND_MESSAGE_V2.code, fastSend(parts)],
  ]);
  const server = await RemotingServer.listen(
    runtime,
    { address: { host, port }, idleMs: config.serverChannelMaxIdleTimeSeconds * 1000 },
    {
      dispatcher: dispatcher(runtime, brokerRequests, handlers, { onDone: timeRequests(metrics) }),
      fast,
      beforeAnswers: () => makeSafe(parts),
      afterAnswers: () => parts.store.commit(),
      onClosed: (connection) => disconnect(parts, connection),
    },
  );
  try {
    await server.alsoListen({
      address: { host, port: port - FAST_PORT_BELOW },
      codes: fastCodes(),
    });
  } catch (error) {
    await server.close();
    throw error;
  }
  return server;
}

/** What answers speak of is written before they leave. */
function makeSafe({ store, metadata, intake }: BrokerParts): void {
  store.write();
  metadata.settle();
  intake.release(store.writtenEnd, store.flushedEnd);
}

/** Before the first request can come: what it stores must not be lost unnoticed. */
function watchStore({ store, polling, intake }: BrokerParts, schedule: () => void): void {
  let { flushedEnd } = store;
  store.observe({
    onArrival: (queue) => polling.onArrival(queue),
    onWatermark: () => {
      // What was written is dealt with in the turn that writes it; only syncs come in between.
      if (store.flushedEnd === flushedEnd) return;
      flushedEnd = store.flushedEnd;
      schedule();
    },
    onLost: (from) => intake.refuse(from),
  });
}

function start(parts: BrokerParts, registration: Registration, server: RemotingServer): Timers {
  const { metadata, statistics, config } = parts;
  metadata.settle();
  metadata.start(config.flushConsumerOffsetInterval);
  statistics.start();
  registration.start();
  observe(parts, server);
  return { clients: watchClients(parts) };
}

interface Timers {
  readonly clients: { cancel(): void };
}

/** A fast path of what recovery would do: whoever is killed here loses nothing. */
async function close(
  parts: BrokerParts,
  registration: Registration,
  server: RemotingServer,
  timers: Timers,
): Promise<void> {
  const { admission, clock, polling, intake, metadata, statistics, store, runtime } = parts;
  admission.stop();
  timers.clients.cancel();
  statistics.stop();
  polling.giveUpAll();
  // First out of the routes, so that clients go elsewhere.
  await registration.stop();
  // Those whose messages are stored hear of it, as soon as the disk has them.
  const untilMs = clock.monotonicMs() + ANSWERS_WAIT_MS;
  while (intake.waiting > 0 && clock.monotonicMs() < untilMs) await sleep(clock, ANSWERS_LOOK_MS);
  intake.stop();
  await server.close();
  metadata.stop();
  await store.close();
  runtime.log.info('Broker stopped');
}

type BrokerHandlers = Partial<Handlers<typeof brokerRequests>>;

function requestsOf(handlers: BrokerHandlers): Broker['requests'] {
  const refused = Object.keys(unavailableHandlers());
  const served = Object.keys(handlers).filter((name) => !refused.includes(name));
  return { served, refused };
}

function handlersOf(
  parts: BrokerParts,
  registration: Registration,
  configFile: string | undefined,
): BrokerHandlers {
  const { config, topics, offsets, store, delivered, runtime } = parts;
  const address = formatAddress(parts.address);
  const wallMs = (): number => runtime.clock.wallMs();
  return {
    ...sendHandlers(parts),
    ...replyHandlers({ ...parts, address }),
    ...unavailableHandlers(),
    ...pullHandlers({
      ...parts,
      counts: delivered,
      logFileBytes: config.mappedFileSizeCommitLog,
    }),
    ...lookupHandlers(parts),
    ...clientHandlers(parts),
    ...offsetHandlers(parts),
    ...resetHandlers(parts),
    ...relayHandlers(parts),
    ...topicHandlers({
      ...parts,
      forgetTopic: ({ name }) => {
        store.removeTopic(name);
        offsets.forgetTopic(name);
        delivered.forgetTopic(name);
      },
    }),
    ...groupHandlers({
      ...parts,
      address,
      wallMs,
      forgetGroup: (group) => delivered.forgetGroup(group),
    }),
    ...statsHandlers({ ...parts, address, wallMs }),
    ...operationHandlers({
      ...parts,
      configFile,
      state: () => brokerState(parts),
      onConfigChanged: (names) => followSettings(parts, registration, names),
      removeUnusedTopics: () => {
        for (const name of store.topicNames) if (!topics.find(name)) store.removeTopic(name);
      },
    }),
  };
}

/** Most settings are read when they are needed; these have somebody who must be told. */
function followSettings(
  { config, store, topics }: BrokerParts,
  registration: Registration,
  changed: readonly string[],
): void {
  if (changed.includes('maxMessageSize')) store.bodyBytesMax = config.maxMessageSize;
  if (changed.includes('namesrvAddr')) registration.follow(config.namesrvAddr);
  if (changed.includes('brokerPermission')) {
    topics.bumpVersion();
    registration.refresh();
  }
}

function fastCodes(): ReadonlySet<number> {
  const rows = Object.values(brokerRequests);
  return new Set(
    rows
      .filter(({ servedBy }) => (servedBy as readonly string[]).includes('fast'))
      .map(({ code }) => code),
  );
}
