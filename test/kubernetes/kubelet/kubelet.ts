/**
 * Plays a node for a Kubernetes that has none: its kubelet, its part of the scheduler and of the
 * storage provisioner. Pods are processes of this machine, run as `gantry up` runs them, each on a
 * loopback address of its own; volumes are folders.
 *
 * Every change of anything leads to one look at everything: what is missed is seen with the next.
 */
import { join } from 'node:path';
import type { Machine } from '../../../cli/local/machine.ts';
import { type KubeApi, KubeApiError, type KubeObject } from '../kube-api.ts';
import { containerProcess, type Surroundings, volumesOf } from './container.ts';
import { HEARTBEAT_MS, ignoring, NodeObject } from './node-object.ts';
import { podPath } from './paths.ts';
import { podAddress } from './pod-address.ts';
import { PodRunner } from './pod-runner.ts';
import { Provisioner, STORAGE_CLASS } from './provisioner.ts';
import { place } from './scheduling.ts';
import { Watched } from './watched.ts';

export interface KubeletOptions {
  readonly api: KubeApi;
  readonly node: string;
  /** Of all nodes of the cluster; each has a folder of its own in it. */
  readonly folder: string;
  /** Keeps the addresses of clusters apart. */
  readonly seed: string;
  /** Runs the processes of a namespace, whose folder it is given. */
  readonly machine: (folder: string) => Machine;
  readonly onError: (error: unknown) => void;
}

const watchedPaths = {
  pods: '/api/v1/pods',
  nodes: '/api/v1/nodes',
  configMaps: '/api/v1/configmaps',
  claims: '/api/v1/persistentvolumeclaims',
  volumes: '/api/v1/persistentvolumes',
  classes: '/apis/storage.k8s.io/v1/storageclasses',
} as const;

type WatchedName = keyof typeof watchedPaths;

const LOOK_PERIOD_MS = 1_000;

export class Kubelet {
  readonly #options: KubeletOptions;
  readonly #node: NodeObject;
  readonly #provisioner: Provisioner;
  readonly #watched: ReadonlyMap<WatchedName, Watched>;
  readonly #runners = new Map<string, PodRunner>();
  readonly #machines = new Map<string, Machine>();
  readonly #stop = new AbortController();
  readonly #timers: NodeJS.Timeout[] = [];
  #looking: Promise<void> | undefined;
  #isDirty = false;

