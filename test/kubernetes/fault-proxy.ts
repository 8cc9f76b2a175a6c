/**
 * Stands between clients and an API server and does to their requests what a test wants: faults,
 * and an account of every call that changes something, which can be stopped at the n-th.
 *
 * Plain HTTP on loopback towards the client; who the client is is told by its token, or it is the
 * administrator.
 */
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import {
  createServer,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  type Server,
  type ServerResponse,
} from 'node:http';
import { Agent, request } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { stringify } from 'yaml';
import { Scratch } from '../processes/scratch.ts';
import {
  type Effect,
  type Fault,
  Faults,
  isMutation,
  type ProxiedRequest,
  readRequest,
} from './faults.ts';
import { type Access, readAccess } from './kube-api.ts';
import { ProxiedWatches } from './proxied-watches.ts';

export interface Mutation {
  readonly method: string;
  readonly path: string;
  /** 0 while there is no answer. */
  status: number;
}

/** Where in the life of a call its sender is stopped. */
export interface Stop {
  /** From 1. */
  readonly call: number;
  /** Which are counted; all that change something, when absent. */
  readonly counts?: (request: ProxiedRequest) => boolean;
  readonly when: 'before' | 'after';
  /** Ends the sender; the call's connection is cut afterwards. */
  readonly stop: () => Promise<void>;
}

export class FaultProxy implements AsyncDisposable {
  /** In order. */
  readonly mutations: Mutation[] = [];
  /** Everything that was asked, as `GET /api/v1/pods?watch=true`. */
  readonly seen: string[] = [];
  readonly watches = new ProxiedWatches();
  readonly #access: Access;
  readonly #agent: Agent;
  readonly #scratch = new Scratch();
  readonly #faults = new Faults();
  readonly #firstLists = new Map<string, { headers: OutgoingHttpHeaders; body: Buffer }>();
  #server: Server;
  #port = 0;
  #stop: Stop | undefined;
  #counted = 0;

  private constructor(kubeconfig: string) {
    this.#access = readAccess(kubeconfig);
    const { ca } = this.#access;
    this.#agent = new Agent({ keepAlive: true, ca });
    this.#server = this.#listener();
  }

  static async start(kubeconfig: string): Promise<FaultProxy> {
    const proxy = new FaultProxy(kubeconfig);
    await proxy.up();
    return proxy;
  }

