/**
 * A proxy between the operator's client and the API server that does what networks and busy servers
 * do: cuts, refusals, silence. Plain HTTP on loopback; it has the rights of whoever it was started for.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import {
  createServer,
  type IncomingMessage,
  request as plainRequest,
  type ServerResponse,
} from 'node:http';
import { Agent, request as secureRequest } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nodeRuntime } from '../../../runtime/node/mod.ts';
import { readAccess } from '../kube-api.ts';

export interface Fault {
  readonly matches: (method: string, url: URL) => boolean;
  readonly times: number;
  /** An answer instead of the server's; none: the connection is cut before the server hears of it. */
  readonly answer?: {
    readonly status: number;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: string;
  };
  /** The server hears of it, and its answer is lost. */
  readonly losesAnswer?: boolean;
}

export interface FaultProxy extends AsyncDisposable {
  /** A kubeconfig that leads through the proxy. */
  readonly kubeconfig: string;
  /** Everything that was asked, `GET /api/v1/pods?watch=true`. */
  readonly seen: readonly string[];
  /** Watches that are open now, and the most there ever were of one path. */
  readonly watches: { readonly open: number; readonly mostOfOnePath: number };
  inject(fault: Fault): void;
  /** What watches tell comes so much later. */
  delayWatches(delayMs: number): void;
  /** Breaks the connections of all open watches. */
  cutWatches(): void;
  /** As if the server had sent this line to all open watches. */
  sendToWatches(line: string): void;
}

interface Open {
  readonly path: string;
  readonly response: ServerResponse;
}

/** `token`: the account to be, instead of the administrator. */
export async function startFaultProxy(kubeconfig: string, token?: string): Promise<FaultProxy> {
  const { server, ca, cert, key } = readAccess(kubeconfig);
  const identity = token === undefined ? { cert, key } : {};
  const agent = new Agent({ ca, ...identity, keepAlive: true });
  const account = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const seen: string[] = [];
  const watches = new Set<Open>();
  let faults: { readonly fault: Fault; left: number }[] = [];
  const later = nodeRuntime().clock;
  let mostOfOnePath = 0;
  let watchDelayMs = 0;

  const open = (path: string, response: ServerResponse): void => {
    const watch = { path, response };
    watches.add(watch);
    const same = [...watches].filter((one) => one.path === path).length;
    mostOfOnePath = Math.max(mostOfOnePath, same);
    response.on('close', () => watches.delete(watch));
  };

  const forward = (incoming: IncomingMessage, response: ServerResponse, loses: boolean): void => {
    const url = new URL(incoming.url ?? '/', 'http://proxy');
    if (url.searchParams.get('watch') === 'true') open(url.pathname, response);
    const send = server.startsWith('https:') ? secureRequest : plainRequest;
    const outgoing = send(
      `${server}${incoming.url ?? ''}`,
      { method: incoming.method ?? 'GET', headers: { ...incoming.headers, ...account }, agent },
      (answer) => {
        if (loses) {
          answer.resume();
          answer.on('end', () => response.destroy());
          return;
        }
        response.writeHead(answer.statusCode ?? 500, answer.headers);
        if (url.searchParams.get('watch') !== 'true') answer.pipe(response);
        else {
          answer.on('data', (chunk: Buffer) =>
            later.after(watchDelayMs, () => response.write(chunk)),
          );
          answer.on('end', () => later.after(watchDelayMs, () => response.end()));
        }
        answer.on('error', () => response.destroy());
      },
    );
    outgoing.on('error', () => response.destroy());
    response.on('close', () => outgoing.destroy());
    incoming.pipe(outgoing);
  };

  const proxy = createServer((incoming, response) => {
    const { method = 'GET', url = '/' } = incoming;
    seen.push(`${method} ${url}`);
    const hit = faults.find(({ fault }) => fault.matches(method, new URL(url, 'http://proxy')));
    if (hit === undefined) {
      forward(incoming, response, false);
      return;
    }
    hit.left--;
    faults = faults.filter(({ left }) => left > 0);
    const { answer, losesAnswer = false } = hit.fault;
    if (losesAnswer) forward(incoming, response, true);
    else if (answer === undefined) response.destroy();
    else response.writeHead(answer.status, answer.headers).end(answer.body);
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  const { port } = proxy.address() as AddressInfo;
  const folder = mkdtempSync(join(tmpdir(), 'kube-faults-'));
  const file = join(folder, 'kubeconfig');
  writeFileSync(file, kubeconfigFor(`http://127.0.0.1:${port}`));

  return {
    kubeconfig: file,
    seen,
    get watches() {
      return { open: watches.size, mostOfOnePath };
    },
    inject: (fault) => {
      faults.push({ fault, left: fault.times });
    },
    delayWatches: (delayMs) => {
      watchDelayMs = delayMs;
    },
    cutWatches: () => {
      for (const { response } of watches) response.destroy();
    },
    sendToWatches: (line) => {
      for (const { response } of watches) response.write(`${line}\n`);
    },
    [Symbol.asyncDispose]: async () => {
      proxy.closeAllConnections();
      await new Promise((resolve) => proxy.close(resolve));
      agent.destroy();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The library refuses plain HTTP unless it need not verify anything. */
function kubeconfigFor(server: string): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'c', cluster: { server, 'insecure-skip-tls-verify': true } }],
    users: [{ name: 'u', user: {} }],
    contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
    'current-context': 'x',
  });
}
