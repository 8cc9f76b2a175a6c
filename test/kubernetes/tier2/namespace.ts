/**
 * A namespace of real nodes that enforces the Pod Security level "restricted", as careful users have
 * it, and what users do there: with kubectl, helm, and clients among the cluster's names.
 */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Scratch } from '../../processes/scratch.ts';
import { fewestReady } from '../fewest-ready.ts';
import type { KubeObject } from '../kube-api.ts';
import type { LedgerReport } from '../ledger.ts';
import type { RealNodes } from '../real-nodes.ts';
import { until } from '../until.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const LEDGER = fileURLToPath(new URL('../ledger-program.ts', import.meta.url));

export const OPERATOR_CHART = join(ROOT, 'charts/gantry-operator');
export const CLUSTER_CHART = join(ROOT, 'charts/gantry-cluster');

const BROKERS = 'app.kubernetes.io/component=broker';

/** Both cores may be taken many times over. */
export const SLOW_MS = 180_000;

export class Namespace {
  readonly nodes: RealNodes;
  readonly name: string;

  constructor(nodes: RealNodes, name: string) {
    this.nodes = nodes;
    this.name = name;
  }

  static async create(nodes: RealNodes, name: string): Promise<Namespace> {
    const namespace = new Namespace(nodes, name);
    await nodes.kubectl(['create', 'namespace', name]);
    await namespace.restrict();
    return namespace;
  }

  async restrict(): Promise<void> {
    const level = 'pod-security.kubernetes.io/enforce=restricted';
    await this.nodes.kubectl(['label', 'namespace', this.name, level]);
  }

  async installOperator(...options: readonly string[]): Promise<void> {
    await this.helm('install', 'gantry-operator', OPERATOR_CHART, '--wait', ...options);
  }

  kubectl(...args: readonly string[]): Promise<string> {
    return this.nodes.kubectl(['-n', this.name, ...args]);
  }

  helm(...args: readonly string[]): Promise<string> {
    return this.nodes.helm(['-n', this.name, ...args]);
  }

  apply(manifest: string): Promise<string> {
    return this.nodes.kubectl(['-n', this.name, 'apply', '-f', '-'], manifest);
  }

  async require(kind: string, name: string): Promise<KubeObject> {
    return JSON.parse(await this.kubectl('get', kind, name, '-o', 'json')) as KubeObject;
  }

  async list(kind: string, labels = ''): Promise<readonly KubeObject[]> {
    const text = await this.kubectl('get', kind, '-l', labels, '-o', 'json');
    return (JSON.parse(text) as { items: KubeObject[] }).items;
  }

  async patch(kind: string, name: string, patch: object): Promise<void> {
    await this.kubectl('patch', kind, name, '--type=merge', '-p', JSON.stringify(patch));
  }

  /** Resolves when the object is so, by a status of its newest generation. */
  async until(
    kind: string,
    name: string,
    isSo: (object: KubeObject) => boolean | Promise<boolean>,
  ): Promise<void> {
    let last: KubeObject | undefined;
    await until(
      async () => {
        last = await this.require(kind, name);
        const { observedGeneration = last.metadata.generation } = last['status'] ?? {};
        return observedGeneration === last.metadata.generation && (await isSo(last));
      },
      () => `${kind} ${name} has not become so: ${JSON.stringify(last?.['status'], undefined, 1)}`,
      SLOW_MS,
    );
  }

  /** Everything is as the spec says, and nothing is under way. */
  converged(kind: string, name: string): Promise<void> {
    return this.until(kind, name, (object) => isConverged(object));
  }

  /** The condition, which it has or will have: of the newest generation. */
  async condition(
    kind: string,
    name: string,
    wanted: Readonly<Record<string, string>>,
  ): Promise<string> {
    let message = '';
    await this.until(kind, name, (object) => {
      const found = findCondition(object, wanted);
      message = found?.['message'] ?? '';
      return found !== undefined;
    });
    return message;
  }

