/**
 * A name server: the one place where brokers say that they are there and clients ask where. Several
 * run side by side and know nothing of each other; each has heard it all from the brokers.
 */
import { MetricsRegistry } from '../metrics/mod.ts';
import { nameServerRequests } from '../protocol/mod.ts';
import { dispatcher, RemotingClient, RemotingServer, timeRequests } from '../remoting/mod.ts';
import { type Address, formatAddress, type Runtime } from '../runtime/mod.ts';
import { brokerHandlers } from './broker-handlers.ts';
import type { NameServerConfig } from './config.ts';
import { configHandlers } from './config-handlers.ts';
import { KvConfig } from './kv-config.ts';
import { type Liveness, watchLiveness } from './liveness.ts';
import { notifyMembers } from './member-notice.ts';
import { type NameServerMeter, nameServerMeter, observe } from './metrics.ts';
import type { NameServerParts } from './parts.ts';
import { isReady, routeHandlers } from './route-handlers.ts';
import { type MinIdChange, Routes } from './routes.ts';
import { Unregistrations } from './unregistrations.ts';

/** For telling members of a group: who cannot be reached so soon is not waited for. */
const NOTICE_TIMEOUT_MS = 300;

export interface NameServerOptions {
  /** The properties file it is started from: settings changed by request are written to it. */
  readonly configFile?: string | undefined;
  /** Metrics go here; a registry of its own when absent. */
  readonly registry?: MetricsRegistry;
}

export interface NameServer extends AsyncDisposable {
  /** Where it listens, with the real port. */
  readonly address: Address;
  readonly registry: MetricsRegistry;
  /** Whether it answers routes. */
  ready(): boolean;
  close(): Promise<void>;
}

/** Resolves once it listens; rejects with a `NetworkError` or when its files cannot be read. */
export async function startNameServer(
  runtime: Runtime,
  config: NameServerConfig,
  { configFile, registry = new MetricsRegistry() }: NameServerOptions = {},
): Promise<NameServer> {
  const client = new RemotingClient(runtime, { connectTimeoutMs: NOTICE_TIMEOUT_MS });
  const parts = assemble(runtime, config, client, configFile);
  const meter = nameServerMeter(registry);
  const liveness = watchLiveness(parts, (count) => {
    meter.gantry_nameserver_brokers_expired_total.labelled().add(count);
  });
  const close = async (): Promise<void> => {
    liveness.stop();
    await client.close();
  };
  const server = await listen(runtime, parts, liveness, meter).catch(async (error: unknown) => {
    await close();
    throw error;
  });
  observe(meter, parts.routes, server);
  const { address } = server;
  runtime.log.info('Name server started', { address: formatAddress(address) });
  let closing: Promise<void> | undefined;
  const stop = (): Promise<void> => (closing ??= server.close().then(close));
  return {
    address,
    registry,
    ready: () => closing === undefined && isReady(parts),
    close: stop,
    [Symbol.asyncDispose]: stop,
  };
}

function assemble(
  { clock, disk, log }: Runtime,
  config: NameServerConfig,
  client: RemotingClient,
  configFile: string | undefined,
): NameServerParts {
  const routes = new Routes(config);
  const onMinIdChange = (change: MinIdChange): void => {
    if (config.notifyMinBrokerIdChanged) notifyMembers(client, change);
  };
  const capacity = config.unRegisterBrokerQueueCapacity;
  return {
    clock,
    disk,
    log,
    config,
    routes,
    kv: KvConfig.open(disk, config.kvConfigPath),
    unregistrations: new Unregistrations(clock, routes, capacity, onMinIdChange),
    onMinIdChange,
    startMs: clock.monotonicMs(),
    configFile,
  };
}

function listen(
  runtime: Runtime,
  parts: NameServerParts,
  liveness: Liveness,
  meter: NameServerMeter,
): Promise<RemotingServer> {
  const { bindAddress, listenPort, serverChannelMaxIdleTimeSeconds } = parts.config;
  const handlers = {
    ...brokerHandlers(parts),
    ...routeHandlers(parts),
    ...configHandlers(parts),
  };
  const options = {
    address: { host: bindAddress, port: listenPort },
    idleMs: serverChannelMaxIdleTimeSeconds * 1000,
  };
  return RemotingServer.listen(runtime, options, {
    dispatcher: dispatcher(runtime, nameServerRequests, handlers, { onDone: timeRequests(meter) }),
    onClosed: (connection) => liveness.onClosed(connection),
  });
}
