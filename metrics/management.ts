/**
 * The management port of a role: `/metrics`, `/livez` and `/readyz` over HTTP. One of the few files
 * that touch the machine without a `Runtime`: nothing here takes part in what a cluster promises.
 */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { type Address, formatAddress, NetworkError } from '../runtime/mod.ts';
import type { Exposition } from './exposition.ts';
import type { MetricsRegistry } from './registry.ts';

export interface ManagementOptions {
  /** Port 0 takes any free one. */
  readonly address: Address;
  /** Serves `/metrics` alone here too, where RocketMQ's own exporter would. */
  readonly exporterAddress?: Address | undefined;
  /** What is wrong with the process, for which it should be restarted; empty: nothing. */
  readonly live: () => readonly string[];
  /** What it still waits for before it can serve; empty: nothing. */
  readonly ready: () => readonly string[];
  readonly registry: MetricsRegistry;
}

export interface Management {
  /** With the real port. */
  readonly address: Address;
  readonly exporterAddress?: Address;
  close(): Promise<void>;
}

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

/** Rejects with a `NetworkError` that names the option to change when the port is taken. */
export async function serveManagement(options: ManagementOptions): Promise<Management> {
  const metrics = metricsPage(options.registry);
  const main = await listen(options.address, 'managementPort', (path) => {
    if (path === '/metrics') return metrics();
    if (path === '/livez') return health('live', options.live());
    if (path === '/readyz') return health('ready', options.ready());
    return undefined;
  });
  if (options.exporterAddress === undefined) {
    return { address: addressOf(main, options.address), close: () => close(main) };
  }
  try {
    const exporter = await listen(options.exporterAddress, 'metricsPromExporterPort', (path) => {
      return path === '/metrics' || path === '/' ? metrics() : undefined;
    });
    return {
      address: addressOf(main, options.address),
      exporterAddress: addressOf(exporter, options.exporterAddress),
      close: async () => {
        await Promise.all([close(main), close(exporter)]);
      },
    };
  } catch (error) {
    await close(main);
    throw error;
  }
}

/** Loads what writes metrics down when somebody first asks for them. */
function metricsPage(registry: MetricsRegistry): () => Promise<Answer> {
  let loading: Promise<Exposition> | undefined;
  return async () => {
    loading ??= import('./exposition.ts').then(({ exposition }) => exposition(registry));
    const page = await loading;
    return { status: 200, type: page.contentType, body: await page.print() };
  };
}

function health(claim: 'live' | 'ready', wrong: readonly string[]): Answer {
  const body = wrong.length === 0 ? { [claim]: true } : { [claim]: false, because: wrong };
  return {
    status: wrong.length === 0 ? 200 : 503,
    type: 'application/json',
    body: `${JSON.stringify(body)}\n`,
  };
}

type Route = (path: string) => Answer | Promise<Answer> | undefined;

function listen(address: Address, option: string, route: Route): Promise<Server> {
  // `import` of node:http also loads its WebSocket and with it fetch: 25 ms and 13 MiB more.
  const http = process.getBuiltinModule('node:http');
  const server = http.createServer({ requestTimeout: 5_000, maxHeaderSize: 8_192 });
  server.on('request', (request, response) => void answer(route, request, response));
  server.maxConnections = 64;
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(refusal(address, option, error));
    });
    server.listen({ host: address.host, port: address.port }, () => {
      resolve(server);
    });
  });
}

async function answer(
  route: Route,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const [path = '/'] = (request.url ?? '/').split('?');
  const reading = request.method === 'GET' || request.method === 'HEAD';
  const found = reading ? route(path) : undefined;
  const missing: Answer = {
    status: reading ? 404 : 405,
    type: 'text/plain; charset=utf-8',
    body: reading
      ? `Nothing at ${path}: try /metrics, /livez or /readyz\n`
      : `Cannot ${request.method ?? ''} here: only GET\n`,
  };
  const { status, type, body } = (await found) ?? missing;
  response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(body) });
  response.end(request.method === 'HEAD' ? undefined : body);
}

function refusal(address: Address, option: string, error: NodeJS.ErrnoException): NetworkError {
  const where = formatAddress(address);
  const code = error.code === 'EADDRINUSE' ? 'AddressInUse' : 'Other';
  const why =
    code === 'AddressInUse'
      ? `the port is in use; set ${option} to another one, or to 0 for any free one`
      : error.message;
  return new NetworkError(code, `Cannot listen on ${where}: ${why}`, { cause: error });
}

function addressOf(server: Server, asked: Address): Address {
  const bound = server.address();
  return typeof bound === 'object' && bound !== null
    ? { host: bound.address, port: bound.port }
    : asked;
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => {
      resolve();
    });
    server.closeAllConnections();
  });
}
