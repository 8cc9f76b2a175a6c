/**
 * Calls of the API server, each tried again where that is safe.
 *
 * What the server says it has not done (429, or 503 with Retry-After) may always be sent again. Of
 * what got no answer nobody knows whether it was done: only what comes to the same when done twice
 * is sent again, the others are for the next reconcile, which looks first.
 */
import { type Clock, type Random, sleep } from '../../runtime/mod.ts';
import { blockOf, errorOf, isDone } from './answers.ts';
import { BackPressure } from './back-pressure.ts';
import { KubeError } from './errors.ts';
import { type RateLimit, RateLimiter } from './rate-limit.ts';
import type { ApiRequest, ApiResponse, Transport } from './transport.ts';

export interface Call {
  readonly method: ApiRequest['method'];
  readonly path: string;
  readonly body?: object | undefined;
  readonly contentType?: string;
  /** Done twice it is as if done once. */
  readonly isRepeatable: boolean;
  /** Before all others: the lease. */
  readonly isUrgent?: boolean;
  /** Of each try. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal | undefined;
}

/** For counting: how a request ended, `200`, `409`, `0` for none. */
export type OnAnswer = (method: ApiRequest['method'], status: number, durationMs: number) => void;

const TIMEOUT_MS = 20_000;
const TRIES_MAX = 4;
const RETRY_BASE_MS = 100;

/** Against a mistake of ours that would never stop calling: the server has its own limits. */
const RATE_LIMIT: RateLimit = { perSecond: 200, burst: 400 };

export class ApiServer {
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #transport: Transport;
  readonly #limiter: RateLimiter;
  readonly #pressure: BackPressure;
  readonly #onAnswer: OnAnswer;

  constructor(
    { clock, random }: { readonly clock: Clock; readonly random: Random },
    transport: Transport,
    onAnswer: OnAnswer = () => undefined,
  ) {
    this.#clock = clock;
    this.#random = random;
    this.#transport = transport;
    this.#limiter = new RateLimiter(clock, RATE_LIMIT);
    this.#pressure = new BackPressure(clock);
    this.#onAnswer = onAnswer;
  }

  /** The block of JSON that answers it. `beforeEach` try throws when it may not be sent any more. */
  async call(call: Call, beforeEach: () => void = () => undefined): Promise<object> {
    const request = requestOf(call);
    for (let tries = 1; ; tries++) {
      try {
        const response = await this.#try(call, request, beforeEach);
        if (isDone(response)) return blockOf(request, response);
        throw errorOf(request, response);
      } catch (error) {
        if (!(error instanceof KubeError) || tries === TRIES_MAX) throw error;
        if (!mayRepeat(call, error)) throw error;
        await sleep(this.#clock, this.#pauseMs(tries, error), call.signal);
      }
    }
  }

  /** Resolves when work may begin that will call. */
  room(): Promise<void> {
    return this.#pressure.room();
  }

  /** A watch: counted against the limit when it begins. */
  async stream(request: ApiRequest, onLine: (line: string) => void): Promise<ApiResponse> {
    await this.#limiter.take(false, request.signal);
    request.signal?.throwIfAborted();
    return this.#transport.stream(request, onLine);
  }

  async #try(
    { isUrgent = false, signal }: Call,
    request: ApiRequest,
    before: () => void,
  ): Promise<ApiResponse> {
    const underway = this.#pressure.callBegins();
    try {
      await this.#limiter.take(isUrgent, signal);
      signal?.throwIfAborted();
      before();
      return await this.#send(request);
    } finally {
      this.#pressure.callEnds(underway);
    }
  }

  async #send(request: ApiRequest): Promise<ApiResponse> {
    const startMs = this.#clock.monotonicMs();
    let status = 0;
    try {
      const response = await this.#transport.send(request);
      ({ status } = response);
      return response;
    } finally {
      this.#onAnswer(request.method, status, this.#clock.monotonicMs() - startMs);
    }
  }

  #pauseMs(tries: number, { retryAfterMs = 0 }: KubeError): number {
    const backOffMs = RETRY_BASE_MS * 2 ** tries;
    return Math.max(retryAfterMs, backOffMs + this.#random.below(backOffMs));
  }
}

function requestOf(call: Call): ApiRequest {
  const { method, path, body, contentType, timeoutMs = TIMEOUT_MS, signal } = call;
  return {
    method,
    path,
    timeoutMs,
    signal,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    ...(contentType === undefined ? {} : { contentType }),
  };
}

function mayRepeat(
  { isRepeatable, isUrgent }: Call,
  { status, reason, retryAfterMs }: KubeError,
): boolean {
  // Whoever is in a hurry decides anew rather than wait.
  if (isUrgent === true) return false;
  if (status === 429 || (status === 503 && retryAfterMs !== undefined)) return true;
  // A 500 without a reason is what an apply gets that names a field the schema lacks.
  const isOfTheMoment = status === 0 || status > 500 || (status === 500 && reason !== 'Unknown');
  return isRepeatable && isOfTheMoment;
}
