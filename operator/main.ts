/**
 * The operator: makes of manifests clusters, and keeps them what the manifests say. Composition
 * root: the one file of this folder that knows the real world.
 */
import { homedir, hostname } from 'node:os';
import { type Management, MetricsRegistry, serveManagement } from '../metrics/mod.ts';
import { type Address, formatAddress, type Runtime, uuid } from '../runtime/mod.ts';
import { liveAccess } from './access/mod.ts';
import { brokerSetReconciler } from './brokerset/reconciler.ts';
import { clusterReconciler } from './cluster/reconciler.ts';
import type { KeyTable } from './config/key-table.ts';
import { consumerGroupReconciler } from './consumergroup/reconciler.ts';
import { ApiServer } from './kube/api-server.ts';
import { loadCredentials } from './kube/credentials.ts';
import { findLabelSelector } from './kube/label-selector.ts';
import type { LeaseOptions } from './kube/leader-election.ts';
import type { Reconciler } from './kube/mod.ts';
import { Reconcilers } from './kube/reconcilers.ts';
import { httpTransport, type Transport } from './kube/transport.ts';
import { laterReconcilers } from './later/reconciler.ts';
import { type OperatorMeter, operatorMeter } from './metrics.ts';
import { nameServerReconciler } from './nameserver/reconciler.ts';
import type { OperatorConfig } from './options.ts';
import { topicReconciler } from './topic/reconciler.ts';

export interface RoleKeys {
  readonly broker: KeyTable;
  readonly nameServer: KeyTable;
}

export interface OperatorOptions {
  /** Of this operator: what a component runs that names no version. */
  readonly version: string;
  /** What the keys of each role's file mean, from its own table of options. */
  readonly keys: RoleKeys;
  /** Metrics go here; a registry of its own when absent. */
  readonly registry?: MetricsRegistry;
}

export interface Operator extends AsyncDisposable {
  /** Of the management port, with the real port. */
  readonly address: Address;
  readonly registry: MetricsRegistry;
  /** Rejects when the process may not act any more and has to end: the lease was lost. */
  readonly ended: Promise<void>;
  /** Whether it has seen everything there is. It acts when it leads besides. */
  ready(): boolean;
  /** Lets reconciles end and gives the lease back. */
  close(): Promise<void>;
}

/** Resolves once it serves its management port; it works, or waits to lead, from then on. */
export async function startOperator(
  runtime: Runtime,
  config: OperatorConfig,
  { version, keys, registry = new MetricsRegistry() }: OperatorOptions,
): Promise<Operator> {
  const { clock, random, log } = runtime;
  const meter = operatorMeter(registry);
  const { credentials, namespace } = await loadCredentials(config.kubeconfig, {
    clock,
    environment: process.env,
    homeFolder: homedir(),
  });
  const identity = `${hostname()}_${uuid(random)}`;
  const transport = httpTransport(credentials, clock, `gantry-operator/${version}`);
  const access = liveAccess(runtime);
  const reconcilers = new Reconcilers(
    { clock, random, log },
    countedServer(runtime, transport, meter),
    {
      reconcilers: allReconcilers(keys, config.imageRepository),
      namespaces: config.namespaces === '' ? [] : config.namespaces.split(','),
      selector: findLabelSelector(config.selector) ?? (() => false),
      concurrency: config.concurrency,
      lease: leaseOf(config, namespace, identity),
      identity,
      access,
      version,
    },
    meter,
  );
  const management = await serve(config, reconcilers, registry);
  reconcilers.start();
  const { address } = management;
  log.info('Operator started', { version, identity, management: formatAddress(address) });
  let closing: Promise<void> | undefined;
  const stop = async (): Promise<void> => {
    await reconcilers.close();
    await access[Symbol.asyncDispose]();
    transport.close();
    await management.close();
  };
  const close = (): Promise<void> => (closing ??= stop());
  return {
    address,
    registry,
    ended: reconcilers.ended,
    ready: () => reconcilers.ready().length === 0,
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** Every kind's. */
function allReconcilers(keys: RoleKeys, images: string): readonly Reconciler[] {
  return [
    clusterReconciler(),
    nameServerReconciler(keys.nameServer, images),
    brokerSetReconciler(keys.broker, images),
    topicReconciler(),
    consumerGroupReconciler(),
    ...laterReconcilers(),
  ] as Reconciler[];
}

function leaseOf(
  { leaderElection, leaseName, leaseNamespace }: OperatorConfig,
  ownNamespace: string,
  identity: string,
): LeaseOptions | undefined {
  if (!leaderElection) return undefined;
  const namespace = leaseNamespace === '' ? ownNamespace : leaseNamespace;
  return { name: leaseName, namespace, identity };
}

function countedServer(runtime: Runtime, transport: Transport, meter: OperatorMeter): ApiServer {
  return new ApiServer(runtime, transport, (method, status, durationMs) => {
    meter.gantry_operator_api_request_duration_seconds
      .labelled({ method, code: String(status) })
      .observe(durationMs / 1000);
  });
}

function serve(
  config: OperatorConfig,
  reconcilers: Reconcilers,
  registry: MetricsRegistry,
): Promise<Management> {
  return serveManagement({
    address: { host: config.managementAddress, port: config.managementPort },
    live: () => reconcilers.live(),
    ready: () => reconcilers.ready(),
    registry,
  });
}
