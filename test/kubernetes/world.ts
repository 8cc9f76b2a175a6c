/**
 * All that an operator needs to be shown at work on one machine: a Kubernetes with our kinds, nodes
 * that play its pods, a proxy before it, and the operator as a process that goes through the proxy.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gantry } from '../processes/gantry.ts';
import { Scratch } from '../processes/scratch.ts';
import { type ApiServer, startApiServer } from './api-server.ts';
import { FaultProxy } from './fault-proxy.ts';
import type { KubeApi, KubeObject } from './kube-api.ts';
import { resolvePods, resolving } from './kubelet/pod-names.ts';
import { Ledger, type LedgerOptions } from './ledger.ts';
import { OperatorProcess } from './operator-process.ts';
import { PlayedNode } from './played-node.ts';
import { until } from './until.ts';

export const QUICKSTART = readFileSync(
  fileURLToPath(new URL('../../examples/quickstart.yaml', import.meta.url)),
  'utf8',
);

const CRDS = fileURLToPath(new URL('../../crds', import.meta.url));

/** An operator that has a lease loses it on a machine that stands still, and then ends. */
const ALONE = { leaderElection: 'false' };

/** Plurals of what tests ask for, with the path of their group. */
const paths = {
  rocketmqclusters: '/apis/gantrymq.io/v1alpha1',
  nameservers: '/apis/gantrymq.io/v1alpha1',
  brokersets: '/apis/gantrymq.io/v1alpha1',
  topics: '/apis/gantrymq.io/v1alpha1',
  consumergroups: '/apis/gantrymq.io/v1alpha1',
  statefulsets: '/apis/apps/v1',
  poddisruptionbudgets: '/apis/policy/v1',
  pods: '/api/v1',
  services: '/api/v1',
  configmaps: '/api/v1',
  serviceaccounts: '/api/v1',
  persistentvolumeclaims: '/api/v1',
} as const;

export type Plural = keyof typeof paths;

export interface WorldOptions {
  /** Names of played nodes; none: pods stay Pending. */
  readonly nodes?: readonly string[];
  readonly isOnPaper?: boolean;
  /** Options of the operator, which needs no lease unless told; `false`: the test starts it. */
  readonly operator?: Readonly<Record<string, string | number>> | false;
}

export class World implements AsyncDisposable {
  readonly server: ApiServer;
  readonly proxy: FaultProxy;
  readonly nodes: readonly PlayedNode[];
  readonly scratch: Scratch;
  readonly #operator: OperatorProcess | undefined;

  private constructor(parts: {
    server: ApiServer;
    proxy: FaultProxy;
    nodes: readonly PlayedNode[];
    scratch: Scratch;
    operator: OperatorProcess | undefined;
  }) {
    this.server = parts.server;
    this.proxy = parts.proxy;
    this.nodes = parts.nodes;
    this.scratch = parts.scratch;
    this.#operator = parts.operator;
  }

  static async start(options: WorldOptions = {}): Promise<World> {
    const { nodes = ['node1'], operator = {}, isOnPaper = false } = options;
    await using made = new AsyncDisposableStack();
    const scratch = made.use(new Scratch());
    const server = made.use(await startApiServer(['--api-only', '--crds', CRDS]));
    const played: PlayedNode[] = [];
    for (const name of nodes) {
      played.push(made.use(await PlayedNode.start(server, { name, scratch, isOnPaper })));
    }
    const proxy = made.use(await FaultProxy.start(server.kubeconfig));
    const started =
      operator === false
        ? undefined
        : made.use(await OperatorProcess.start(proxy.kubeconfig(), { ...ALONE, ...operator }));
    resolvePods(server.name);
    const world = new World({ server, proxy, nodes: played, scratch, operator: started });
    world.#made = made.move();
    return world;
  }

  #made = new AsyncDisposableStack();

  get api(): KubeApi {
    return this.server.api;
  }

  get operator(): OperatorProcess {
    if (this.#operator === undefined) throw new Error('The test starts the operator itself');
    return this.#operator;
  }

  find(plural: Plural, name: string, namespace = 'default'): Promise<KubeObject | undefined> {
    return this.api.find(`${paths[plural]}/namespaces/${namespace}/${plural}/${name}`);
  }

  async require(plural: Plural, name: string, namespace = 'default'): Promise<KubeObject> {
    const found = await this.find(plural, name, namespace);
    if (found === undefined) throw new Error(`There is no ${name} among the ${plural}`);
    return found;
  }

  list(plural: Plural, namespace = 'default'): Promise<readonly KubeObject[]> {
    return this.api.list(`${paths[plural]}/namespaces/${namespace}/${plural}`);
  }

  /** Changes a spec as `kubectl patch --type=merge` does. */
  patch(plural: Plural, name: string, patch: object, namespace = 'default'): Promise<KubeObject> {
    return this.api.patch(`${paths[plural]}/namespaces/${namespace}/${plural}/${name}`, patch);
  }

  /** Resolves when the object has the condition, of its newest generation. */
  async awaitCondition(
    plural: Plural,
    name: string,
    condition: Readonly<Record<string, unknown>>,
    namespace = 'default',
  ): Promise<void> {
    const wanted = Object.entries(condition);
    let last: KubeObject | undefined;
    await until(
      async () => {
        last = await this.find(plural, name, namespace);
        const { observedGeneration, conditions = [] } = last?.['status'] ?? {};
        if (observedGeneration !== last?.metadata.generation) return false;
        return (conditions as Record<string, unknown>[]).some((one) =>
          wanted.every(([key, value]) => one[key] === value),
        );
      },
      () => `${plural} ${name} is not ${JSON.stringify(condition)}: ${show(last)}`,
    );
  }

  awaitReady(plural: Plural, name: string, namespace = 'default'): Promise<void> {
    return this.awaitCondition(plural, name, { type: 'Ready', status: 'True' }, namespace);
  }

  /** `host:port` of a name server's pod. */
  nameServer(cluster: string, namespace = 'default'): string {
    const [node] = this.nodes;
    if (node === undefined) throw new Error('Pods have addresses where there are nodes');
    return `${node.address(`${cluster}-nameserver-0`, namespace)}:9876`;
  }

  /** What a `gantry` command printed that knows the names of pods. */
  async gantry(args: readonly string[]): Promise<string> {
    await using process = gantry(args, { env: resolving(this.server.name) });
    return await process.done();
  }

  ledger(options: Omit<LedgerOptions, 'folder'>): Promise<Ledger> {
    return Ledger.start({ ...options, folder: this.scratch.path });
  }

  /** `mutationsIn`, without events: how often one came is written up to a minute later. */
  async changesIn(durationMs: number): Promise<readonly string[]> {
    return (await this.mutationsIn(durationMs)).filter((call) => !call.includes('/events'));
  }

  /** Every call of the operator in the next `durationMs` that changes something. */
  async mutationsIn(durationMs: number): Promise<readonly string[]> {
    const before = this.proxy.mutations.length;
    await new Promise((resolve) => {
      setTimeout(resolve, durationMs);
    });
    return this.proxy.mutations.slice(before).map(({ method, path }) => `${method} ${path}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#made.disposeAsync();
  }
}

/** What explains most, without what is always the same. */
function show(object: KubeObject | undefined): string {
  if (object === undefined) return 'it is not there';
  const { generation } = object.metadata;
  return JSON.stringify({ generation, status: object['status'] as unknown }, undefined, 1);
}
