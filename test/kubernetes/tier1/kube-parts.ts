/** The parts of the operator's Kubernetes side on a real API server, made for a test and ended with it. */
import {
  ApiServer,
  type Binding,
  type Desired,
  httpTransport,
  type KubeClient,
  type KubeObject,
  kubeClient,
  loadCredentials,
} from '../../../operator/kube/mod.ts';
import type { Log, Runtime } from '../../../runtime/mod.ts';
import { nodeRuntime } from '../../../runtime/node/mod.ts';

const silent: Log = {
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  with: () => silent,
};

export interface Connected extends Disposable {
  readonly runtime: Runtime;
  readonly server: ApiServer;
  client(binding?: Partial<Binding>): KubeClient;
}

export async function connect(kubeconfig: string): Promise<Connected> {
  const runtime = nodeRuntime({ log: silent });
  const { clock } = runtime;
  const { credentials } = await loadCredentials(kubeconfig, {
    clock,
    environment: {},
    homeFolder: '',
  });
  const transport = httpTransport(credentials, clock, 'gantry-operator/test');
  const server = new ApiServer(runtime, transport);
  return {
    runtime,
    server,
    client: (binding = {}) => kubeClient(server, { manager: 'gantry-test', ...binding }),
    [Symbol.dispose]: () => transport.close(),
  };
}

export interface ConfigMap extends KubeObject {
  readonly data?: Readonly<Record<string, string>>;
}

/** One that the caches of the operator see. */
export function configMap(name: string, data: Readonly<Record<string, string>>) {
  const metadata = {
    name,
    namespace: 'default',
    labels: { 'app.kubernetes.io/managed-by': 'gantry-operator' },
  };
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata, data } satisfies Desired & {
    data: object;
  };
}

export const inDefault = (name: string) => ({ namespace: 'default', name });
