/** A namespace with "restricted" pod security on real nodes, an operator in it, and how to ask it. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type RealNodes, startNodes } from '../real-nodes.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

export const OPERATOR_CHART = join(ROOT, 'charts/gantry-operator');
export const CLUSTER_CHART = join(ROOT, 'charts/gantry-cluster');
export const NAMESPACE = 'shop';

/** Where clients find the name servers of a cluster. */
export const nameServers = (cluster: string): string =>
  `${cluster}-nameserver.${NAMESPACE}.svc.cluster.local:9876`;

export class Shop implements AsyncDisposable {
  readonly nodes: RealNodes;

  private constructor(nodes: RealNodes) {
    this.nodes = nodes;
  }

  static async open(nodeCount: number): Promise<Shop> {
    const shop = new Shop(await startNodes(nodeCount));
    const level = 'pod-security.kubernetes.io/enforce=restricted';
    await shop.nodes.kubectl(['create', 'namespace', NAMESPACE]);
    await shop.nodes.kubectl(['label', 'namespace', NAMESPACE, level]);
    return shop;
  }

  kubectl(...args: string[]): Promise<string> {
    return this.nodes.kubectl(['-n', NAMESPACE, ...args]);
  }

  helm(...args: string[]): Promise<string> {
    return this.nodes.helm(['-n', NAMESPACE, ...args]);
  }

  installOperator(...args: string[]): Promise<string> {
    const patience = ['--wait', '--timeout', '180s'];
    return this.helm('install', 'gantry-operator', OPERATOR_CHART, ...patience, ...args);
  }

  async apply(manifest: string): Promise<void> {
    await this.nodes.kubectl(['-n', NAMESPACE, 'apply', '-f', '-'], manifest);
  }

  async awaitReady(kind: string, name: string): Promise<void> {
    await this.kubectl('wait', '--for=condition=Ready', `${kind}/${name}`, '--timeout=180s');
  }

  /** One field of an object, by its JSON path. */
  field(object: string, path: string): Promise<string> {
    return this.kubectl('get', object, '-o', `jsonpath={${path}}`);
  }

  async send(cluster: string, topic: string, body: string): Promise<void> {
    const where = ['--nameserver', nameServers(cluster), '--topic', topic];
    await this.nodes.gantry(['admin', 'send', ...where, '--body', body]);
  }

  /** The first messages of a topic, as they are printed. */
  consume(cluster: string, topic: string, count: number): Promise<string> {
    const where = ['--nameserver', nameServers(cluster), '--topic', topic];
    const until = ['--from', 'first', '--count', String(count), '--timeout', '30'];
    return this.nodes.gantry(['admin', 'consume', ...where, ...until]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.nodes.close();
  }
}