  /** The path of a kubeconfig that leads through the proxy, as administrator or as who has `token`. */
  kubeconfig(token?: string): string {
    const path = join(this.#scratch.path, token === undefined ? 'admin' : 'account');
    const cluster = { server: `http://127.0.0.1:${this.#port}`, 'insecure-skip-tls-verify': true };
    const context = { cluster: 'it', user: 'it', namespace: 'default' };
    const config = {
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name: 'it', cluster }],
      users: [{ name: 'it', user: token === undefined ? {} : { token } }],
      contexts: [{ name: 'it', context }],
      'current-context': 'it',
    };
    writeFileSync(path, stringify(config), { mode: 0o600 });
    return path;
  }

  /** From now on, until the answer is called. */
  inject(fault: Fault): () => void {
    return this.#faults.inject(fault);
  }

  /** Faults that were to happen so many times, and have not. */
  get unused(): Effect['kind'][] {
    return this.#faults.unused;
  }

  /** Ends the sender at a call that changes something, counted from now. Another one is forgotten. */
  stopAt(stop: Stop): void {
    this.#stop = stop;
    this.#counted = 0;
  }

  /** The API server is gone: connections end, and none is accepted. */
  async down(): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
    await Promise.resolve();
  }

  async up(): Promise<void> {
    this.#server = this.#listener();
    this.#server.listen(this.#port, '127.0.0.1');
    await once(this.#server, 'listening');
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.down();
    this.#agent.destroy();
    this.#scratch[Symbol.dispose]();
  }

  #listener(): Server {
    return createServer((incoming, response) => {
      // What cannot be forwarded is an ended connection, which clients must bear.
      this.#serve(incoming, response).catch(() => response.destroy());
    });
  }

  async #serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = 'GET', url = '/' } = incoming;
    const proxied = readRequest(method, url);
    this.seen.push(`${method} ${url}`);
    const body = await bodyOf(incoming);
    const effects = this.#faults.take(proxied);
    for (const effect of effects) {
      if (effect.kind === 'latency') await sleep(effect.delayMs);
    }
    if (effects.some((effect) => answersItself(effect, response))) return;
    const exchange = { incoming, response, proxied, body, effects };
    await (isMutation(proxied) ? this.#change(exchange) : this.#forward(exchange));
  }

  async #change(exchange: Exchange): Promise<void> {
    const { response, proxied, effects } = exchange;
    const mutation: Mutation = { method: proxied.method, path: proxied.path, status: 0 };
    this.mutations.push(mutation);
    const stop = this.#stopOf(proxied);
    if (stop?.when === 'before') {
      await stop.stop();
      response.destroy();
      return;
    }
    if (stop === undefined && effects.every(({ kind }) => kind !== 'lost-answer')) {
      await this.#forward({ ...exchange, mutation });
      return;
    }
    await this.#swallow({ ...exchange, mutation });
    await stop?.stop();
    response.destroy();
  }

  /** What is to be done at this call; once. */
  #stopOf(proxied: ProxiedRequest): Stop | undefined {
    const stop = this.#stop;
    if (stop === undefined || stop.counts?.(proxied) === false) return undefined;
    this.#counted++;
    if (this.#counted !== stop.call) return undefined;
    this.#stop = undefined;
    return stop;
  }

  async #forward(exchange: Exchange): Promise<void> {
    const { response, proxied, effects, mutation } = exchange;
    const first = this.#firstLists.get(proxied.path);
    if (first !== undefined && effects.some(({ kind }) => kind === 'stale-list')) {
      response.writeHead(200, first.headers).end(first.body);
      return;
    }
    const answer = await this.#ask(exchange);
    const { statusCode = 502 } = answer;
    const headers = headersOf(answer);
    if (mutation !== undefined) mutation.status = statusCode;
    if (proxied.isWatch && statusCode === 200) {
      response.writeHead(statusCode, headers);
      await this.watches.carry(answer, { response, path: proxied.path }, effects);
      return;
    }
    const body = await bodyOf(answer);
    if (proxied.isList && statusCode === 200 && first === undefined) {
      this.#firstLists.set(proxied.path, { headers, body });
    }
    response.writeHead(statusCode, headers).end(body);
  }

  /** The server does it; the client does not hear of it. */
  async #swallow(exchange: Exchange): Promise<void> {
    const answer = await this.#ask(exchange);
    if (exchange.mutation !== undefined) exchange.mutation.status = answer.statusCode ?? 0;
    await bodyOf(answer);
  }

  async #ask({ incoming, proxied, body }: Exchange): Promise<IncomingMessage> {
    const { server, cert, key } = this.#access;
    const { host: _host, connection: _connection, ...headers } = incoming.headers;
    const isAdmin = headers.authorization === undefined;
    const outgoing = request(server + proxied.path, {
      method: proxied.method,
      headers: { ...headers, 'content-length': body.length },
      agent: this.#agent,
      ...(isAdmin && { cert, key }),
    });
    outgoing.end(body);
    const [answer] = (await once(outgoing, 'response')) as [IncomingMessage];
    return answer;
  }
}

interface Exchange {
  readonly incoming: IncomingMessage;
  readonly response: ServerResponse;
  readonly proxied: ProxiedRequest;
  readonly body: Buffer;
  readonly effects: readonly Effect[];
  readonly mutation?: Mutation;
}

/** What describes the answer, not the connection it came over. */
function headersOf({ headers }: IncomingMessage): OutgoingHttpHeaders {
  const { 'transfer-encoding': _encoding, connection: _connection, ...rest } = headers;
  return Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined));
}

/** Whether the effect is an answer of its own, or the end of the connection. */
function answersItself(effect: Effect, response: ServerResponse): boolean {
  if (effect.kind === 'reset') {
    response.destroy();
    return true;
  }
  if (effect.kind === 'status') {
    const { status, retryAfterSeconds, body = JSON.stringify(statusObject(status)) } = effect;
    if (retryAfterSeconds !== undefined) response.setHeader('retry-after', retryAfterSeconds);
    response.writeHead(status, { 'content-type': 'application/json' }).end(body);
    return true;
  }
  if (effect.kind === 'expired') {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(`${JSON.stringify({ type: 'ERROR', object: statusObject(410) })}\n`);
    return true;
  }
  return false;
}

const REASONS: Readonly<Record<number, string>> = {
  401: 'Unauthorized',
  410: 'Expired',
  429: 'TooManyRequests',
};

/** What the server says of a call that it does not do. */
export function statusObject(code: number): object {
  const message = 'As the test wants it';
  const reason = REASONS[code] ?? 'InternalError';
  return { apiVersion: 'v1', kind: 'Status', status: 'Failure', code, reason, message };
}

async function bodyOf(message: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of message) parts.push(part as Buffer);
  return Buffer.concat(parts);
}
