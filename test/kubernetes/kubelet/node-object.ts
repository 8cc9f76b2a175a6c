/** The Node object and lease of a played node: there, ready, and said to be so every two seconds. */
import { type KubeApi, KubeApiError } from '../kube-api.ts';
import { HOSTNAME, isReady } from './scheduling.ts';

export const HEARTBEAT_MS = 2_000;

const LEASES = '/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases';

export class NodeObject {
  readonly #api: KubeApi;
  readonly #name: string;

  constructor(api: KubeApi, name: string) {
    this.#api = api;
    this.#name = name;
  }

  async register(): Promise<void> {
    const labels = {
      [HOSTNAME]: this.#name,
      'topology.kubernetes.io/region': 'local',
      'topology.kubernetes.io/zone': `zone-${this.#name}`,
    };
    const node = { metadata: { name: this.#name, labels } };
    await ignoring(409, this.#api.create('/api/v1/nodes', node));
    const lease = {
      metadata: { name: this.#name },
      spec: { holderIdentity: this.#name, leaseDurationSeconds: 8, renewTime: microTime() },
    };
    await ignoring(409, this.#api.create(LEASES, lease));
    await this.#sayReady();
  }

  async beat(): Promise<void> {
    await this.#api.patch(`${LEASES}/${this.#name}`, { spec: { renewTime: microTime() } });
    const node = await this.#api.find(`/api/v1/nodes/${this.#name}`);
    if (node === undefined) await this.register();
    else if (!isReady(node)) await this.#sayReady();
  }

  async #sayReady(): Promise<void> {
    const now = new Date().toISOString();
    const condition = (type: string, status: string, reason: string): object => ({
      type,
      status,
      reason,
      message: reason,
      lastHeartbeatTime: now,
      lastTransitionTime: now,
    });
    const resources = { cpu: '64', memory: '256Gi', pods: '1000', 'ephemeral-storage': '1Ti' };
    await this.#api.patch(`/api/v1/nodes/${this.#name}/status`, {
      status: {
        capacity: resources,
        allocatable: resources,
        addresses: [{ type: 'InternalIP', address: '127.0.0.1' }],
        conditions: [
          condition('MemoryPressure', 'False', 'KubeletHasSufficientMemory'),
          condition('DiskPressure', 'False', 'KubeletHasNoDiskPressure'),
          condition('PIDPressure', 'False', 'KubeletHasSufficientPID'),
          condition('Ready', 'True', 'KubeletReady'),
        ],
      },
    });
  }
}

/** Leases count in microseconds. */
function microTime(): string {
  return new Date().toISOString().replace('Z', '000Z');
}

export async function ignoring(status: number, call: Promise<unknown>): Promise<void> {
  try {
    await call;
  } catch (error) {
    if (!(error instanceof KubeApiError && error.status === status)) throw error;
  }
}
