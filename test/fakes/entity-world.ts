/**
 * A cluster of two broker groups in one set, or more sets of one group, in fakes, for tests of
 * topics and consumer groups.
 */
import {
  type Condition,
  type KubeObject,
  type OwnerReference,
  type Reconciler,
  resources,
} from '../../operator/kube/mod.ts';
import { brokerAccess, FakeBroker } from './broker-access.ts';
import { KubeContext } from './kube-context.ts';

const kind = (name: string) => ({ apiVersion: 'gantrymq.io/v1alpha1', kind: name });
const meta = (name: string) => ({ name, namespace: 'shop' });

export class EntityWorld {
  /** In the order in which they came. */
  readonly brokers: FakeBroker[] = [];
  readonly kube: KubeContext;
  readonly #places = new Map<string, FakeBroker>();
  readonly #owner: OwnerReference;

  constructor() {
    this.kube = new KubeContext(brokerAccess(this.#places));
    const cluster = this.kube.put({
      ...kind('RocketMQCluster'),
      metadata: meta('orders'),
      spec: {},
    });
    const { uid } = cluster.metadata;
    this.#owner = { ...kind('RocketMQCluster'), name: 'orders', uid, controller: true };
    this.addSet('main', 2);
  }

  /** A set of the cluster with so many groups, each of one broker that serves. */
  addSet(set: string, groups: number): void {
    const names = Array.from({ length: groups }, (_, index) => `orders-${set}-${index}`);
    this.kube.put({
      ...kind('BrokerSet'),
      metadata: { ...meta(`orders-${set}`), ownerReferences: [this.#owner] },
      status: {
        groupStatus: names.map((name, index) => ({ index, name, phase: 'Ready', members: [] })),
      },
    });
    for (const name of names) this.#addBroker(`orders-${set}`, name);
  }

  #addBroker(set: string, name: string): void {
    const broker = new FakeBroker(name, 'orders');
    this.brokers.push(broker);
    const podIP = `10.0.0.${this.brokers.length}`;
    this.#places.set(`${podIP}:10911`, broker);
    const labels = { 'gantrymq.io/broker-set': set, 'gantrymq.io/broker-group': name };
    const metadata = { ...meta(`${name}-0`), labels };
    this.kube.put({ kind: 'Pod', apiVersion: 'v1', metadata, status: { podIP } });
  }

  put(name: 'Topic' | 'ConsumerGroup', metadata: Metadata, spec: object = {}): void {
    const clusterRef = { name: 'orders' };
    this.kube.put({
      ...kind(name),
      metadata: { ...metadata, namespace: 'shop' },
      spec: { clusterRef, ...spec },
    });
  }

  settle(reconciler: unknown, name: string): Promise<void> {
    return this.kube.settle(reconciler as Reconciler<never>, name);
  }

  condition(resource: 'topics' | 'consumerGroups', name: string, type: string) {
    const found = this.kube.find<KubeObject & { status?: Status }>(resources[resource], name);
    return found?.status?.conditions?.find((condition) => condition.type === type);
  }
}

interface Metadata {
  readonly name: string;
  readonly annotations?: Readonly<Record<string, string>>;
}

interface Status {
  readonly conditions?: readonly Condition[];
}
