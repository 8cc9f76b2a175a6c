/**
 * What a kubeconfig file says of us, by the library's `KubeConfig` (exec plug-ins, token files that
 * rotate, client certificates, proxies) behind two calls.
 *
 * The library re-reads a token file after a minute; `renew` reads all of it anew, for a server that
 * refuses what we have. Connections are kept in an agent of ours: the library's own closes each
 * connection after its request. Loaded only where there is a file: ADR 7 has what it takes.
 */
import type { RequestOptions } from 'node:https';
import { KubeConfig } from '@kubernetes/client-node';
import type { Account } from './account.ts';
import { Connections } from './connections.ts';
import { CredentialsError } from './errors.ts';

/** Of several files the first that names something is right, as `kubectl` has it. */
export function kubeconfigAccount(files: readonly string[]): Account {
  let config = load(files);
  const server = requireServer(config, files);
  const connections = new Connections(server);
  return {
    namespace: config.getContextObject(config.getCurrentContext())?.namespace ?? 'default',
    credentials: {
      server,
      options: async () => {
        const options: RequestOptions = { headers: {} };
        await config.applyToHTTPSOptions(options);
        const { headers = {}, auth } = options;
        const agent = usesProxy(config) ? options.agent : connections.agentFor(options);
        return { headers, ...(auth ? { auth } : {}), ...(agent === undefined ? {} : { agent }) };
      },
      renew: () => {
        config = load(files);
      },
      close: () => connections.close(),
    },
  };
}

function load(files: readonly string[]): KubeConfig {
  const [first = new KubeConfig(), ...others] = files.map(loadOne);
  for (const other of others) first.mergeConfig(other);
  return first;
}

function loadOne(file: string): KubeConfig {
  const config = new KubeConfig();
  try {
    config.loadFromFile(file);
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    const message = `Cannot read the kubeconfig ${file}: ${reasonOf(error)}`;
    throw new CredentialsError(isMissing ? 'NotFound' : 'Unusable', message, { cause: error });
  }
  return config;
}

function reasonOf(error: unknown): string {
  const { code, message, name } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT') return 'there is no such file';
  if (code === 'EISDIR') return 'it is a folder';
  if (code === 'EACCES') return 'we may not read it';
  // What the library trips over when the file is empty or some other document.
  if (name === 'TypeError') return 'it is no kubeconfig, as `kubectl config view` shows one';
  return message;
}

function requireServer(config: KubeConfig, files: readonly string[]): string {
  const server = config.getCurrentCluster()?.server;
  if (server === undefined) {
    const context = config.getCurrentContext() as string | undefined;
    const said = context
      ? `its context "${context}" names no cluster`
      : 'it has no current-context';
    throw new CredentialsError(
      'Unusable',
      `Cannot find the API server: ${files.join(', ')}: ${said}; ` +
        'choose one with `kubectl config use-context`',
    );
  }
  return server.replace(/\/+$/, '');
}

function usesProxy(config: KubeConfig): boolean {
  return config.getCurrentCluster()?.proxyUrl !== undefined;
}
