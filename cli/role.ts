/**
 * One role in the foreground, from RocketMQ's own file: `gantry broker -c broker.conf key=value`.
 * It says when it is ready, serves its health and metrics, and stops cleanly when asked to.
 */
import { readFileSync } from 'node:fs';
import { flushCompileCache } from 'node:module';
import { homedir, hostname, networkInterfaces } from 'node:os';
import type { ConfigOf, Host, Loaded, Options, Schema } from '../config/mod.ts';
import { loadConfig } from '../config/mod.ts';
import { type MetricsRegistry, serveManagement } from '../metrics/mod.ts';
import type { Address, Runtime } from '../runtime/mod.ts';
import { formatAddress } from '../runtime/mod.ts';
import { nodeRuntime } from '../runtime/node/mod.ts';
import { CommandError } from './command-error.ts';
import { exitCodes } from './exit-codes.ts';
import { exitNameOf } from './failure.ts';
import { ownAddress } from './own-address.ts';
import { leaveSignals } from './starting-signals.ts';

/** What `startBroker`, `startNameServer` and `startOperator` give. */
export interface RunningRole {
  /** Where it listens, with the real port. */
  readonly address: Address;
  /** Whether it serves. */
  ready(): boolean;
  readonly registry: MetricsRegistry;
  /** Rejects when the role has to end though nobody told it to; never, when absent. */
  readonly ended?: Promise<void>;
  close(): Promise<void>;
}

/** Options that every role has. */
export interface RoleConfig {
  readonly managementAddress: string;
  readonly managementPort: number;
  readonly metricsExporterType: 'DISABLE' | 'PROM';
  readonly metricsPromExporterHost: string;
  readonly metricsPromExporterPort: number;
}

export interface RoleDefinition<T extends Options> {
  readonly schema: Schema<T>;
  readonly start: (
    runtime: Runtime,
    config: ConfigOf<T>,
    options: { readonly configFile?: string | undefined },
  ) => Promise<RunningRole>;
  /** The role listens on nothing but its management port, and serves that itself. */
  readonly managesItself?: boolean;
}

export interface RoleArguments {
  readonly file?: string | undefined;
  readonly assignments: readonly string[];
}

/** Loads what was configured, starts the role and stays until it is told to stop. */
export async function runRole<T extends Options>(
  { schema, start, managesItself = false }: RoleDefinition<T>,
  options: RoleArguments,
): Promise<void> {
  const { config, notes } = configuration(schema, options);
  const runtime = nodeRuntime();
  const log = runtime.log.with({ role: schema.role });
  endOnBugs(runtime);
  for (const { sentence, facts } of notes) log.info(sentence, facts);

  const role = await start(runtime, config, { configFile: options.file });
  const common = config as unknown as RoleConfig;
  const management = managesItself
    ? undefined
    : await manage(role, common).catch(async (error: unknown) => {
        await role.close();
        throw error;
      });
  const stop = async (signal: NodeJS.Signals): Promise<void> => {
    log.info('Stopping', { signal });
    await management?.close();
    await role.close();
    log.info('Stopped');
    process.exit(exitCodes.Done.code);
  };
  onSignals(stop, runtime);
  role.ended?.catch((error: unknown) => {
    log.error('Ended, to be started again', { error });
    process.exit(exitCodes.Failed.code);
  });
  sayWhenReady(role, runtime, {
    role: schema.role,
    ...(management && { address: formatAddress(role.address) }),
    management: formatAddress((management ?? role).address),
  });
}

function configuration<T extends Options>(
  schema: Schema<T>,
  { file, assignments }: RoleArguments,
): Loaded<T> {
  return loadConfig(schema, {
    file: file === undefined ? undefined : { name: file, text: readText(file) },
    assignments,
    host: thisHost(),
  });
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const why = code === 'ENOENT' ? 'there is no such file' : message;
    throw new CommandError('NotFound', `Cannot read ${file}: ${why}`, { cause: error });
  }
}

function thisHost(): Host {
  return {
    name: hostname(),
    address: ownAddress(networkInterfaces()),
    homeFolder: homedir(),
    environment: process.env,
  };
}

function manage(role: RunningRole, config: RoleConfig) {
  return serveManagement({
    address: { host: config.managementAddress, port: config.managementPort },
    exporterAddress:
      config.metricsExporterType === 'PROM'
        ? { host: config.metricsPromExporterHost, port: config.metricsPromExporterPort }
        : undefined,
    // A process that answers at all is alive: a bug has ended it, a stuck loop does not answer.
    live: () => [],
    ready: () => (role.ready() ? [] : ['it has started and does not serve yet']),
    registry: role.registry,
  });
}

const READY_LOOK_MS = 5;
const CACHE_FLUSH_MS = 2_000;

function sayWhenReady(
  role: RunningRole,
  { clock, log }: Runtime,
  facts: Readonly<Record<string, unknown>>,
): void {
  const look = (): void => {
    if (!role.ready()) {
      clock.after(READY_LOOK_MS, look);
      return;
    }
    log.info('Ready', { ...facts, pid: process.pid, ms: Math.round(process.uptime() * 1000) });
    // A role ends by a signal more often than not, and Node writes its compile cache at the end.
    clock.after(CACHE_FLUSH_MS, () => {
      flushCompileCache();
    });
  };
  look();
}

function onSignals(stop: (signal: NodeJS.Signals) => Promise<void>, { log }: Runtime): void {
  leaveSignals();
  let isStopping = false;
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      if (isStopping) {
        log.warn('Stopped at once, at the second signal', { signal });
        process.exit(exitCodes.Failed.code);
      }
      isStopping = true;
      void stop(signal);
    });
  }
}

/** A bug ends the process; Kubernetes, the supervisor and the replicas are built for that. */
function endOnBugs({ log }: Runtime): void {
  const end = (error: unknown): void => {
    log.error('Ended by an error that nobody expected', { error });
    process.exit(exitCodes[exitNameOf(error) === 'Bug' ? 'Bug' : 'Failed'].code);
  };
  process.on('uncaughtException', end);
  process.on('unhandledRejection', end);
}
