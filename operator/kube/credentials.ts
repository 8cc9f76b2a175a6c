/**
 * Who we are to the API server, and how its certificate is checked: the library's `KubeConfig`
 * (kubeconfig files, in-cluster account, exec plug-ins, token files that rotate) behind two calls.
 *
 * The library re-reads a token file after a minute; `renew` reads all of it anew, for a server that
 * refuses what we have. Connections are kept in an agent of ours, made anew when keys or
 * certificates are others: the library's own closes each connection after its request.
 */
import { Agent as HttpAgent, type RequestOptions } from 'node:http';
import { Agent, type AgentOptions, type RequestOptions as TlsRequestOptions } from 'node:https';
import type { KubeConfig } from '@kubernetes/client-node';
import { canonicalHash } from './canonical.ts';

export interface Credentials {
  /** Where the API server is, without a trailing slash. */
  readonly server: string;
  /** What a request needs to be from us: headers, agent. */
  options(): Promise<RequestOptions>;
  /** Forgets tokens and certificates; the next request reads or asks for new ones. */
  renew(): void;
  /** Closes all connections. */
  close(): void;
}

/** What of the options concerns TLS, and with it a connection. */
const TLS_MEMBERS = ['ca', 'cert', 'key', 'pfx', 'passphrase', 'rejectUnauthorized', 'servername'];

/** `load` reads the configuration; it is called again when the server refuses our credentials. */
export function kubeCredentials(load: () => KubeConfig): Credentials {
  let config = load();
  const agents = new Agents();
  return {
    server: requireServer(config),
    options: async () => {
      const options: TlsRequestOptions = { headers: {} };
      await config.applyToHTTPSOptions(options);
      const { headers = {}, auth } = options;
      const agent = usesProxy(config) ? options.agent : agents.for(config, options);
      return { headers, ...(auth ? { auth } : {}), ...(agent === undefined ? {} : { agent }) };
    },
    renew: () => {
      config = load();
    },
    close: () => agents.close(),
  };
}

function requireServer(config: KubeConfig): string {
  const server = config.getCurrentCluster()?.server;
  if (server === undefined) {
    const context = config.getCurrentContext();
    throw new Error(
      `Cannot find the API server: context "${context}" names no cluster of the kubeconfig`,
    );
  }
  return server.replace(/\/+$/, '');
}

function usesProxy(config: KubeConfig): boolean {
  return config.getCurrentCluster()?.proxyUrl !== undefined;
}

/** One agent at a time. One that is replaced serves the requests it has and closes. */
class Agents {
  #material = '';
  #agent: Agent | HttpAgent | undefined;

  for(config: KubeConfig, options: TlsRequestOptions): Agent | HttpAgent {
    const isPlain = requireServer(config).startsWith('http:');
    const tls = Object.fromEntries(
      Object.entries(options).filter(([name, value]) => {
        return TLS_MEMBERS.includes(name) && value !== undefined;
      }),
    ) as AgentOptions;
    const material = canonicalHash([isPlain, tls]);
    if (this.#agent !== undefined && material === this.#material) return this.#agent;
    // No limit: watches hold a connection each, and who else asks are workers, one each.
    const shared = { keepAlive: true, scheduling: 'lifo' } as const;
    this.#agent = isPlain ? new HttpAgent(shared) : new Agent({ ...shared, ...tls });
    this.#material = material;
    return this.#agent;
  }

  close(): void {
    this.#agent?.destroy();
  }
}
