/** Who we are to the API server, whatever told us. */
import type { RequestOptions } from 'node:http';
import type { Clock } from '../../runtime/mod.ts';

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

/** Credentials, and the namespace that is meant when none is named. */
export interface Account {
  readonly credentials: Credentials;
  readonly namespace: string;
}

/** Where to look. */
export interface Surroundings {
  readonly clock: Pick<Clock, 'monotonicMs'>;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly homeFolder: string;
  /** Where Kubernetes puts a pod's account. */
  readonly accountFolder?: string;
}
