/** A Kubernetes with real nodes: kubelet, containerd, network, names, volumes, and our image on all. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Running } from '../processes/running.ts';
import { type ApiServer, CLUSTER, PROGRAMS, run, startApiServer } from './api-server.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const IMAGE = join(ROOT, 'dist/image.tar');
const GANTRY = join(ROOT, 'bin/gantry');

export type NodeChange = 'kill' | 'stop' | 'start' | 'cut' | 'heal';

export interface RealNodes extends ApiServer {
  /** What a `gantry` command printed that ran among the cluster's names and addresses. */
  gantry(args: readonly string[], input?: string): Promise<string>;
  helm(args: readonly string[]): Promise<string>;
  /** `node1` …: power, cable. */
  node(what: NodeChange, node: string): Promise<void>;
  /** A program that runs among the cluster's names and addresses, until its scope is left. */
  inside(command: readonly string[]): Running;
}

/** `make image` comes first. */
export async function startNodes(count: number): Promise<RealNodes> {
  const server = await startApiServer(['--nodes', String(count)]);
  const named = ['--name', server.name];
  try {
    await run(CLUSTER, ['load-image', ...named, IMAGE]);
  } catch (error) {
    await server.close();
    throw error;
  }
  return {
    ...server,
    gantry: (args, input) => run(CLUSTER, ['exec', ...named, GANTRY, ...args], input),
    helm: (args) => run(join(PROGRAMS, 'helm'), ['--kubeconfig', server.kubeconfig, ...args]),
    node: async (what, node) => {
      await run(CLUSTER, ['node', what, node, ...named]);
    },
    inside: (command) => new Running([CLUSTER, 'exec', ...named, ...command]),
  };
}
