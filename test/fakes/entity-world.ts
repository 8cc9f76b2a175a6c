/** A cluster of two broker groups, in fakes, for tests of topics and consumer groups. */
import {
  type Condition,
  type KubeObject,
  type Reconciler,
  resources,
} from '../../operator/kube/mod.ts';
import { brokerAccess, FakeBroker } from './broker-access.ts';
import { KubeContext } from './kube-context.ts';

const ADDRESSES = ['10.0.0.1', '10.0.0.2'];
const kind = (name: string) => ({ apiVersion: 'gantrymq.io/v1alpha1', kind: name });

export class EntityWorld {
  readonly brokers = ADDRESSES.map(
    (_ip, index) => new FakeBroker(`orders-main-${index}`, 'orders'),
  );
  readonly kube: KubeContext;

  constructor() {
    const places = this.brokers.map(
      (broker, index) => [`${ADDRESSES[index]}:10911`, broker] as const,
    );
    this.kube = new KubeContext(brokerAccess(new Map(places)));
    const meta = (name: string) => ({ name, namespace: 'shop' });
    const cluster = this.kube.put({
      ...kind('RocketMQCluster'),
      metadata: meta('orders'),
      spec: {},
    });
    const { uid } = cluster.metadata;
    const owner = { ...kind('RocketMQCluster'), name: 'orders', uid, controller: true };
    const groupStatus = this.brokers.map(({ name }, index) => {
      return { index, name, phase: 'Ready', members: [] };
    });
    this.kube.put({
      ...kind('BrokerSet'),
      metadata: { ...meta('orders-main'), ownerReferences: [owner] },
      status: { groupStatus },
    });
    for (const [index, { name }] of this.brokers.entries()) {
      const labels = { 'gantrymq.io/broker-set': 'orders-main', 'gantrymq.io/broker-group': name };
      const metadata = { ...meta(`${name}-0`), labels };
      this.kube.put({
        kind: 'Pod',
        apiVersion: 'v1',
        metadata,
        status: { podIP: ADDRESSES[index] },
      });
    }
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
