/** Where the API server is and who we are: a kubeconfig file, or the account of the pod we run in. */
import type { Credentials } from './credentials.ts';

/**
 * `file` empty: `KUBECONFIG`, `~/.kube/config`, or the service account, as `kubectl` looks. The
 * library is loaded only here: it takes 80 MiB and half a second, which `gantry broker` should not.
 */
export async function loadCredentials(
  file: string,
): Promise<{ readonly credentials: Credentials; readonly namespace: string }> {
  const [{ KubeConfig }, { kubeCredentials }] = await Promise.all([
    import('@kubernetes/client-node'),
    import('./credentials.ts'),
  ]);
  const load = (): InstanceType<typeof KubeConfig> => {
    const config = new KubeConfig();
    if (file === '') config.loadFromDefault();
    else config.loadFromFile(file);
    return config;
  };
  const config = load();
  const namespace = config.getContextObject(config.getCurrentContext())?.namespace ?? 'default';
  return { credentials: kubeCredentials(load), namespace };
}
