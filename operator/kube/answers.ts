/** What an answer of the API server means: an object, or a `KubeError` with its words. */
import { KubeError } from './errors.ts';
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

export function objectOf<T>(request: ApiRequest, response: ApiResponse): T {
  try {
    return JSON.parse(response.body) as T;
  } catch (error) {
    const facts = { status: 0, reason: 'Unanswered' };
    throw new KubeError(`${sentence(request)}: the answer is no JSON`, facts, { cause: error });
  }
}

export function errorOf(
  request: Pick<ApiRequest, 'method' | 'path'>,
  response: ApiResponse,
): KubeError {
  const status = statusOf(response.body);
  const message =
    typeof status.message === 'string' ? status.message : `HTTP ${String(response.status)}`;
  const retryAfterMs = findRetryAfterMs(response, status);
  return new KubeError(`${sentence(request)}: ${message}`, {
    status: response.status,
    reason: typeof status.reason === 'string' ? status.reason : reasonOf(response.status),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  });
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

function sentence({ method, path }: Pick<ApiRequest, 'method' | 'path'>): string {
  return `Cannot ${method} ${path.split('?', 1)[0] ?? path}`;
}
