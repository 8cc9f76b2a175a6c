/**
 * A Kubernetes of a test file's own: etcd, API server and controller manager without nodes (tier 1),
 * or with real nodes (tier 2). `install` comes first; `clusters.ts` takes down what a test leaves.
 */
import { execFile } from 'node:child_process';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { KubeApi } from './kube-api.ts';

export const CLUSTER = fileURLToPath(new URL('cluster', import.meta.url));

const cache = process.env['GANTRY_K8S_CACHE'] ?? join(homedir(), '.cache/gantry-kubernetes');

/** Where `kubectl`, `helm` and `gantry-tool` are. */
export const PROGRAMS = join(cache, 'bin');

export interface ApiServer extends AsyncDisposable {
  readonly name: string;
  /** The path of an administrator's kubeconfig. */
  readonly kubeconfig: string;
  readonly api: KubeApi;
  /** What `kubectl ARGS` printed; throws its error output unless it succeeded. */
  kubectl(args: readonly string[], input?: string): Promise<string>;
  /** `kubectl apply --server-side` of a manifest. */
  apply(yaml: string): Promise<string>;
  close(): Promise<void>;
}

let started = 0;

/** Few enough letters for `cluster`, and unlike that of any other test of this machine. */
function uniqueName(): string {
  started++;
  return `t${process.pid}-${started}`;
}

export async function startApiServer(
  options: readonly string[] = ['--api-only'],
): Promise<ApiServer> {
  const name = uniqueName();
  const close = async (): Promise<void> => {
    api?.[Symbol.dispose]();
    await run(CLUSTER, ['down', '--name', name]);
  };
  let api: KubeApi | undefined;
  try {
    const kubeconfig = (await run(CLUSTER, ['up', ...options, '--name', name])).trim();
    api = new KubeApi(kubeconfig);
    const kubectl = (args: readonly string[], input?: string): Promise<string> =>
      run(join(PROGRAMS, 'kubectl'), ['--kubeconfig', kubeconfig, ...args], input);
    return {
      name,
      kubeconfig,
      api,
      kubectl,
      apply: (yaml) => kubectl(['apply', '--server-side', '-f', '-'], yaml),
      close,
      [Symbol.asyncDispose]: close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Building Kubernetes takes 8 to 20 minutes; nothing else takes longer. */
const TIMEOUT_MS = 45 * 60_000;

/** What a program printed; throws what it said against it unless it succeeded. */
export function run(program: string, args: readonly string[], input?: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = execFile(
      program,
      args,
      { maxBuffer: 64 * 1024 * 1024, timeout: TIMEOUT_MS },
      (error, output, errors) => {
        if (error === null) resolve(output);
        else reject(new Error(`${errors}${output}` || error.message));
      },
    );
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(input);
  });
}
