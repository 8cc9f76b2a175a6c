/** One broker set with its name server and the operator at work, for tests of what becomes of it. */
import { Admin } from '../../../client/mod.ts';
import { nodeRuntime } from '../../../runtime/node/mod.ts';
import type { KubeObject } from '../kube-api.ts';
import { until } from '../until.ts';
import { World } from '../world.ts';

export interface SetOptions {
  readonly groups?: number;
  readonly size?: string;
}

export class BrokerSetWorld implements AsyncDisposable {
  readonly world: World;

  private constructor(world: World) {
    this.world = world;
  }

  /** Resolves when the set `it` takes messages. */
  static async start(options: SetOptions = {}): Promise<BrokerSetWorld> {
    const world = await World.start();
    const it = new BrokerSetWorld(world);
    await it.apply(options);
    await it.ready();
    return it;
  }

  async apply({ groups = 2, size = '1Gi' }: SetOptions): Promise<void> {
    await this.world.server.apply(`
apiVersion: gantrymq.io/v1alpha1
kind: NameServer
metadata: { name: it, namespace: default }
spec: { replicas: 1 }
---
apiVersion: gantrymq.io/v1alpha1
kind: BrokerSet
metadata: { name: it, namespace: default }
spec:
  nameServers: { ref: { name: it } }
  groups: ${groups}
  replicas: 1
  storage: { size: ${size} }
  update: { settle: 1s, progressDeadline: 5s }
  drain: { settle: 2s }
`);
  }

  /** Everything answers, nothing is under way: of the newest spec. */
  async ready(): Promise<void> {
    await this.world.awaitReady('brokersets', 'it');
    await this.world.awaitCondition('brokersets', 'it', { type: 'ConfigApplied', status: 'True' });
    await this.until(
      (set) => !hasCondition(set, { type: 'Reconciling' }),
      'something is under way',
    );
  }

  patch(spec: object): Promise<KubeObject> {
    return this.world.patch('brokersets', 'it', { spec });
  }

  condition(condition: Readonly<Record<string, unknown>>): Promise<void> {
    return this.world.awaitCondition('brokersets', 'it', condition);
  }

  async until(isSo: (set: KubeObject) => boolean, what: string): Promise<void> {
    let last: KubeObject | undefined;
    await until(
      async () => {
        last = await this.world.require('brokersets', 'it');
        return isSo(last);
      },
      () => `${what}: ${JSON.stringify(last?.['status'], undefined, 1)}`,
    );
  }

  /** UIDs of pods, by name. */
  async pods(): Promise<ReadonlyMap<string, string>> {
    const pods = await this.world.list('pods');
    return new Map(pods.map(({ metadata: { name, uid } }) => [name, uid]));
  }

  get nameServers(): string {
    return this.world.nameServer('it');
  }

  /** `host:port` of the broker of a group. */
  broker(group: string): string {
    const [node] = this.world.nodes;
    return `${node?.address(`${group}-0`)}:10911`;
  }

  async admin<T>(ask: (admin: Admin) => Promise<T>): Promise<T> {
    await using admin = Admin.start(nodeRuntime(), {
      nameServers: this.nameServers,
      host: '127.0.0.1',
    });
    return await ask(admin);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.world[Symbol.asyncDispose]();
  }
}

export function hasCondition(
  { status }: KubeObject,
  wanted: Readonly<Record<string, unknown>>,
): boolean {
  const conditions = ((status as { conditions?: object[] } | undefined)?.conditions ??
    []) as Record<string, unknown>[];
  return conditions.some((one) =>
    Object.entries(wanted).every(([name, value]) => one[name] === value),
  );
}
