/**
 * HTTP to the API server: one request and its answer, or one that goes on and on (a watch). The one
 * file here that touches the network.
 *
 * Every request ends: with an answer, at its deadline, or with its signal. A 401 is answered once
 * with new credentials, for a token may have been rotated a moment ago.
 */
import {
  type ClientRequest,
  request as httpRequest,
  type IncomingMessage,
  type OutgoingHttpHeaders,
} from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Clock } from '../../runtime/mod.ts';
import type { Credentials } from './account.ts';
import { unlessBug } from './bug.ts';
import { KubeError } from './errors.ts';

export interface ApiRequest {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** With its query. */
  readonly path: string;
  readonly body?: string;
  readonly contentType?: string;
  /** Until the whole answer is there; for a stream, until it begins, and then between two lines. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

export interface ApiResponse {
  readonly status: number;
  readonly retryAfter: string | undefined;
  readonly body: string;
}

export interface Transport {
  /** Any answer resolves; none rejects with a `KubeError` of status 0, or the signal's reason. */
  send(request: ApiRequest): Promise<ApiResponse>;
  /**
   * Resolves when the server has ended the stream in order (status 200), or with the answer that
   * came instead of one. What `onLine` throws is a bug and is not caught.
   */
  stream(request: ApiRequest, onLine: (line: string) => void): Promise<ApiResponse>;
  close(): void;
}

/** An answer beyond this is refused: lists come in pages. */
const BODY_BYTES_MAX = 128 * 1024 * 1024;
/** etcd takes no object of more than 1.5 MiB; JSON may need some more. */
const LINE_CHARACTERS_MAX = 16 * 1024 * 1024;

export function httpTransport(
  credentials: Credentials,
  clock: Clock,
  userAgent: string,
): Transport {
  const exchange = async (request: ApiRequest, take: Take): Promise<ApiResponse> => {
    const response = await new Exchange(clock, request).run(credentials, userAgent, take);
    if (response.status !== 401) return response;
    renew(credentials, request);
    return new Exchange(clock, request).run(credentials, userAgent, take);
  };
  return {
    send: (request) => exchange(request, undefined),
    stream: (request, onLine) => exchange(request, onLine),
    close: () => credentials.close(),
  };
}

/** Files of others are read for it, and may be half-written at this moment. */
function renew(credentials: Credentials, { method, path }: ApiRequest): void {
  try {
    credentials.renew();
  } catch (error) {
    unlessBug(error);
    const why = error instanceof Error ? error.message : String(error);
    const facts = { status: 401, reason: 'Unauthorized' };
    throw new KubeError(`${sentence(method, path)}: ${why}`, facts, { cause: error });
  }
}

type Take = ((line: string) => void) | undefined;

/** One request on its way. It settles once; whatever comes later is not looked at. */
class Exchange {
  readonly #clock: Clock;
  readonly #request: ApiRequest;
  #outgoing: ClientRequest | undefined;
  #deadline = { cancel: (): void => undefined };
  #fail: (error: Error) => void = () => undefined;
  #isOver = false;

  constructor(clock: Clock, request: ApiRequest) {
    this.#clock = clock;
    this.#request = request;
  }

