/**
 * Keeps the pods of one local cluster: makes what runs agree with what is asked for, and remembers
 * on disk what runs, so that nothing outlives the cluster if the supervisor itself is killed.
 *
 * Changes are made one at a time, in the order they were asked for; a kill does not wait.
 */
import { formatAddress } from '../../runtime/mod.ts';
import { CommandError } from '../command-error.ts';
import { hint } from '../hint.ts';
import type { LocalProcess } from './local-process.ts';
import type { Machine } from './machine.ts';
import type { ClusterStatus, PodLine } from './messages.ts';
import { type PodPlan, planPods } from './pod-plan.ts';
import { howEnded, PodProcess, type PodStatus } from './pod-process.ts';
import type { ProcessIdentity } from './process-identity.ts';
import type { Desired, StateFolder } from './state-folder.ts';

export interface SupervisorOptions {
  readonly folder: StateFolder;
  readonly machine: Machine;
  readonly identity: ProcessIdentity;
  readonly version: string;
}

export type Watcher = (status: PodStatus) => void;

export class Supervisor {
  readonly #options: SupervisorOptions;
  readonly #pods = new Map<string, PodProcess>();
  readonly #watchers = new Set<Watcher>();
  #desired: Desired;
  #last: Promise<unknown> = Promise.resolve();

  constructor(options: SupervisorOptions) {
    this.#options = options;
    const { cluster } = options.folder;
    this.#desired = { cluster, networks: {}, nameServers: [], processes: [] };
    this.#remember();
  }

