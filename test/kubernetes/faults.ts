/** What may go wrong between a client and the API server, as rows that a test hands to the proxy. */

export interface ProxiedRequest {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly isWatch: boolean;
  readonly isList: boolean;
}

export type Effect =
  /** It takes longer. */
  | { readonly kind: 'latency'; readonly delayMs: number }
  /** The server does not do it, and says so. */
  | { readonly kind: 'status'; readonly status: number; readonly retryAfterSeconds?: number }
  /** The connection ends before the server has heard of it. */
  | { readonly kind: 'reset' }
  /** The server does it, and the answer is lost. */
  | { readonly kind: 'lost-answer' }
  /** A list is answered with what was first seen of it: as a server does that lags. */
  | { readonly kind: 'stale-list' }
  /** Every event of a watch comes twice. */
  | { readonly kind: 'duplicate-events' }
  /** Events of a watch come when this many are there. */
  | { readonly kind: 'held-events'; readonly events: number }
  /** A watch is answered with 410: what it asks for is no longer known. */
  | { readonly kind: 'expired' };

export interface Fault {
  readonly effect: Effect;
  /** All requests, when absent. */
  readonly matches?: (request: ProxiedRequest) => boolean;
  /** How often; as long as it is not taken back, when absent. */
  times?: number;
}

const READS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Leases are renewed for ever, reviews and dry runs leave nothing behind. */
const NO_CHANGE = /\/leases(?:\/|\?|$)|\/apis\/auth(?:entication|orization)\.k8s\.io\/|[?&]dryRun=/;

/** Whether the request changes what is kept. */
export function isMutation({ method, path }: Pick<ProxiedRequest, 'method' | 'path'>): boolean {
  return !READS.has(method) && !NO_CHANGE.test(path);
}

/** `/api/v1/pods`, `/apis/apps/v1/namespaces/a/statefulsets`: the last part is a plural. */
const COLLECTION = /^\/(?:api|apis\/[^/]+)\/[^/]+(?:\/namespaces\/[^/]+)?\/[a-z]+$/;

export function readRequest(method: string, path: string): ProxiedRequest {
  const isWatch = /[?&]watch=(?:1|true)/.test(path);
  const isList = method === 'GET' && !isWatch && COLLECTION.test(path.split('?', 1)[0] ?? '');
  return { method, path, isWatch, isList };
}