  constructor(options: KubeletOptions) {
    const { api, node, folder } = options;
    this.#options = options;
    this.#node = new NodeObject(api, node);
    this.#provisioner = new Provisioner(api, node, join(folder, node, 'volumes'));
    this.#watched = new Map(
      Object.entries(watchedPaths).map(([name, path]) => {
        return [name as WatchedName, new Watched(api, path, () => this.#look())];
      }),
    );
  }

  async start(): Promise<void> {
    const { api } = this.#options;
    await ignoring(409, api.create('/apis/storage.k8s.io/v1/storageclasses', STORAGE_CLASS));
    await this.#node.register();
    await Promise.all(
      [...this.#watched.values()].map((watched) => watched.start(this.#stop.signal)),
    );
    this.#every(HEARTBEAT_MS, () => this.#node.beat());
    this.#every(LOOK_PERIOD_MS, () => Promise.resolve(this.#look()));
  }

  /** Ends its pods in order, and says nothing more. */
  async stop(): Promise<void> {
    this.#stop.abort();
    for (const timer of this.#timers) clearInterval(timer);
    await this.#looking;
    await Promise.all([...this.#runners.values()].map((runner) => runner.stop()));
  }

  #every(periodMs: number, run: () => Promise<void>): void {
    const timer = setInterval(() => void run().catch(this.#options.onError), periodMs);
    this.#timers.push(timer);
  }

  #look(): void {
    this.#isDirty = true;
    if (this.#looking !== undefined || this.#stop.signal.aborted) return;
    this.#looking = this.#lookUntilClean().finally(() => {
      this.#looking = undefined;
    });
  }

  async #lookUntilClean(): Promise<void> {
    while (this.#isDirty && !this.#stop.signal.aborted) {
      this.#isDirty = false;
      await this.#lookOnce();
    }
  }

  async #lookOnce(): Promise<void> {
    const pods = this.#all('pods');
    const mine = pods.filter(({ spec }) => spec.nodeName === this.#options.node);
    const steps = [
      ...pods.filter(({ spec }) => spec.nodeName === undefined).map((pod) => this.#schedule(pod)),
      this.#provisioner.sync(this.#fleet()),
      ...mine.map((pod) => this.#runner(pod).sync(pod)),
      ...this.#gone(mine).map((runner) => runner.forget()),
    ];
    for (const { status, reason } of (await Promise.allSettled(steps)) as {
      status: string;
      reason?: unknown;
    }[]) {
      const isRace = reason instanceof KubeApiError && [404, 409].includes(reason.status);
      if (status === 'rejected' && !isRace) this.#options.onError(reason);
    }
  }

  /** Each node binds what belongs on it; what fits nowhere is said by the first. */
  async #schedule(pod: KubeObject): Promise<void> {
    const { api, node } = this.#options;
    const placement = place(pod, this.#fleet());
    if ('nowhere' in placement) {
      await this.#saysNowhere(pod, placement.nowhere);
      return;
    }
    if (placement.node !== node) return;
    for (const claim of placement.unbound) await this.#provisioner.give(claim, node);
    if (placement.unbound.length > 0) return;
    const { name, namespace } = pod.metadata;
    await api.create(`${podPath(pod)}/binding`, {
      metadata: { name, namespace },
      target: { apiVersion: 'v1', kind: 'Node', name: node },
    });
  }

  async #saysNowhere(pod: KubeObject, message: string): Promise<void> {
    const conditions = (pod['status'].conditions ?? []) as { type: string; message?: string }[];
    const others = conditions.filter(({ type }) => type !== 'PodScheduled');
    const before = conditions.find(({ type }) => type === 'PodScheduled');
    if (before?.message === message) return;
    const lastTransitionTime = new Date().toISOString();
    const nowhere = { type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message };
    const status = { conditions: [...others, { ...nowhere, lastTransitionTime }] };
    await this.#options.api.patch(`${podPath(pod)}/status`, { status });
  }

  #runner(pod: KubeObject): PodRunner {
    const { uid, namespace = '', name } = pod.metadata;
    const known = this.#runners.get(uid);
    if (known !== undefined) return known;
    const { api, node, seed } = this.#options;
    const runner = new PodRunner(pod, {
      api,
      node,
      address: podAddress(seed, namespace, name),
      machine: this.#machine(namespace),
      process: (one) => containerProcess(one, this.#surroundings()),
      mounted: (one) => this.#mounted(one),
    });
    this.#runners.set(uid, runner);
    return runner;
  }

  /** Runners whose pods are gone, taken out. */
  #gone(mine: readonly KubeObject[]): PodRunner[] {
    const there = new Set(mine.map(({ metadata }) => metadata.uid));
    const gone = [...this.#runners].filter(([uid]) => !there.has(uid));
    for (const [uid] of gone) this.#runners.delete(uid);
    return gone.map(([, runner]) => runner);
  }

  async #mounted(pod: KubeObject): Promise<void> {
    const names = volumesOf(pod).map(({ persistentVolumeClaim }) => {
      return persistentVolumeClaim?.claimName;
    });
    const claims = this.#all('claims').filter(({ metadata }) => {
      return metadata.namespace === pod.metadata.namespace && names.includes(metadata.name);
    });
    for (const claim of claims) await this.#provisioner.mounted(claim);
  }

  #machine(namespace: string): Machine {
    const { folder, node, machine } = this.#options;
    const known = this.#machines.get(namespace) ?? machine(join(folder, node, namespace));
    this.#machines.set(namespace, known);
    return known;
  }

  #surroundings(): Surroundings {
    const { seed, folder, node } = this.#options;
    const names = ['configMaps', 'claims', 'volumes'] as const;
    const [configMaps = [], claims = [], volumes = []] = names.map((name) => this.#all(name));
    return { seed, folder: join(folder, node), configMaps, claims, volumes };
  }

  #fleet() {
    const names = ['nodes', 'pods', 'claims', 'volumes', 'classes'] as const;
    const [nodes = [], pods = [], claims = [], volumes = [], classes = []] = names.map((name) =>
      this.#all(name),
    );
    return { nodes, pods, claims, volumes, classes };
  }

  #all(name: WatchedName): KubeObject[] {
    return this.#watched.get(name)?.all() ?? [];
  }
}
