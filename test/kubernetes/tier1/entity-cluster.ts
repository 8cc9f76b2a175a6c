/** A cluster of two broker groups with the operator at work, for tests of topics and consumer groups. */
import { type ClusterAccess, liveAccess } from '../../../operator/access/mod.ts';
import { nodeRuntime } from '../../../runtime/node/mod.ts';
import type { KubeObject } from '../kube-api.ts';
import { type Plural, World } from '../world.ts';

const CLUSTER = `
apiVersion: gantrymq.io/v1alpha1
kind: RocketMQCluster
metadata: { name: orders, namespace: default }
spec:
  nameServer: { replicas: 1 }
  brokerSets: [{ name: main, groups: 2, replicas: 1, durability: Async }]
`;

export class EntityCluster implements AsyncDisposable {
  readonly world: World;
  readonly access: ClusterAccess;

  private constructor(world: World) {
    this.world = world;
    this.access = liveAccess(nodeRuntime());
  }

  static async start(): Promise<EntityCluster> {
    const world = await World.start();
    await world.server.apply(CLUSTER);
    await world.awaitReady('rocketmqclusters', 'orders');
    return new EntityCluster(world);
  }

  /** `host:port` of the broker of each group. */
  get brokers(): readonly string[] {
    return [0, 1].map((index) => this.broker(`orders-main-${index}-0`));
  }

  /** `host:port` of the broker in a pod. */
  broker(pod: string): string {
    const [node] = this.world.nodes;
    if (node === undefined) throw new Error('There is no node');
    return `${node.address(pod)}:10911`;
  }

  /** What each broker says. */
  each<T>(ask: (broker: string) => Promise<T>): Promise<T[]> {
    return Promise.all(this.brokers.map(ask));
  }

  /** One of `kind` with this metadata and spec, in YAML's flow form. */
  async apply(kind: 'Topic' | 'ConsumerGroup', metadata: string, spec = ''): Promise<void> {
    await this.world.server.apply(`
apiVersion: gantrymq.io/v1alpha1
kind: ${kind}
metadata: { namespace: default, ${metadata} }
spec: { clusterRef: { name: orders, namespace: default }, ${spec} }
`);
  }

  /** Has the operator look at an object now, and not in five minutes. */
  look(plural: Plural, name: string): Promise<KubeObject> {
    return this.world.patch(plural, name, {
      metadata: { annotations: { look: String(Date.now()) } },
    });
  }

  async condition(plural: Plural, name: string, type: string): Promise<Condition | undefined> {
    const { status } = await this.world.require(plural, name);
    const { conditions = [] } = (status ?? {}) as { conditions?: readonly Condition[] };
    return conditions.find((condition) => condition.type === type);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.access[Symbol.asyncDispose]();
    await this.world[Symbol.asyncDispose]();
  }
}

export interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason: string;
  readonly message: string;
}
