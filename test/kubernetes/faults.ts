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
  /** The server does not do it, and says so: with a Status, unless it says something else. */
  | {
      readonly kind: 'status';
      readonly status: number;
      readonly retryAfterSeconds?: number;
      readonly body?: string;
    }
  /** The connection ends before the server has heard of it. */
  | { readonly kind: 'reset' }
  /** The server changes what it is asked to, and the answer is lost. */
  | { readonly kind: 'lost-answer' }
  /** A list is answered with what was first seen of it: as a server does that lags. */
  | { readonly kind: 'stale-list' }
  /** Every event of a watch comes twice. */
  | { readonly kind: 'duplicate-events' }
  /** Events of a watch come when this many are there. */
  | { readonly kind: 'held-events'; readonly events: number }
  /** Events of a watch come so much later. */
  | { readonly kind: 'late-events'; readonly delayMs: number }
  /** A watch is told that what it asks for is no longer known. */
  | { readonly kind: 'expired' };

export interface Fault {
  readonly effect: Effect;
  /** All requests that it can happen to, when absent. */
  readonly matches?: (request: ProxiedRequest) => boolean;
  /** How often; as long as it is not taken back, when absent. */
  readonly times?: number;
}

/** What decides how a request ends: of these, one happens to it. */
const DECISIVE: ReadonlySet<Effect['kind']> = new Set([
  'status',
  'reset',
  'lost-answer',
  'expired',
]);

const OF_WATCHES: ReadonlySet<Effect['kind']> = new Set([
  'duplicate-events',
  'held-events',
  'late-events',
  'expired',
]);

/** The faults in force, in the order in which they came. */
export class Faults {
  readonly #inForce = new Map<symbol, { readonly fault: Fault; left: number }>();

  /** From now on, until the answer is called. */
  inject(fault: Fault): () => void {
    const key = Symbol(fault.effect.kind);
    this.#inForce.set(key, { fault, left: fault.times ?? Number.POSITIVE_INFINITY });
    return () => this.#inForce.delete(key);
  }

  /** What was to happen so many times, and has not. */
  get unused(): Effect['kind'][] {
    const counted = [...this.#inForce.values()].filter(({ left }) => Number.isFinite(left));
    return counted.map(({ fault }) => fault.effect.kind);
  }

  /** What happens to a request. A fault is used up by nothing that it does not happen to. */
  take(request: ProxiedRequest): Effect[] {
    const effects: Effect[] = [];
    for (const [key, one] of this.#inForce) {
      const { effect, matches } = one.fault;
      if (!canHappen(effect, request) || matches?.(request) === false) continue;
      const isDecided = effects.some(({ kind }) => DECISIVE.has(kind));
      if (isDecided && DECISIVE.has(effect.kind)) continue;
      effects.push(effect);
      one.left--;
      if (one.left <= 0) this.#inForce.delete(key);
    }
    return effects;
  }
}

function canHappen({ kind }: Effect, request: ProxiedRequest): boolean {
  if (kind === 'lost-answer') return isMutation(request);
  if (kind === 'stale-list') return request.isList;
  return request.isWatch || !OF_WATCHES.has(kind);
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
