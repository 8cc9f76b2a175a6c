/**
 * What an answer of the API server means: an object, or a `KubeError` with its words. What answers
 * may as well be a proxy on the way: nothing is believed to be an object that does not look like one.
 */
import { API_VERSION } from '../api/metadata.ts';
import { APPLY_CRDS, KubeError } from './errors.ts';
import { isKubeObject, type KubeObject } from './object.ts';
import type { ApiRequest, ApiResponse } from './transport.ts';

/** `Status` of meta/v1, as far as it is read. */
interface Status {
  readonly kind?: unknown;
  readonly message?: unknown;
  readonly reason?: unknown;
  readonly code?: unknown;
  readonly details?: { readonly retryAfterSeconds?: unknown };
}

/** Longer is nobody kept waiting, whatever the server says. */
const RETRY_AFTER_MS_MAX = 60_000;

export function isDone({ status }: ApiResponse): boolean {
  return status >= 200 && status < 300;
}

type Asked = Pick<ApiRequest, 'method' | 'path'>;

/** The body of an answer: a block of JSON of whatever kind. */
export function blockOf(request: Asked, { body }: ApiResponse): object {
  const value = parsed(request, body);
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  throw unreadable(request, 'is no object');
}

function parsed(request: Asked, body: string): unknown {
  try {
    return JSON.parse(body);
  } catch (error) {
    throw unreadable(request, 'is no JSON', { cause: error });
  }
}

/** `block`, when it is an object of Kubernetes. */
export function requireObject<T extends KubeObject>(request: Asked, block: object): T {
  if (!isKubeObject(block)) throw unreadable(request, 'is no object with a name and a version');
  // What is of a resource has its shape: the API server has checked it.
  return block as T;
}

export interface Page<T> {
  readonly metadata: { readonly resourceVersion: string; readonly continue?: string };
  readonly items: readonly T[];
}

/** `block`, when it is a list, or a page of one. */
export function requirePage<T extends KubeObject>(request: Asked, block: object): Page<T> {
  const { metadata, items } = block as { readonly metadata?: unknown; readonly items?: unknown };
  const { resourceVersion } = (metadata ?? {}) as { readonly resourceVersion?: unknown };
  const isPage = typeof resourceVersion === 'string' && Array.isArray(items);
  if (!isPage || !items.every(isKubeObject)) throw unreadable(request, 'is no list of objects');
  return block as Page<T>;
}

function unreadable(request: Asked, why: string, options?: ErrorOptions): KubeError {
  const facts = { status: 0, reason: 'Unanswered' };
  return new KubeError(`${sentence(request)}: the answer ${why}`, facts, options);
}

export function errorOf(request: Asked, response: ApiResponse): KubeError {
  const status = statusOf(response.body);
  const said =
    typeof status.message === 'string' ? status.message : `HTTP ${String(response.status)}`;
  const message = isUndeclared(request, said)
    ? `${said}: the CRD is older than the operator; ${APPLY_CRDS}`
    : said;
  const retryAfterMs = findRetryAfterMs(response, status);
  return new KubeError(`${sentence(request)}: ${message}`, {
    status: response.status,
    reason: typeof status.reason === 'string' ? status.reason : reasonOf(response.status),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  });
}

/** A field of ours that the API server does not know. */
function isUndeclared({ path }: Asked, message: string): boolean {
  return path.startsWith(`/apis/${API_VERSION}/`) && message.includes('not declared in schema');
}

/** An `ERROR` of a watch carries a `Status` with the code that a request would have had. */
export function errorOfWatch(path: string, object: unknown): KubeError {
  const { code } = statusOf(JSON.stringify(object));
  const status = typeof code === 'number' ? code : 500;
  return errorOf(
    { method: 'GET', path },
    { status, retryAfter: undefined, body: JSON.stringify(object) },
  );
}

/** Where a proxy answers, there is a code and no `Status`. */
function reasonOf(status: number): string {
  const reasons: Readonly<Record<number, string>> = {
    401: 'Unauthorized',
    403: 'Forbidden',
    404: 'NotFound',
    409: 'Conflict',
    410: 'Expired',
    422: 'Invalid',
    429: 'TooManyRequests',
    503: 'ServiceUnavailable',
    504: 'Timeout',
  };
  return reasons[status] ?? 'Unknown';
}

function statusOf(body: string): Status {
  try {
    const status: unknown = JSON.parse(body);
    return typeof status === 'object' && status !== null ? status : {};
  } catch {
    // A proxy's page: its code says all that is to be known.
    return {};
  }
}

function findRetryAfterMs({ retryAfter }: ApiResponse, { details }: Status): number | undefined {
  const seconds = Number(retryAfter ?? details?.retryAfterSeconds ?? Number.NaN);
  if (!Number.isFinite(seconds) || seconds < 0) return undefined;
  return Math.min(seconds * 1000, RETRY_AFTER_MS_MAX);
}

function sentence({ method, path }: Asked): string {
  return `Cannot ${method} ${path.split('?', 1)[0] ?? path}`;
}