  /** UIDs of the pods of brokers, by name; there is one at least. */
  async brokerPods(): Promise<ReadonlyMap<string, string>> {
    const pods = await this.list('pods', BROKERS);
    if (pods.length === 0) throw new Error(`There are no brokers in ${this.name}`);
    return new Map(pods.map(({ metadata: { name, uid } }) => [name, uid]));
  }

  /** The fewest brokers that were ready at a time, from now until the answer is called. */
  fewestBrokers(): () => Promise<number> {
    const path = `/api/v1/namespaces/${this.name}/pods?labelSelector=${BROKERS}`;
    return fewestReady(() => this.nodes.api.list(path));
  }

  nameServer(cluster: string): string {
    return `${cluster}-nameserver.${this.name}.svc.cluster.local:9876`;
  }

  /** `gantry admin` among the names of the cluster. */
  admin(cluster: string, ...args: readonly string[]): Promise<string> {
    return this.nodes.gantry(['admin', ...args, '-n', this.nameServer(cluster)]);
  }

  async send(cluster: string, topic: string, body: string): Promise<void> {
    await this.admin(cluster, 'send', '-t', topic, '--body', body);
  }

  /** So many messages of a topic, from its first. */
  consume(cluster: string, topic: string, count = 1): Promise<string> {
    const much = ['--from', 'first', '--count', String(count), '--timeout', '60'];
    return this.admin(cluster, 'consume', '-t', topic, ...much);
  }

  /** What producers and consumers of the topic `ledger` saw of `change`, and how long it took. */
  async whileSending(cluster: string, change: () => Promise<void>): Promise<Seen> {
    using scratch = new Scratch();
    const options = {
      nameServers: this.nameServer(cluster),
      topic: 'ledger',
      folder: scratch.path,
    };
    const flags = Object.entries(options).map(([name, value]) => `--${name}=${value}`);
    await using ledger = this.nodes.inside([process.execPath, LEDGER, ...flags]);
    const acknowledged = join(scratch.path, 'acknowledged.jsonl');
    await until(
      () => (statSync(acknowledged, { throwIfNoEntry: false })?.size ?? 0) > 0,
      () => 'No message was acknowledged',
    );
    const startMs = Date.now();
    await change();
    const seconds = (Date.now() - startMs) / 1000;
    await ledger.stop('SIGTERM', SLOW_MS);
    const report = ledger.output.trimEnd().split('\n').at(-1) ?? '';
    return { ...(JSON.parse(report) as LedgerReport), seconds };
  }
}

export interface Seen extends LedgerReport {
  /** That the change took. */
  readonly seconds: number;
}

/** One line of figures, for who reads what the tests print. */
export function showSeen(what: string, seen: Seen): void {
  const { seconds, acknowledged, refused, lost, longestPauseMs, longestSendMs, pauses } = seen;
  const counts = pauses.join(' ');
  print(
    `${what}: ${seconds.toFixed(1)} s; ${acknowledged} acknowledged, ${refused} refused, ` +
      `${lost.length} lost; longest send ${longestSendMs} ms, longest pause ${longestPauseMs} ms; ` +
      `pauses to 10 ms, 100 ms, 1 s, 3 s, 10 s, 30 s, longer: ${counts}`,
  );
}

export function print(text: string): void {
  process.stdout.write(`${text.trimEnd()}\n`);
}

function findCondition(
  { status }: KubeObject,
  wanted: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> | undefined {
  const { conditions = [] } = (status ?? {}) as { conditions?: Record<string, string>[] };
  return conditions.find((one) =>
    Object.entries(wanted).every(([field, value]) => one[field] === value),
  );
}

function isConverged(object: KubeObject): boolean {
  return (
    findCondition(object, { type: 'Ready', status: 'True' }) !== undefined &&
    findCondition(object, { type: 'Reconciling' }) === undefined &&
    findCondition(object, { type: 'ConfigApplied', status: 'False' }) === undefined
  );
}