  async run(credentials: Credentials, userAgent: string, take: Take): Promise<ApiResponse> {
    const { signal } = this.#request;
    const abort = (): void => this.#fail(signal?.reason as Error);
    try {
      return await new Promise<ApiResponse>((resolve, reject) => {
        this.#fail = reject;
        this.#extend();
        signal?.addEventListener('abort', abort, { once: true });
        if (signal?.aborted) {
          abort();
          return;
        }
        this.#start(credentials, userAgent, (incoming) => {
          const isStream = take !== undefined && incoming.statusCode === 200;
          if (isStream) this.#follow(incoming, take, resolve);
          else this.#collect(incoming, resolve);
        });
      });
    } finally {
      signal?.removeEventListener('abort', abort);
      this.#deadline.cancel();
      this.#isOver = true;
      // A no-op for one that was answered whole: its connection is kept.
      this.#outgoing?.destroy();
    }
  }

  #start(
    credentials: Credentials,
    userAgent: string,
    onResponse: (incoming: IncomingMessage) => void,
  ): void {
    const { method, path, body, contentType = 'application/json' } = this.#request;
    const url = `${credentials.server}${path}`;
    const fail = (error: Error): void => this.#fail(this.#unanswered(error));
    credentials.options().then((options) => {
      if (this.#isOver) return;
      const headers: OutgoingHttpHeaders = {
        ...(options.headers as OutgoingHttpHeaders),
        accept: 'application/json',
        'user-agent': userAgent,
        ...(body === undefined
          ? {}
          : { 'content-type': contentType, 'content-length': Buffer.byteLength(body) }),
      };
      if (!areSendable(headers)) {
        fail(new Error('our token or plug-in gives a header that cannot be sent'));
        return;
      }
      const open = url.startsWith('https:') ? httpsRequest : httpRequest;
      const outgoing = open(url, { ...options, method, headers });
      this.#outgoing = outgoing;
      outgoing.on('response', onResponse);
      outgoing.on('error', fail);
      outgoing.end(body);
    }, fail);
  }

  #collect(incoming: IncomingMessage, resolve: (response: ApiResponse) => void): void {
    const chunks: Buffer[] = [];
    let bytes = 0;
    incoming.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > BODY_BYTES_MAX) this.#fail(this.#unanswered(new Error('the answer is too long')));
      else chunks.push(chunk);
    });
    this.#onEnd(incoming, () => {
      resolve(responseOf(incoming, Buffer.concat(chunks).toString()));
    });
  }

  #follow(
    incoming: IncomingMessage,
    onLine: (line: string) => void,
    resolve: (response: ApiResponse) => void,
  ): void {
    let rest = '';
    this.#extend();
    incoming.setEncoding('utf8');
    incoming.on('data', (text: string) => {
      this.#extend();
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      if (rest.length > LINE_CHARACTERS_MAX) {
        this.#fail(this.#unanswered(new Error('a line is too long')));
        incoming.destroy();
        return;
      }
      for (const line of lines) {
        if (line !== '') onLine(line);
      }
    });
    this.#onEnd(incoming, () => {
      resolve(responseOf(incoming, ''));
    });
  }

  #onEnd(incoming: IncomingMessage, end: () => void): void {
    incoming.on('error', (error) => this.#fail(this.#unanswered(error)));
    incoming.on('close', () => {
      if (incoming.complete) end();
      else this.#fail(this.#unanswered(new Error('the connection broke')));
    });
  }

  /** The deadline starts anew. */
  #extend(): void {
    this.#deadline.cancel();
    const { timeoutMs } = this.#request;
    this.#deadline = this.#clock.after(timeoutMs, () => {
      this.#fail(
        new KubeError(this.#sentence(`no answer within ${timeoutMs} ms`), {
          status: 0,
          reason: 'Timeout',
        }),
      );
    });
  }

  #unanswered(cause: Error): KubeError {
    const facts = { status: 0, reason: 'Unanswered' };
    return new KubeError(this.#sentence(cause.message), facts, { cause });
  }

  #sentence(why: string): string {
    const { method, path } = this.#request;
    return `${sentence(method, path)}: ${why}`;
  }
}

function sentence(method: string, path: string): string {
  return `Cannot ${method} ${path.split('?', 1)[0] ?? path}`;
}

/** Headers come from files of others: a letter that HTTP has not would be thrown in nobody's turn. */
function areSendable(headers: OutgoingHttpHeaders): boolean {
  return Object.entries(headers).every(
    ([name, value]) => HEADER_NAME.test(name) && HEADER_VALUE.test(String(value)),
  );
}

const HEADER_NAME = /^[!#$%&'*+.^`|~\w-]+$/;
const HEADER_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

function responseOf({ statusCode = 0, headers }: IncomingMessage, body: string): ApiResponse {
  return { status: statusCode, retryAfter: headers['retry-after'], body };
}