  /** Tells every change of a pod until the answer is called. */
  watch(watcher: Watcher): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  /**
   * Rejects at the first pod that cannot come up while others are still to be changed: they keep
   * what they had, so that a configuration no pod can start with takes down one and not all. Asked
   * again, it goes on when that pod is ready, is stopped on purpose or gets another configuration.
   */
  apply(desired: Desired): Promise<void> {
    return this.#inTurn(async () => {
      this.#desired = desired;
      const present = [...this.#pods.values()].map(({ spec }) => spec);
      const plan = planPods(desired.processes, present);
      await this.#remove(plan.remove);
      for (const process of plan.start) this.#add(process);
      await this.#replace(plan);
    });
  }

  /** Resolves when every pod that is not stopped on purpose is ready, or nobody waits any more. */
  async allReady(signal?: AbortSignal): Promise<void> {
    const isReady = (): boolean =>
      [...this.#pods.values()].every((pod) => {
        return ['ready', 'stopping', 'stopped'].includes(pod.status().state);
      });
    await this.#until(isReady, signal);
  }

  stop(name: string): Promise<void> {
    return this.#inTurn(() => this.#requirePod(name).stop());
  }

  /** Resolves when it is ready; rejects when it ends instead. */
  async start(name: string, signal?: AbortSignal): Promise<void> {
    // Looked up in its turn: what waited before it may have removed the pod.
    const pod = await this.#inTurn(() => {
      const found = this.#requirePod(name);
      found.start();
      return Promise.resolve(found);
    });
    await this.#waitUntilSettled(pod, signal);
    this.#refuseWaiting(pod);
  }

  kill(name: string): void {
    const pod = this.#requirePod(name);
    const { state } = pod.status();
    if (state === 'stopped' || state === 'waiting') {
      const message = `Pod ${name} has no process: it is ${state}; try \`${this.#hint(`start ${name}`)}\``;
      throw new CommandError('NotFound', message);
    }
    pod.kill();
  }

  /** Stops everything, brokers before the name servers that they tell. */
  down(): Promise<void> {
    return this.#inTurn(async () => {
      const names = (role: (one: string) => boolean): string[] =>
        [...this.#pods.values()].filter(({ spec }) => role(spec.role)).map(({ spec }) => spec.pod);
      await this.#remove(names((role) => role !== 'nameserver'));
      await this.#remove(names((role) => role === 'nameserver'));
    });
  }

  status(): ClusterStatus {
    const { identity, version } = this.#options;
    return {
      ...statusOf(this.#desired, version, (pod) => this.#pods.get(pod)?.status()),
      supervisor: identity.pid,
    };
  }

  #add(process: LocalProcess): void {
    const pod = new PodProcess(process, this.#options.machine, (status) => {
      this.#remember();
      for (const watch of this.#watchers) watch(status);
    });
    this.#pods.set(process.pod, pod);
    pod.start();
  }

  /** One after another: the next one's turn comes when all that have their spec are up. */
  async #replace({ keep, replace }: PodPlan): Promise<void> {
    const left = replace.map(({ pod }) => pod);
    if (left.length === 0) return;
    for (const name of keep) await this.#requireUp(name, left);
    for (const process of replace) {
      await this.#requirePod(process.pod).replace(process);
      left.shift();
      await this.#requireUp(process.pod, left);
    }
  }

  /** `left` are those that have to wait for it. */
  async #requireUp(name: string, left: readonly string[]): Promise<void> {
    const pod = this.#requirePod(name);
    if (pod.status().state === 'starting') await this.#waitUntilSettled(pod);
    if (left.length === 0) return;
    this.#refuseWaiting(pod, `; not changed before it is ready: ${left.join(', ')}`);
  }

  #refuseWaiting(pod: PodProcess, rest = ''): void {
    const status = pod.status();
    if (status.state !== 'waiting') return;
    const logs = this.#hint(`logs ${status.pod}`);
    const message = `Pod ${status.pod} ended (${howEnded(status)}) and is tried again: see \`${logs}\`${rest}`;
    throw new CommandError('NotReady', message);
  }

  async #remove(names: readonly string[]): Promise<void> {
    const pods = names.flatMap((name) => this.#pods.get(name) ?? []);
    await Promise.all(pods.map((pod) => pod.stop()));
    for (const name of names) this.#pods.delete(name);
    this.#remember();
  }

  #waitUntilSettled(pod: PodProcess, signal?: AbortSignal): Promise<void> {
    const isSettled = (): boolean => ['ready', 'waiting', 'stopped'].includes(pod.status().state);
    return this.#until(isSettled, signal);
  }

  #until(condition: () => boolean, signal?: AbortSignal): Promise<void> {
    if (condition() || signal?.aborted === true) return Promise.resolve();
    return new Promise((resolve) => {
      const end = (): void => {
        unwatch();
        resolve();
      };
      const unwatch = this.watch(() => {
        if (condition()) end();
      });
      signal?.addEventListener('abort', end, { once: true });
    });
  }

  #remember(): void {
    const { folder, identity } = this.#options;
    const pods = [...this.#pods.values()].flatMap((pod) => {
      const { process } = pod.status();
      return process === undefined
        ? []
        : [[pod.spec.pod, { ...process, graceMs: pod.spec.graceMs }]];
    });
    folder.keepRunning({ supervisor: identity, pods: Object.fromEntries(pods) });
  }

  #hint(command: string): string {
    const { cluster, root } = this.#options.folder;
    return hint(command, { name: cluster, state: root });
  }

  #requirePod(name: string): PodProcess {
    const pod = this.#pods.get(name);
    if (pod !== undefined) return pod;
    const known = [...this.#pods.keys()].join(', ');
    throw new CommandError('NotFound', `There is no pod "${name}": there is ${known}`);
  }

  #inTurn<T>(change: () => Promise<T>): Promise<T> {
    const done = this.#last.then(change);
    this.#last = done.then(
      () => undefined,
      () => undefined,
    );
    return done;
  }
}

/** What is asked for beside what is there; without a supervisor nothing is. */
export function statusOf(
  { cluster, nameServers, processes }: Desired,
  version: string,
  find: (pod: string) => PodStatus | undefined,
): ClusterStatus {
  const pods = processes.map(({ pod, role, host, port, dataFolder, probes }): PodLine => {
    const status = find(pod);
    return {
      name: pod,
      role,
      pid: status?.process?.pid ?? null,
      address: formatAddress({ host, port }),
      ready: status?.state === 'ready',
      state: status?.state ?? 'stopped',
      restarts: status?.restarts ?? 0,
      dataFolder,
      management: formatAddress(probes.readiness),
      why: status?.state === 'waiting' ? waitingWhy(status) : null,
    };
  });
  return { cluster, version, nameServers, supervisor: null, pods };
}

function waitingWhy(status: PodStatus): string {
  const { delayMs } = status;
  const next = delayMs === 0 ? 'now' : `${Math.round(delayMs / 1000)} s after that`;
  return `it ended (${howEnded(status)}) and is started again ${next}`;
}
